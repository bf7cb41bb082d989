//! Stage 1: points to nearest neighbours.

mod approximate;
mod candidates;
pub mod exact;
mod forest;
mod graph;
mod integer;
mod join;
mod nearest;
mod nn_descent;
pub mod probe;
mod quantised;
mod rank;
mod rows;
mod space;
mod sweep;

pub use exact::exact;
pub use graph::{KnnGraph, NONE};
pub(crate) use nearest::entry_of;
pub use nearest::{Nearest, key_of, value_of};
pub use probe::Probe;
pub(crate) use sweep::{BlockPairs, nearest_others, sweep};

use crate::error::Result;
use crate::points::Points;
use crate::pulse::Pulse;

/// How neighbours were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum KnnMethod {
    /// By comparing all pairs.
    Exact,
    /// By NN-descent from random projection trees.
    NnDescent,
}

/// Neighbours and how good they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbors {
    /// The neighbours.
    pub graph: KnnGraph,
    /// Share of the true neighbours that were found, measured on a sample of rows; 1 if the search was exact.
    pub recall: f64,
    /// How they were found.
    pub method: KnnMethod,
    /// Whether the search ran in 7 bits per value (distances are exact all the same).
    pub quantised: bool,
}

/// Up to so many rows all pairs are compared.
const EXACT_ROWS: usize = 4096;
/// So few rows are one leaf of a tree, so an approximate search would compare all pairs too.
const ONE_LEAF: usize = 60;

/// The `k` nearest rows of every row, the row itself included (1 <= `k` <= rows). Compares all pairs where that is fast
/// enough, unless `force_approximation`.
pub async fn nearest_neighbors(
    points: &Points,
    k: usize,
    force_approximation: bool,
    seed: u32,
    pulse: &Pulse,
) -> Result<Neighbors> {
    let most = if force_approximation { ONE_LEAF } else { EXACT_ROWS };
    if points.rows() <= most || k == 1 {
        let graph = exact(points, k, pulse).await?;
        return Ok(Neighbors { graph, recall: 1.0, method: KnnMethod::Exact, quantised: false });
    }
    approximate::approximate(points, k, seed, pulse).await
}
