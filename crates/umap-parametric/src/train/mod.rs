//! Training: batches of edges and what the networks learn from them, step by step.
//!
//! What a step draws depends on its number alone, and weights move once its derivatives are all there: a step that is cancelled
//! before that is made again, one that is cancelled then goes on with the weights that have not moved (a file has it at its
//! end). So training that was cancelled, or saved, goes on where it was with the same bits.

mod batch;
mod edges;
mod history;
mod params;
mod step;

pub use edges::Edges;
pub use history::Report;
pub use params::{EarlyStopping, GraphLoss, InputScaling, Schedule, TrainingParams, default_steps};

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use umap_core::optimize::schedule::default_epochs;
use umap_core::params::UmapParams;
use umap_core::points::Points;
use umap_core::pulse::Pulse;
use umap_core::{Result, UmapError, curve, memory};

use crate::loss::graph::Curve;
use crate::model::Networks;
use crate::network::Sizes;
use crate::optimizer::Optimizer;
use history::Losses;
use step::Update;

/// What networks are trained on.
#[derive(Clone, Copy, Debug)]
pub struct TrainingData<'a> {
    /// The rows, as they are given.
    pub points: &'a Points,
    /// What [`Networks::inputs`] makes of them, if that was kept.
    pub inputs: Option<&'a Points>,
    /// The fuzzy graph of the rows, prepared.
    pub edges: &'a Edges,
    /// A layout of the same graph, row-major, to be learned first (see [`TrainingParams::distillation_steps`]).
    pub layout: Option<&'a [f32]>,
    /// Where rows should be, row-major; rows with NaN are free.
    pub landmarks: Option<&'a [f32]>,
    /// Rows on which the decoder is measured.
    pub validation: Option<&'a Points>,
}

/// Networks in training.
#[derive(Clone, Debug)]
pub struct Trainer {
    /// As they are now.
    pub networks: Networks,
    params: TrainingParams,
    curve: Curve,
    negative_sample_rate: u32,
    /// Of the layout, by which training epochs are measured.
    n_epochs: Option<u32>,
    seed: u32,
    /// Of the encoder, and of the decoder.
    pub(crate) optimizers: [Optimizer; 2],
    history: Vec<Report>,
    pub(crate) progress: Progress,
    /// A step that has not come to its end.
    update: Option<Update>,
    /// Room for the rows of a batch.
    room: Vec<f32>,
}

/// How far a training is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Progress {
    /// Steps done in all trainings.
    pub(crate) step: u32,
    /// Steps done in this one.
    done: u32,
    /// Those of them that were from the graph; before this one has begun, those of the last. 0 in older files.
    #[serde(default)]
    pub(crate) learned: u32,
    /// Losses since the last report.
    losses: Losses,
    /// Steps since the last report.
    since_report: u32,
    is_report_due: bool,
    /// The lowest loss that was reported in this training's second part, and reports since.
    lowest: Option<(f64, u32)>,
}

impl Progress {
    /// Errs unless its counts fit each other, as they do in what was saved.
    pub(crate) fn check(&self) -> Result<()> {
        let Self { step, done, learned, since_report, .. } = *self;
        if done <= step && learned <= step && since_report <= done {
            return Ok(());
        }
        let got = format!("{step}, {done}, {learned} and {since_report}");
        Err(UmapError::malformed("reached.training", "fitting counts: step, done, learned, sinceReport", got))
    }
}

/// What a training is at, in the order of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Distillation,
    Graph,
}

impl Trainer {
    /// Before the first step.
    pub fn new(networks: Networks, params: TrainingParams, umap: &UmapParams) -> Self {
        let (a, b) = match (umap.a, umap.b) {
            (Some(a), Some(b)) => (a, b),
            _ => curve::find_ab(umap.spread, umap.min_dist),
        };
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

    /// Reports of all trainings.
    pub fn history(&self) -> &[Report] {
        &self.history
    }

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

    /// As it is between two steps: one that was interrupted while weights moved is at its end.
    pub(crate) async fn between_steps(&self, pulse: &Pulse) -> Result<Cow<'_, Self>> {
        if self.update.is_none() {
            return Ok(Cow::Borrowed(self));
        }
        // Weights, derivatives, and two numbers of the optimiser for each.
        let weights: usize = self.networks.parameters().map(|parameter| parameter.values.len()).sum();
        memory::room("a copy of the networks", 16 * weights as u64)?;
        let mut copy = self.clone();
        copy.end_update(pulse).await?;
        Ok(Cow::Owned(copy))
    }

    /// Errs unless there is room for a step, whose size follows from options.
    fn check_room(&self, data: &TrainingData) -> Result<()> {
        let Networks { encoder, decoder, .. } = &self.networks;
        let (batch, rate) = (f64::from(self.batch_size(data)), f64::from(self.negative_sample_rate));
        let points = data.points.rows() as f64;
        // Both ends of an edge are rows; of the layout that is learned first they need not be different ones.
        let rows = if data.layout.is_some() { 2.0 * batch } else { points.min(2.0 * batch) };
        let of_encoder = Sizes::of("encoder", &self.params.encoder, [encoder.inputs(), encoder.outputs()])?;
        let of_decoder = match decoder {
            Some(decoder) => {
                let described = self.params.decoder.clone().unwrap_or_default();
                Sizes::of("decoder", &described, [decoder.inputs(), decoder.outputs()])?
            }
            None => Sizes::default(),
        };
        // An edge's ends, their places among the rows, and those that repel.
        let edges = 8.0 * batch * (4.0 + rate);
        let bytes = edges + of_encoder.step_bytes(rows) + of_decoder.step_bytes(rows);
        let what = format!("a step with a batch of {batch} edges and {} that repel", batch * rate);
        // They are numbered in 32 bits.
        memory::room(&what, if batch * rate > f64::from(u32::MAX) { u64::MAX } else { bytes as u64 })
    }

    fn check(&self, data: &TrainingData) -> Result<()> {
        let (rows, dims) = (data.points.rows(), self.networks.encoder.outputs());
        self.networks.check_cols(data.points)?;
        for (name, array) in [("layout", data.layout), ("landmarkPositions", data.landmarks)] {
            if let Some(array) = array.filter(|array| array.len() != rows * dims) {
                return Err(UmapError::shape(name, format!("{rows} x {dims} values"), array.len().to_string()));
            }
        }
        Ok(())
    }

    /// Makes the encoder one of columns; its optimiser starts anew if it was not.
    pub(crate) async fn fold(&mut self, pulse: &Pulse) -> Result<()> {
        if self.networks.components.is_some() {
            self.networks.fold(pulse).await?;
            self.optimizers[0] = Optimizer::new(self.params.optimizer);
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

    /// Steps of the last training in which the encoder learned from the graph.
    pub fn learned(&self) -> u32 {
        self.progress.learned
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

    fn count(&mut self, losses: Losses) {
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
