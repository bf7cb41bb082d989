//! Stage 2: nearest neighbours to the fuzzy simplicial set.

mod bipartite;
pub(crate) mod combine;
pub mod radii;
mod smooth_knn;
pub mod target;

pub(crate) use bipartite::{Bipartite, BipartiteRow, Member};

use crate::csr::Csr;
use crate::error::Result;
use crate::knn::{KnnGraph, NONE};
use crate::pulse::Pulse;

/// Rows of one task; below a millisecond up to some hundred neighbours.
const ROWS_PER_TASK: usize = 512;

/// What decides on memberships besides the neighbours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FuzzyParams {
    /// Between intersection (0) and union (1) of the local fuzzy sets.
    pub set_op_mix_ratio: f64,
    /// Number of nearest neighbours that count as fully connected; fractions interpolate.
    pub local_connectivity: f64,
    /// Distance from which on points do not count as neighbours.
    pub disconnection_distance: f32,
    /// Whether distances can be negative (the inner product): then only their differences mean something, and each row
    /// is taken relative to its nearest other row.
    pub signed_distances: bool,
}

/// The fuzzy simplicial set as a weighted graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FuzzyGraph {
    /// Memberships, symmetric bit for bit, in (0, 1].
    pub graph: Csr,
    /// Scale of each row's distances.
    pub sigmas: Vec<f32>,
    /// Distance up to which each row's neighbours are fully connected.
    pub rhos: Vec<f32>,
    /// Rows without any edge.
    pub disconnected: Vec<u32>,
}

/// Neighbours to memberships, as umap-learn does, with the logarithm of the graph's own `k` as each row's sum.
pub async fn fuzzy_simplicial_set(knn: &KnnGraph, params: FuzzyParams, pulse: &Pulse) -> Result<FuzzyGraph> {
    KnnGraph::check_size(knn.rows(), knn.k)?;
    let neighbors = Neighbors { knn, limit: params.disconnection_distance };
    let (sigmas, rhos) = smooth_knn::smooth_knn(&neighbors, &params, &pulse.part(0.0, 0.7)).await?;
    let directed = combine::Directed::new(&neighbors, &sigmas, &rhos, &pulse.part(0.7, 0.9)).await?;
    let graph = combine::combine(&directed, params.set_op_mix_ratio as f32, &pulse.part(0.9, 1.0)).await?;
    Ok(FuzzyGraph::new(graph, sigmas, rhos))
}

impl FuzzyGraph {
    pub(crate) fn new(graph: Csr, sigmas: Vec<f32>, rhos: Vec<f32>) -> Self {
        let lone = |&i: &u32| graph.range(i as usize).is_empty();
        let disconnected = (0..graph.rows() as u32).filter(lone).collect();
        Self { graph, sigmas, rhos, disconnected }
    }
}

/// The neighbours, those beyond the disconnection distance cut off.
struct Neighbors<'a> {
    knn: &'a KnnGraph,
    limit: f32,
}

impl Neighbors<'_> {
    /// Neighbours of row `i` with their distances; [`NONE`] at an infinite distance where there is none or it is cut.
    #[inline(always)]
    fn row(&self, i: usize) -> impl Iterator<Item = (u32, f32)> {
        let (indices, distances) = self.knn.row(i);
        indices.iter().zip(distances).map(|(&index, &distance)| {
            // Also where the limit is infinite and so is the distance.
            let cut = index == NONE || distance >= self.limit;
            if cut { (NONE, f32::INFINITY) } else { (index, distance) }
        })
    }
}
