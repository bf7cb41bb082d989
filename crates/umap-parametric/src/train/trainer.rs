//! Networks in training, between two steps.

use std::borrow::Cow;

use umap_core::params::UmapParams;
use umap_core::pulse::Pulse;
use umap_core::{Result, memory};

use super::history::Report;
use super::progress::Progress;
use super::update::Update;
use crate::loss::graph::Curve;
use crate::model::Networks;
use crate::optimizer::Optimizer;
use crate::params::{GraphLoss, TrainingParams};

/// Networks in training.
#[derive(Clone, Debug)]
pub struct Trainer {
    /// As they are now.
    pub networks: Networks,
    pub(super) params: TrainingParams,
    pub(super) curve: Curve,
    pub(super) negative_sample_rate: u32,
    /// Of the layout, by which training epochs are measured.
    pub(super) n_epochs: Option<u32>,
    pub(super) seed: u32,
    /// Of the encoder, and of the decoder.
    pub(crate) optimizers: [Optimizer; 2],
    pub(super) history: Vec<Report>,
    pub(crate) progress: Progress,
    /// A step that has not come to its end.
    pub(super) update: Option<Update>,
    /// Scratch for the rows of a batch.
    pub(super) room: Vec<f32>,
}

impl Trainer {
    /// Before the first step.
    pub fn new(networks: Networks, params: TrainingParams, umap: &UmapParams) -> Self {
        let (a, b) = umap.curve();
        let curve = Curve::new(a, b, umap.repulsion_strength, params.graph_loss == GraphLoss::Doubled);
        Self {
            networks,
            optimizers: [Optimizer::new(params.optimizer), Optimizer::new(params.optimizer)],
            params,
            curve,
            negative_sample_rate: umap.negative_sample_rate,
            n_epochs: umap.n_epochs,
            seed: umap.seed,
            history: Vec::new(),
            progress: Progress::default(),
            update: None,
            room: Vec::new(),
        }
    }

    /// Steps done in all trainings.
    pub fn steps(&self) -> u32 {
        self.progress.step
    }

    /// Steps of the last training in which the encoder learned from the graph.
    pub fn learned(&self) -> u32 {
        self.progress.learned
    }

    /// Reports of all trainings.
    pub fn history(&self) -> &[Report] {
        &self.history
    }

    /// After so many steps of earlier trainings.
    pub(crate) fn go_on_from(&mut self, steps: u32, history: Vec<Report>) {
        self.progress.step = steps;
        self.history = history;
    }

    /// With other options for the next training; the networks stay as they are.
    pub(crate) fn with_params(self, params: TrainingParams, umap: &UmapParams) -> Self {
        let new = Self::new(self.networks, params, umap);
        let optimizers = if new.params.optimizer == self.params.optimizer { self.optimizers } else { new.optimizers };
        Self { optimizers, history: self.history, progress: self.progress, ..new }
    }

    /// As it is between two steps: one that was interrupted while weights moved is at its end.
    pub(crate) async fn between_steps(&self, pulse: &Pulse) -> Result<Cow<'_, Self>> {
        if self.update.is_none() {
            return Ok(Cow::Borrowed(self));
        }
        // Weights, derivatives, and two numbers of the optimiser for each.
        let weights: usize = self.networks.parameters().map(|parameter| parameter.values.len()).sum();
        memory::claim("a copy of the networks", 16 * weights as u64)?;
        let mut copy = self.clone();
        copy.end_update(pulse).await?;
        Ok(Cow::Owned(copy))
    }

    /// Makes the encoder one of columns; its optimiser starts anew if it was not.
    pub(crate) async fn fold(&mut self, pulse: &Pulse) -> Result<()> {
        if self.networks.components.is_some() {
            self.networks.fold(pulse).await?;
            self.optimizers[0] = Optimizer::new(self.params.optimizer);
        }
        Ok(())
    }
}
