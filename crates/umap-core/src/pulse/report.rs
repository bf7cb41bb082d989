//! What a computation reports: its stage and how much of it is done, and the times of the stages before.

use std::cell::{Cell, RefCell};

use super::stage::Stage;

/// A stage that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct EndedStage {
    /// Which.
    pub stage: Stage,
    /// Of which dataset, where there are several and they are worked on one by one.
    #[serde(rename = "slice")]
    pub dataset: Option<u32>,
}

/// The stage at work, and those before it.
pub(super) struct Report {
    pub(super) stage: Cell<Stage>,
    pub(super) dataset: Cell<Option<u32>>,
    pub(super) fraction: Cell<f64>,
    pub(super) epoch: Cell<Option<u32>>,
    pub(super) loss: Cell<Option<f64>>,
    pub(super) ended: RefCell<Vec<EndedStage>>,
    has_begun: Cell<bool>,
    started: Cell<f64>,
    times: RefCell<Vec<(Stage, f64)>>,
}

impl Report {
    pub(super) fn new(now: f64) -> Self {
        Self {
            stage: Cell::new(Stage::Points),
            dataset: Cell::new(None),
            fraction: Cell::new(0.0),
            epoch: Cell::new(None),
            loss: Cell::new(None),
            ended: RefCell::new(Vec::new()),
            has_begun: Cell::new(false),
            started: Cell::new(now),
            times: RefCell::new(Vec::new()),
        }
    }

    pub(super) fn begin(&self, stage: Stage, now: f64) {
        self.end_stage(now);
        self.has_begun.set(true);
        self.stage.set(stage);
        self.fraction.set(0.0);
        self.epoch.set(None);
        self.loss.set(None);
    }

    /// Never backwards, whatever the parts of a stage report.
    pub(super) fn advance(&self, fraction: f64) {
        self.fraction.set(self.fraction.get().max(fraction));
    }

    pub(super) fn finish(&self, now: f64) -> Vec<(Stage, f64)> {
        self.end_stage(now);
        self.has_begun.set(false);
        self.fraction.set(1.0);
        self.times.borrow().clone()
    }

    pub(super) fn end(&self) {
        if self.has_begun.replace(false) {
            let ended = EndedStage { stage: self.stage.get(), dataset: self.dataset.get() };
            self.ended.borrow_mut().push(ended);
        }
    }

    fn end_stage(&self, now: f64) {
        self.end();
        let took = now - self.started.replace(now);
        let (stage, mut times) = (self.stage.get(), self.times.borrow_mut());
        match times.iter_mut().find(|(s, _)| *s == stage) {
            Some((_, ms)) => *ms += took,
            None => times.push((stage, took)),
        }
    }
}
