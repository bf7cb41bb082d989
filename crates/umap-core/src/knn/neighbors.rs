//! The search for neighbours: all pairs where that is fast enough, the approximate search otherwise.

use super::approximate::approximate;
use super::exact::exact;
use super::found::{KnnMethod, Neighbors};
use super::graph::KnnGraph;
use crate::error::Result;
use crate::pulse::Pulse;
use crate::space::Space;

/// All pairs are compared up to this cost, in [`cost_of_exact`]'s units: about 0.4 s of one native thread. For 50 columns
/// NN-descent takes as long there (10,000 rows), for 784 (3,200 rows) half as long, with a recall of 0.99.
const EXACT_COST: u64 = 1 << 33;
/// Rows with which an approximate search compares each, at least.
const COMPARISONS: u64 = 1500;
/// So few rows are in one cell with all others, so an approximate search would compare all pairs too.
const ONE_CELL: usize = 60;

/// Measured: a pair takes 0.1 ns per column, and as long as 32 columns besides.
fn cost_of_exact(space: &dyn Space) -> u64 {
    let rows = space.rows() as u64;
    rows.saturating_mul(rows).saturating_mul(space.cost() as u64 + 32)
}

/// The `k` nearest rows of every row, the row itself included; `k` is cut to the number of rows. Compares all pairs
/// where that is fast enough, unless `force_approximation`.
pub async fn nearest_neighbors(
    space: &dyn Space,
    k: usize,
    force_approximation: bool,
    seed: u32,
    pulse: &Pulse,
) -> Result<Neighbors> {
    let k = k.clamp(1, space.rows());
    KnnGraph::check_size(space.rows(), k)?;
    if cfg!(feature = "all-metrics")
        && let Some((indices, distances)) = space.known_neighbors(k)
    {
        let graph = KnnGraph { k, indices, distances };
        return Ok(Neighbors { graph, recall: 1.0, method: KnnMethod::Exact, quantized: false });
    }
    let of_approximate = (space.rows() as u64).saturating_mul(space.cost() as u64).saturating_mul(COMPARISONS);
    let is_cheap_at_once = || space.cost_of_all().is_some_and(|cost| cost <= of_approximate);
    let is_cheap = space.is_compared_exactly()
        || !force_approximation && is_cheap_at_once()
        || cost_of_exact(space) <= EXACT_COST && !force_approximation;
    if is_cheap || space.rows() <= ONE_CELL || k == 1 {
        let graph = exact(space, k, pulse).await?;
        return Ok(Neighbors { graph, recall: 1.0, method: KnnMethod::Exact, quantized: false });
    }
    approximate(space, k, seed, pulse).await
}
