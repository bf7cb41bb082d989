//! The neighbours within the disconnection distance.

use crate::knn::{KnnGraph, NONE};

/// Rows of one task; below a millisecond up to some hundred neighbours.
pub(super) const ROWS_PER_TASK: usize = 512;

/// The neighbours, those beyond the disconnection distance cut off.
pub(super) struct Connected<'a> {
    pub(super) knn: &'a KnnGraph,
    pub(super) limit: f32,
}

impl Connected<'_> {
    /// Neighbours of row `i` with their distances; [`NONE`] at an infinite distance where there is none or it is cut.
    #[inline(always)]
    pub(super) fn row(&self, i: usize) -> impl Iterator<Item = (u32, f32)> {
        let (indices, distances) = self.knn.row(i);
        indices.iter().zip(distances).map(|(&index, &distance)| {
            // Also where the limit is infinite and so is the distance.
            let cut = index == NONE || distance >= self.limit;
            if cut { (NONE, f32::INFINITY) } else { (index, distance) }
        })
    }
}
