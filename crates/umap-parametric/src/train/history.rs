//! Losses over the steps.

use serde::{Deserialize, Serialize};

/// Means of the losses, each with its weight, since the last report. Those that do not act are absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename = "LossReport", optional_fields))]
pub struct Report {
    /// Steps done in all trainings of this model.
    pub step: u32,
    /// The sum of all.
    pub loss: f64,
    /// Mean squared distance to the places of the layout, while it is learned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distillation: Option<f64>,
    /// Cross-entropy of the graph.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graph: Option<f64>,
    /// Of the decoder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconstruction: Option<f64>,
    /// Minus the correlation of distances.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_correlation: Option<f64>,
    /// Of landmarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landmarks: Option<f64>,
    /// Squared weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub penalty: Option<f64>,
    /// Of the decoder on the validation data, without its weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation: Option<f64>,
}

/// The losses of a step, by what they are of.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Losses {
    pub(super) distillation: Option<f64>,
    pub(super) graph: Option<f64>,
    pub(super) reconstruction: Option<f64>,
    pub(super) global_correlation: Option<f64>,
    pub(super) landmarks: Option<f64>,
    pub(super) penalty: Option<f64>,
}

impl Losses {
    fn each(&mut self) -> [&mut Option<f64>; 6] {
        let Self { distillation, graph, reconstruction, global_correlation, landmarks, penalty } = self;
        [distillation, graph, reconstruction, global_correlation, landmarks, penalty]
    }

    pub(super) fn sum(mut self) -> f64 {
        self.each().into_iter().flatten().map(|loss| *loss).sum()
    }

    pub(super) fn add(&mut self, mut other: Self) {
        for (sum, loss) in self.each().into_iter().zip(other.each()) {
            if let Some(loss) = loss {
                *sum = Some(sum.unwrap_or(0.0) + *loss);
            }
        }
    }

    /// The means over so many steps.
    pub(super) fn report(mut self, step: u32, steps: u32) -> Report {
        self.each().into_iter().flatten().for_each(|loss| *loss /= f64::from(steps));
        let Self { distillation, graph, reconstruction, global_correlation, landmarks, penalty } = self;
        let loss = self.sum();
        let validation = None;
        Report { step, loss, distillation, graph, reconstruction, global_correlation, landmarks, penalty, validation }
    }
}
