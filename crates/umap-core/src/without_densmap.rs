//! Stands in for `densmap.rs` where the feature is off.

use crate::csr::Csr;
use crate::error::Result;
use crate::fuzzy::FuzzyGraph;
use crate::fuzzy::radii::Radii;
use crate::knn::KnnGraph;
use crate::metric::Metric;
use crate::optimize::density::Density;
use crate::params::UmapParams;
use crate::pulse::Pulse;

pub(crate) fn more_epochs(_: &UmapParams) -> u32 {
    0
}

pub(crate) async fn density(_: &UmapParams, _: &Csr, _: &KnnGraph, _: &Pulse) -> Result<Option<Density>> {
    Ok(None)
}

pub(crate) async fn radii(
    _: &UmapParams,
    _: Metric,
    _: &KnnGraph,
    _: &FuzzyGraph,
    _: &[f32],
    _: &Pulse,
) -> Result<Option<Radii>> {
    Ok(None)
}
