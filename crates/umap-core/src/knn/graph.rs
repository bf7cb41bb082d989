//! What the stage yields.

use crate::error::{Result, UmapError};

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

    /// Puts every row's own entry into column 0 at distance 0; where there is none the farthest neighbour makes room.
    /// Returns how many rows had none.
    pub fn put_self_first(&mut self) -> usize {
        let mut without = 0;
        for i in 0..self.rows() {
            let range = i * self.k..(i + 1) * self.k;
            let (indices, distances) = (&mut self.indices[range.clone()], &mut self.distances[range]);
            let found = indices.iter().position(|&j| j as usize == i);
            without += usize::from(found.is_none());
            let at = found.unwrap_or(indices.len() - 1);
            indices[..=at].rotate_right(1);
            distances[..=at].rotate_right(1);
            (indices[0], distances[0]) = (i as u32, 0.0);
        }
        without
    }

    /// Keeps the first `k` columns.
    pub fn truncate(&mut self, k: usize) {
        if k >= self.k {
            return;
        }
        let kept = |i: usize| i * self.k..i * self.k + k;
        self.indices = (0..self.rows()).flat_map(|i| self.indices[kept(i)].iter().copied()).collect();
        self.distances = (0..self.rows()).flat_map(|i| self.distances[kept(i)].iter().copied()).collect();
        self.k = k;
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
