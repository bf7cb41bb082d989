//! Memberships of new rows in the rows of a model: umap-learn's, but that every constant comes from the model, so that a
//! row's memberships do not depend on the rows beside it.

use super::combine::membership;
use super::neighbors::Connected;
use super::params::FuzzyParams;
use super::smooth_knn::{Row, global_mean};
use crate::error::Result;
use crate::knn::{KnnGraph, NONE};
use crate::math::log2;
use crate::pulse::Pulse;

/// What the memberships of all new rows depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bipartite {
    params: FuzzyParams,
    /// Mean distance between neighbours in the model.
    mean: f32,
}

/// A neighbour of a new row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Member {
    /// The row of the model.
    pub(crate) index: u32,
    /// Its membership, above 0.
    pub(crate) weight: f32,
    /// How far it is, in units of the scale at which memberships fall.
    pub(crate) scaled_distance: f32,
}

impl Bipartite {
    /// From the options of the model and the neighbours in it.
    pub(crate) async fn new(knn: &KnnGraph, params: FuzzyParams, pulse: &Pulse) -> Result<Self> {
        let neighbors = Connected { knn, limit: params.disconnection_distance };
        let mean = global_mean(&neighbors, &params, pulse).await?;
        // No neighbour counts as the row itself, so one connection less is certain.
        let local_connectivity = (params.local_connectivity - 1.0).max(0.0);
        Ok(Self { params: FuzzyParams { local_connectivity, ..params }, mean })
    }

    /// Writes the members among row `i`'s neighbours, in their order; `row` is scratch.
    pub(crate) fn members(&self, knn: &KnnGraph, i: usize, row: &mut BipartiteRow, members: &mut Vec<Member>) {
        let FuzzyParams { disconnection_distance, signed_distances, local_connectivity, .. } = self.params;
        let neighbors = Connected { knn, limit: disconnection_distance };
        row.0.set(neighbors.row(i).map(|(_, distance)| distance), signed_distances);
        let (sigma, rho) = row.0.solve(local_connectivity, log2(knn.k as f64) as f32, self.mean);
        let origin = row.0.origin;
        let there = neighbors.row(i).filter(|&(index, _)| index != NONE);
        members.clear();
        members.extend(there.map(|(index, distance)| Member {
            index,
            weight: membership(distance, sigma, rho),
            scaled_distance: if sigma > 0.0 { (distance - origin) / sigma } else { 0.0 },
        }));
        members.retain(|member| member.weight > 0.0);
    }

    /// Whether only differences of distances mean something.
    pub(crate) fn is_signed(&self) -> bool {
        self.params.signed_distances
    }
}

/// Scratch for the distances of a row.
#[derive(Default)]
pub(crate) struct BipartiteRow(Row);
