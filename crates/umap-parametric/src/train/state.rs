//! A training between two runs: what files keep of it, and how it goes on with other options.

use umap_core::params::UmapParams;

use super::{Progress, Report, Trainer, TrainingParams};
use crate::model::Networks;
use crate::optimizer::Optimizer;

impl Trainer {
    /// Goes on where another training ended after `step` steps.
    pub(crate) fn resume(
        networks: Networks,
        params: TrainingParams,
        umap: &UmapParams,
        optimizer: Optimizer,
        history: Vec<Report>,
        step: u32,
    ) -> Self {
        let new = Self::new(networks, params, umap);
        Self { optimizer, history, progress: Progress { step, ..Progress::default() }, ..new }
    }

    /// The same with other options. What the optimiser remembers is of use to the same kind of optimiser only.
    pub(crate) fn with_params(self, params: TrainingParams, umap: &UmapParams) -> Self {
        let Self { networks, optimizer, history, progress, .. } = self;
        let optimizer =
            if self.params.optimizer == params.optimizer { optimizer } else { Optimizer::new(params.optimizer) };
        Self::resume(networks, params, umap, optimizer, history, progress.step)
    }

    pub(crate) fn optimizer(&self) -> &Optimizer {
        &self.optimizer
    }

    /// Steps done in all trainings.
    pub fn steps_done(&self) -> u32 {
        self.progress.step
    }
}
