//! The graph of the points, intersected with a target.

use super::given::{Target, TargetParams};
use super::{labels, values};
use crate::boxed::boxed;
use crate::error::Result;
use crate::fuzzy::graph::FuzzyGraph;
use crate::pulse::Pulse;

/// The fuzzy simplicial set of the points, intersected with a target that has been checked. `sigmas` and `rhos` stay those
/// of the points.
pub async fn intersect(fuzzy: FuzzyGraph, target: &Target, params: TargetParams, pulse: &Pulse) -> Result<FuzzyGraph> {
    let FuzzyGraph { graph, sigmas, rhos, .. } = fuzzy;
    let graph = match target {
        Target::Labels(labels) => boxed(labels::intersect(&graph, labels, params.weight, pulse)).await?,
        Target::Values { data, cols } => boxed(values::intersect(graph, data, *cols, params, pulse)).await?,
    };
    Ok(FuzzyGraph::new(graph, sigmas, rhos))
}
