//! A search index: the nearest of its rows for rows that are not in it.

mod exact;

use crate::error::{Result, UmapError};
use crate::knn::{KnnGraph, NONE, nearest_neighbors};
use crate::points::Points;
use crate::pulse::Pulse;

/// Rows that can be searched. What is found for a row depends on that row alone: not on the others of its batch, their
/// order or the number of threads.
#[derive(Debug)]
pub struct NeighborIndex {
    points: Points,
}

impl NeighborIndex {
    /// An index of rows whose neighbours are known, as a UMAP fit leaves them.
    pub async fn from_neighbors(points: Points, knn: &KnnGraph, _seed: u32, pulse: &Pulse) -> Result<Self> {
        check_neighbors(knn, points.rows())?;
        pulse.tick(0.0).await?;
        Ok(Self { points })
    }

    /// An index of rows, of each of which `k` neighbours (itself counted) are found first.
    pub async fn build(points: Points, k: usize, seed: u32, pulse: &Pulse) -> Result<Self> {
        let found = nearest_neighbors(&points, k, false, seed, &pulse.part(0.0, 0.9)).await?;
        Self::from_neighbors(points, &found.graph, seed, &pulse.part(0.9, 1.0)).await
    }

    /// The rows.
    pub fn points(&self) -> &Points {
        &self.points
    }

    /// The `k` nearest rows of the index for each of `queries`, nearest first, equal distances in the order of the rows; `k`
    /// is cut to the number of rows. A greater `epsilon` searches longer and finds more of them. Distances are in the metric's units.
    pub async fn query(&self, queries: &Points, k: usize, _epsilon: f32, pulse: &Pulse) -> Result<KnnGraph> {
        self.check(queries)?;
        let k = k.clamp(1, self.points.rows());
        KnnGraph::check_size(queries.rows(), k)?;
        exact::query(&self.points, queries, k, pulse).await
    }

    /// Rows can be compared if they are in the same form and as long.
    fn check(&self, rows: &Points) -> Result<()> {
        if rows.cols() != self.points.cols() {
            let expected = format!("{} columns as in the index", self.points.cols());
            return Err(UmapError::shape("points", expected, rows.cols().to_string()));
        }
        if rows.metric() != self.points.metric() {
            let expected = format!("that of the index, {:?}", self.points.metric());
            return Err(UmapError::parameter("metric", expected, format!("{:?}", rows.metric())));
        }
        Ok(())
    }
}

/// Distances are not looked at: those that are needed are computed.
fn check_neighbors(knn: &KnnGraph, rows: usize) -> Result<()> {
    if knn.k == 0 || knn.indices.len() as u64 != rows as u64 * knn.k as u64 {
        let expected = format!("{rows} x k (k = {}) indices", knn.k);
        return Err(UmapError::shape("knn", expected, knn.indices.len().to_string()));
    }
    match knn.indices.iter().position(|&id| id != NONE && id as usize >= rows) {
        Some(at) => {
            let got = format!("{} in row {}", knn.indices[at], at / knn.k);
            Err(UmapError::parameter("knn.indices", format!("-1 or 0 to {}", rows - 1), got))
        }
        None => Ok(()),
    }
}
