//! The exact neighbours of a few rows, to measure a search by.

use super::graph::{KnnGraph, NONE};
use super::sweep::nearest_others;
use crate::error::Result;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};
use crate::sorting::sort_numbers;
use crate::space::Space;

/// Rows in a probe: one block of a [`sweep`]. With 14 neighbours each, a recall of 0.95 is known to about 0.01.
const ROWS: u32 = 120;
/// From so many columns on half as many do: for MNIST 120 were an eighth of the whole search.
const WIDE: usize = 512;

/// Exact neighbours of a sample of rows.
#[derive(Debug)]
pub struct Probe {
    k: usize,
    rows: Vec<u32>,
    /// The `k - 1` nearest other rows of each, by row number so that they can be searched.
    neighbors: Vec<Vec<u32>>,
    /// The distance of the farthest of them.
    radius: Vec<f32>,
}

impl Probe {
    /// Searches the neighbours of 120 rows, 60 of many columns (all, if there are not more), drawn with the seed. `k` counts the row itself, as in [`KnnGraph`].
    pub async fn new(space: &dyn Space, k: usize, seed: u32, pulse: &Pulse) -> Result<Self> {
        let cols = space.dense().map_or(space.cost(), |points| points.cols());
        let count = if cols < WIDE { ROWS } else { ROWS / 2 };
        let rows = Random::new(seed, Stream::Sample).sample(space.rows() as u32, count);
        Self::of(space, k, rows, pulse).await
    }

    /// Searches the neighbours of these rows, which are in increasing order.
    pub(crate) async fn of(space: &dyn Space, k: usize, rows: Vec<u32>, pulse: &Pulse) -> Result<Self> {
        let k = k.clamp(1, space.rows());
        let found = nearest_others(space, &rows, k - 1, pulse).await?;
        let mut probe = Self { k, rows, neighbors: Vec::new(), radius: Vec::new() };
        for nearest in found {
            let (values, mut ids): (Vec<f32>, Vec<u32>) = nearest.into_sorted().unzip();
            probe.radius.push(values.last().map_or(0.0, |&value| space.distance(value)));
            sort_numbers(&mut ids);
            probe.neighbors.push(ids);
        }
        Ok(probe)
    }

    /// The share of the sampled rows' true neighbours that `graph` (of the same space, with at least as many
    /// neighbours) has. One as far away as the farthest true neighbour counts, for which of those is listed is chance.
    pub fn recall(&self, graph: &KnnGraph) -> f64 {
        self.recall_by(|_, row| {
            let (ids, distances) = graph.row(row as usize);
            distances.iter().copied().zip(ids.iter().copied())
        })
    }

    /// The sampled rows, in increasing order.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// [`recall`](Self::recall) of the distances and rows, nearest first, that `found` has for each position in
    /// [`rows`](Self::rows) and the row there.
    pub fn recall_by<N: IntoIterator<Item = (f32, u32)>>(&self, found: impl Fn(usize, u32) -> N) -> f64 {
        let mut hits = 0;
        for (at, ((&row, truth), &radius)) in self.rows.iter().zip(&self.neighbors).zip(&self.radius).enumerate() {
            let others = found(at, row).into_iter().filter(|&(_, id)| id != row && id != NONE).take(self.k - 1);
            hits += others.filter(|(distance, id)| *distance == radius || truth.binary_search(id).is_ok()).count();
        }
        let all = self.rows.len() * (self.k - 1);
        if all == 0 { 1.0 } else { hits as f64 / all as f64 }
    }
}
