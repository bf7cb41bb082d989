//! A training from its first step to its last.

use umap_core::Result;
use umap_core::optimize::schedule::default_epochs;
use umap_core::pulse::Pulse;

use super::data::TrainingData;
use super::history::{Losses, Report};
use super::progress::{Part, Progress};
use super::trainer::Trainer;
use crate::params::{EarlyStopping, Schedule, default_steps};

impl Trainer {
    /// Trains to the end. If it errs because the work was cancelled it can be called again with the same data, and goes on
    /// with the step at which it was.
    pub async fn run(&mut self, data: &TrainingData<'_>, pulse: &Pulse) -> Result<()> {
        self.run_to(u32::MAX, data, pulse).await
    }

    /// As [`run`](Self::run), but no further than to step `last` of this training.
    pub async fn run_to(&mut self, last: u32, data: &TrainingData<'_>, pulse: &Pulse) -> Result<()> {
        self.check(data)?;
        self.check_room(data)?;
        let first = if data.layout.is_some() { self.params.distillation_steps } else { 0 };
        let total = first.saturating_add(self.graph_steps(data));
        if self.progress.done == 0 {
            self.progress.learned = 0;
        }
        // What was cancelled while it was made is still due.
        while self.progress.done < total.min(last) || self.update.is_some() || self.progress.is_report_due {
            if !self.progress.is_report_due {
                let now = self.progress.done;
                let at = |step: u32| f64::from(step) / f64::from(total);
                let within = pulse.part(at(now), at(now + 1));
                if self.update.is_none() {
                    self.next_step([first, total], data, &within).await?;
                }
                self.end_update(&within).await?;
            }
            self.progress.learned = self.progress.done.saturating_sub(first);
            let part = if self.progress.done <= first { Part::Distillation } else { Part::Graph };
            if self.progress.is_report_due && self.report(part, data, pulse).await? {
                self.progress.done = total;
            }
            pulse.tick_epoch(self.progress.done, total).await?;
        }
        if self.progress.done >= total {
            let Progress { step, learned, .. } = self.progress;
            self.progress = Progress { step, learned, ..Progress::default() };
        }
        Ok(())
    }

    /// Makes the next step's derivatives; `first` steps of `total` are from a layout.
    async fn next_step(&mut self, [first, total]: [u32; 2], data: &TrainingData<'_>, pulse: &Pulse) -> Result<()> {
        let now = self.progress.done;
        let (part, done, steps) =
            if now < first { (Part::Distillation, now, first) } else { (Part::Graph, now - first, total - first) };
        let reports = |done: u32| u64::from(done) * u64::from(self.params.loss_report_frequency) / u64::from(steps);
        let is_report_due = reports(done + 1) > reports(done);
        self.step(part, self.rate(done, steps), data, pulse).await?;
        if let Some(update) = &mut self.update {
            update.is_report_due = is_report_due;
        }
        Ok(())
    }

    /// Steps in which the encoder learns from the graph.
    fn graph_steps(&self, data: &TrainingData) -> u32 {
        match self.params.n_training_epochs {
            _ if data.edges.is_empty() => 0,
            None => self.params.training_steps.unwrap_or_else(|| default_steps(data.points.rows())),
            Some(epochs) => {
                let n_epochs = self.n_epochs.unwrap_or_else(|| default_epochs(data.points.rows()));
                let visits = u64::from(epochs) * data.edges.visits(n_epochs);
                (visits / u64::from(self.batch_size(data))).clamp(1, u32::MAX.into()) as u32
            }
        }
    }

    fn rate(&self, done: u32, steps: u32) -> f64 {
        match self.params.schedule {
            Schedule::Constant => self.params.learning_rate,
            Schedule::Cosine => {
                let angle = std::f64::consts::PI * f64::from(done) / f64::from(steps);
                self.params.learning_rate * 0.5 * (1.0 + libm::cos(angle))
            }
        }
    }

    pub(super) fn count(&mut self, losses: Losses) {
        let progress = &mut self.progress;
        progress.losses.add(losses);
        progress.since_report += 1;
        progress.step += 1;
        progress.done += 1;
    }

    /// Appends to the history; says whether training is to stop early.
    async fn report(&mut self, part: Part, data: &TrainingData<'_>, pulse: &Pulse) -> Result<bool> {
        let validation = self.validate(data, pulse).await?;
        let progress = &mut self.progress;
        progress.is_report_due = false;
        let steps = std::mem::take(&mut progress.since_report);
        let report = std::mem::take(&mut progress.losses).report(progress.step, steps);
        let report = Report { validation, ..report };
        let loss = report.loss;
        self.history.push(report);
        pulse.report_loss(loss);
        let Some(EarlyStopping { patience, min_delta }) = self.params.early_stopping.filter(|_| part == Part::Graph)
        else {
            return Ok(false);
        };
        let lowest = match progress.lowest {
            Some((lowest, since)) if loss > lowest - min_delta => (lowest, since + 1),
            _ => (loss, 0),
        };
        progress.lowest = Some(lowest);
        Ok(lowest.1 >= patience)
    }

    async fn validate(&self, data: &TrainingData<'_>, pulse: &Pulse) -> Result<Option<f64>> {
        let Some(points) = data.validation.filter(|_| self.networks.decoder.is_some()) else {
            return Ok(None);
        };
        self.networks.reconstruction_loss(points, pulse).await.map(Some)
    }
}
