//! What networks are trained on.

use umap_core::points::Points;

use super::edges::Edges;
#[cfg(doc)]
use crate::model::Networks;
#[cfg(doc)]
use crate::params::TrainingParams;

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
    pub landmark_positions: Option<&'a [f32]>,
    /// Rows on which the decoder is measured.
    pub validation: Option<&'a Points>,
}
