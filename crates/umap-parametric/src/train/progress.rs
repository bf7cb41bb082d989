//! How far a training is.

use serde::{Deserialize, Serialize};
use umap_core::{Result, UmapError};

use super::history::Losses;

/// How far a training is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Progress {
    /// Steps done in all trainings.
    pub(crate) step: u32,
    /// Steps done in this one.
    pub(super) done: u32,
    /// Those of them that were from the graph; before this one has begun, those of the last. 0 in older files.
    #[serde(default)]
    pub(crate) learned: u32,
    /// Losses since the last report.
    pub(super) losses: Losses,
    /// Steps since the last report.
    pub(super) since_report: u32,
    pub(super) is_report_due: bool,
    /// The lowest loss that was reported in this training's second part, and reports since.
    pub(super) lowest: Option<(f64, u32)>,
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
pub(super) enum Part {
    Distillation,
    Graph,
}
