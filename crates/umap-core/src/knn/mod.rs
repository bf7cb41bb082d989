//! Stage 1: points to nearest neighbours.

mod approximate;
mod candidates;
pub mod exact;
mod forest;
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
pub use nearest::{Nearest, key_of, value_of};
pub use probe::Probe;
pub(crate) use sweep::sweep;

use crate::error::{Result, UmapError};
use crate::points::Points;
use crate::pulse::Pulse;

/// Marks the absence of a neighbour in [`KnnGraph::indices`] (-1 as a signed number); its distance is infinite.
pub const NONE: u32 = u32::MAX;

/// `k` neighbours of each row, nearest first, the row itself in column 0 at distance 0 (umap-learn's convention, so `k` counts
/// the row itself). Equal distances are in the order of their indices.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnnGraph {
    /// Neighbours per row, the row itself included.
    pub k: usize,
    /// Row numbers, row-major, `rows * k`.
    pub indices: Vec<u32>,
    /// Distances in the metric's own units, row-major, `rows * k`.
    pub distances: Vec<f32>,
}

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

/// All pairs are compared up to this cost, in [`cost_of_exact`]'s units: about 0.4 s of one native thread. For 50 columns
/// NN-descent takes as long there (10,000 rows), for 784 (3,200 rows) half as long, with a recall of 0.99.
const EXACT_COST: u64 = 1 << 33;
/// So few rows are one leaf of a tree, so an approximate search would compare all pairs too.
const ONE_LEAF: usize = 60;

/// Measured: a pair takes 0.1 ns per column, and as long as 32 columns besides.
fn cost_of_exact(points: &Points) -> u64 {
    let rows = points.rows() as u64;
    rows.saturating_mul(rows).saturating_mul(points.stride() as u64 + 32)
}

/// The `k` nearest rows of every row, the row itself included (1 <= `k` <= rows). Compares all pairs where that is fast
/// enough, unless `force_approximation`.
pub async fn nearest_neighbors(
    points: &Points,
    k: usize,
    force_approximation: bool,
    seed: u32,
    pulse: &Pulse,
) -> Result<Neighbors> {
    let is_cheap = cost_of_exact(points) <= EXACT_COST && !force_approximation;
    if is_cheap || points.rows() <= ONE_LEAF || k == 1 {
        let graph = exact(points, k, pulse).await?;
        return Ok(Neighbors { graph, recall: 1.0, method: KnnMethod::Exact, quantised: false });
    }
    approximate::approximate(points, k, seed, pulse).await
}

impl KnnGraph {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.indices.len() / self.k.max(1)
    }

    /// Neighbours and distances of row `i`.
    #[inline(always)]
    pub fn row(&self, i: usize) -> (&[u32], &[f32]) {
        let range = i * self.k..(i + 1) * self.k;
        (&self.indices[range.clone()], &self.distances[range])
    }

    /// Checks neighbours that came from outside: shapes, index range, distances neither NaN nor decreasing.
    pub fn validate(&self, rows: usize) -> Result<()> {
        let expected = format!("{rows} x k (k = {}) indices and distances", self.k);
        if self.k == 0 || self.indices.len() != rows * self.k || self.distances.len() != self.indices.len() {
            let got = format!("{} indices and {} distances", self.indices.len(), self.distances.len());
            return Err(UmapError::shape("precomputedKnn", expected, got));
        }
        for (at, (&index, &distance)) in self.indices.iter().zip(&self.distances).enumerate() {
            let (row, col) = (at / self.k, at % self.k);
            if index != NONE && index as usize >= rows {
                let got = format!("{} in row {row}, column {col}", index as i32);
                return Err(UmapError::parameter("precomputedKnn.indices", format!("-1 or 0 to {}", rows - 1), got));
            }
            if distance.is_nan() || (col > 0 && distance < self.distances[at - 1]) {
                let got = format!("{distance} in row {row}, column {col}");
                return Err(UmapError::parameter("precomputedKnn.distances", "non-decreasing rows without NaN", got));
            }
        }
        Ok(())
    }
}
