//! Slices that were embedded together, and what later ones need of them.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::relations::{Related, Relation};
use crate::error::{Result, UmapError};
use crate::params::AlignmentParams;
use crate::pulse::Stage;
use crate::umap::UmapModel;

/// A fitted AlignedUMAP.
#[derive(Clone, Debug)]
pub struct AlignedModel {
    /// The options that only it has.
    pub params: AlignmentParams,
    /// The slices.
    pub slices: Vec<Rc<UmapModel>>,
    /// How the last fit or update went.
    pub diagnostics: AlignedDiagnostics,
    /// From the slices before the last one to it, the nearest first: as far as the window of one more slice goes.
    pub(crate) to_last: Vec<Relation>,
}

/// How it went, beside what each slice's own diagnostics say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename_all = "camelCase"))]
pub struct AlignedDiagnostics {
    /// How many points of each dataset but the last are related to points of the next one.
    pub related: Vec<u32>,
    /// Milliseconds of each stage, all datasets together; of the last `fit` or `update`.
    pub stage_ms: Vec<(Stage, f64)>,
    /// What a user should know: datasets that are related to none.
    pub notes: Vec<String>,
}

impl AlignedDiagnostics {
    pub(super) fn new(related: &[Related], slices: usize, stage_ms: Vec<(Stage, f64)>) -> Self {
        let between = |i: usize| related.iter().find(|related| related.slices == [i, i + 1]);
        let count = |i: usize| between(i).map_or(0, |related| related.relation.pairs().len() as u32);
        let is_alone = |i: &usize| !related.iter().any(|related| related.slices.contains(i));
        let notes = (0..slices).filter(|i| slices > 1 && is_alone(i)).map(alone).collect();
        Self { related: (0..slices - 1).map(count).collect(), stage_ms, notes }
    }
}

impl AlignedModel {
    pub(super) fn new(
        params: AlignmentParams,
        slices: Vec<Rc<UmapModel>>,
        related: Vec<Related>,
        diagnostics: AlignedDiagnostics,
    ) -> Self {
        let to_last = to_last(related, slices.len() - 1, &params);
        Self { params, slices, diagnostics, to_last }
    }

    /// A slice by its number.
    pub fn slice(&self, number: u32) -> Result<&Rc<UmapModel>> {
        let expected = || format!("the number of a dataset, 0 to {}", self.slices.len() - 1);
        self.slices.get(number as usize).ok_or_else(|| UmapError::parameter("slice", expected(), number))
    }
}

pub(super) fn alone(slice: usize) -> String {
    format!("datasets[{slice}] has no point that is related to one of its window: it is not aligned")
}

/// The relations to slice `last` that a window of one more slice reaches, the nearest first.
pub(super) fn to_last(related: Vec<Related>, last: usize, params: &AlignmentParams) -> Vec<Relation> {
    let reach = (params.alignment_window_size as usize - 1).min(last);
    let mut all = vec![Relation::default(); reach];
    for Related { slices: [earlier, later], relation } in related {
        if later == last && last - earlier <= reach {
            all[last - earlier - 1] = relation;
        }
    }
    all
}
