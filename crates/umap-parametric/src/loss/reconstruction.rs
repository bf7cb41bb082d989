//! How far what a decoder gives is from the data.

use serde::{Deserialize, Serialize};
use umap_core::math::{exp_neg, ln_normal};

use crate::math::sigmoid;

/// How reconstructions are compared with the data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum ReconstructionLoss {
    /// Binary cross-entropy, for data between 0 and 1 (umap-learn's). The decoder's outputs pass through a sigmoid.
    CrossEntropy,
    /// Mean squared difference, for any data.
    #[default]
    MeanSquared,
}

impl ReconstructionLoss {
    /// Whether the decoder gives scaled data, or data as they are.
    pub fn is_of_scaled_data(self) -> bool {
        self == Self::MeanSquared
    }

    /// `weight` times the mean over all values; and its derivatives with respect to `output`, what the decoder gave (before
    /// the sigmoid of `CrossEntropy`).
    pub fn of(self, output: &[f32], data: &[f32], weight: f64) -> (f64, Vec<f32>) {
        let scale = weight / data.len().max(1) as f64;
        let mut sum = 0.0;
        let derivatives = output.iter().zip(data).map(|(&y, &x)| {
            let (loss, slope) = match self {
                Self::MeanSquared => ((y - x) * (y - x), 2.0 * (y - x)),
                Self::CrossEntropy => {
                    let loss = y.max(0.0) - y * x + ln_normal(1.0 + exp_neg(-y.abs()));
                    (loss, sigmoid(y) - x)
                }
            };
            sum += f64::from(loss);
            slope * scale as f32
        });
        let derivatives = derivatives.collect();
        (sum * scale, derivatives)
    }
}
