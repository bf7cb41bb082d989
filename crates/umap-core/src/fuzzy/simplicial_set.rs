//! Neighbours to memberships.

use super::combine;
use super::graph::FuzzyGraph;
use super::neighbors::Connected;
use super::params::FuzzyParams;
use super::smooth_knn;
use crate::error::Result;
use crate::knn::KnnGraph;
use crate::pulse::Pulse;

/// Neighbours to memberships, as umap-learn does, with the logarithm of the graph's own `k` as each row's sum.
pub async fn fuzzy_simplicial_set(knn: &KnnGraph, params: FuzzyParams, pulse: &Pulse) -> Result<FuzzyGraph> {
    KnnGraph::check_size(knn.rows(), knn.k)?;
    let neighbors = Connected { knn, limit: params.disconnection_distance };
    let (sigmas, rhos) = smooth_knn::smooth_knn(&neighbors, &params, &pulse.part(0.0, 0.7)).await?;
    let directed = combine::Directed::new(&neighbors, &sigmas, &rhos, &pulse.part(0.7, 0.9)).await?;
    let graph = combine::combine(&directed, params.set_op_mix_ratio as f32, &pulse.part(0.9, 1.0)).await?;
    Ok(FuzzyGraph::new(graph, sigmas, rhos))
}
