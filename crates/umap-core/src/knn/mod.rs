//! Stage 1: points to nearest neighbours.

mod approximate;
mod candidates;
mod cells;
mod columns;
mod doubt;
mod effort;
pub mod exact;
mod graph;
mod integer;
mod k_means;
mod meeting;
mod near_centers;
mod nearest;
mod nn_descent;
mod outside;
pub mod probe;
mod quantized;
mod rank;
mod refine;
mod rows;
mod space;
mod sweep;
mod visit;

pub(crate) use doubt::is_in_doubt;
pub use exact::exact;
pub use graph::{KnnGraph, NONE};
pub(crate) use nearest::entry_of;
pub use nearest::{Nearest, key_of, value_of};
pub use probe::Probe;
pub(crate) use quantized::{QuantizedSpace, Quantizer};
pub(crate) use rank::{ranked_by, ranked_from, values_from};
pub(crate) use rows::Rows;
pub(crate) use space::{F32Space, Gathered, Space};
pub(crate) use sweep::{BlockPairs, all_pairs, block_rows, nearest_others, sweep};

use crate::error::Result;
use crate::points::Points;
use crate::pulse::Pulse;

/// How neighbours were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum KnnMethod {
    /// By comparing all pairs.
    Exact,
    /// By NN-descent from the cells of a k-means partition.
    NnDescent,
}

/// Neighbours and how good they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbors {
    /// The neighbours.
    pub graph: KnnGraph,
    /// Share of the true neighbours that were found, measured on a sample of rows; 1 if the search was exact. Where there
    /// are rows that 7 bits do not tell from their neighbours, a sample of those is measured too, and this is the lesser.
    pub recall: f64,
    /// How they were found.
    pub method: KnnMethod,
    /// Whether the search ran in 7 bits per value (distances are exact all the same).
    pub quantized: bool,
}

/// All pairs are compared up to this cost, in [`cost_of_exact`]'s units: about 0.4 s of one native thread. For 50 columns
/// NN-descent takes as long there (10,000 rows), for 784 (3,200 rows) half as long, with a recall of 0.99.
const EXACT_COST: u64 = 1 << 33;
/// So few rows are in one cell with all others, so an approximate search would compare all pairs too.
const ONE_CELL: usize = 60;

/// Measured: a pair takes 0.1 ns per column, and as long as 32 columns besides.
fn cost_of_exact(points: &Points) -> u64 {
    let rows = points.rows() as u64;
    rows.saturating_mul(rows).saturating_mul(points.stride() as u64 + 32)
}

/// The `k` nearest rows of every row, the row itself included; `k` is cut to the number of rows. Compares all pairs
/// where that is fast enough, unless `force_approximation`.
pub async fn nearest_neighbors(
    points: &Points,
    k: usize,
    force_approximation: bool,
    seed: u32,
    pulse: &Pulse,
) -> Result<Neighbors> {
    let k = k.clamp(1, points.rows());
    KnnGraph::check_size(points.rows(), k)?;
    let is_cheap = cost_of_exact(points) <= EXACT_COST && !force_approximation;
    if is_cheap || points.rows() <= ONE_CELL || k == 1 {
        let graph = exact(points, k, pulse).await?;
        return Ok(Neighbors { graph, recall: 1.0, method: KnnMethod::Exact, quantized: false });
    }
    approximate::approximate(points, k, seed, pulse).await
}
