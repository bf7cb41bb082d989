//! What the stage yields.

use crate::error::{Result, UmapError};
use crate::memory;
use crate::parallel;
use crate::pulse::Pulse;

/// Marks the absence of a neighbour in [`KnnGraph::indices`] (-1 as a signed number); its distance is infinite.
pub const NONE: u32 = u32::MAX;

/// Rows per task that looks at each neighbour once.
const TASK_ROWS: usize = 2048;

/// `k` neighbours of each row, nearest first, the row itself in column 0 at distance 0 (umap-learn's convention, so `k`
/// counts the row itself). Equal distances are in the order of their indices.
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

    /// Errs where positions in the graph would not fit the 32 bits that the later stages have for them.
    pub(crate) fn check_size(rows: usize, k: usize) -> Result<()> {
        match (rows as u64).checked_mul(k as u64) {
            Some(entries) if u32::try_from(entries).is_ok() => Ok(()),
            entries => Err(UmapError::OutOfMemory {
                what: format!("neighbors ({rows} x {k}, at most 2^32 - 1 in all)"),
                bytes: entries.unwrap_or(u64::MAX).saturating_mul(8),
            }),
        }
    }

    /// Memory for `k` neighbours per row.
    pub(crate) async fn with_size(rows: usize, k: usize, pulse: &Pulse) -> Result<Self> {
        let what = format!("neighbors ({rows} x {k})");
        let indices = memory::filled(&what, rows, k, 0, pulse).await?;
        let distances = memory::filled(&what, rows, k, 0.0, pulse).await?;
        Ok(Self { k, indices, distances })
    }

    /// The first `k` columns, with every row's own entry in column 0 at distance 0; where a row lacks itself the
    /// farthest neighbour is dropped. Also how many rows that were. Needs `k` columns.
    pub(crate) async fn with_self_first(&self, k: usize, pulse: &Pulse) -> Result<(Self, usize)> {
        let mut new = Self::with_size(self.rows(), k, pulse).await?;
        let tasks = new.indices.chunks_mut(TASK_ROWS * k).zip(new.distances.chunks_mut(TASK_ROWS * k)).enumerate();
        let without_self = parallel::map(pulse, tasks, |(task, (indices, distances))| {
            let rows = indices.chunks_exact_mut(k).zip(distances.chunks_exact_mut(k)).zip(task * TASK_ROWS..);
            rows.map(|((indices, distances), i)| usize::from(self.self_first(i, indices, distances))).sum::<usize>()
        });
        let without_self = without_self.await?.iter().sum();
        Ok((new, without_self))
    }

    /// Writes row `i` with itself first; returns whether it was missing.
    fn self_first(&self, i: usize, indices: &mut [u32], distances: &mut [f32]) -> bool {
        let (from, lengths) = self.row(i);
        let own = from.iter().position(|&j| j as usize == i);
        let others = (0..from.len()).filter(|&at| Some(at) != own);
        (indices[0], distances[0]) = (i as u32, 0.0);
        for ((index, distance), at) in indices[1..].iter_mut().zip(&mut distances[1..]).zip(others) {
            (*index, *distance) = (from[at], lengths[at]);
        }
        own.is_none()
    }

    /// Checks neighbours that came from outside, of `rows` rows among `among`: shapes, index range, distances neither NaN nor
    /// decreasing.
    pub async fn validate(&self, rows: usize, among: usize, pulse: &Pulse) -> Result<()> {
        let fits = rows.checked_mul(self.k).is_some_and(|len| len > 0 && self.indices.len() == len);
        if !fits || self.distances.len() != self.indices.len() {
            let expected = format!("{rows} x k (k = {}) indices and distances", self.k);
            let got = format!("{} indices and {} distances", self.indices.len(), self.distances.len());
            return Err(UmapError::shape("precomputedKnn", expected, got));
        }
        let tasks = (0..rows.div_ceil(TASK_ROWS)).map(|task| task * TASK_ROWS..rows.min((task + 1) * TASK_ROWS));
        let checks = parallel::map(pulse, tasks, |mut part| part.try_for_each(|row| self.validate_row(row, among)));
        checks.await?.into_iter().collect()
    }

    fn validate_row(&self, row: usize, among: usize) -> Result<()> {
        let (indices, distances) = self.row(row);
        for (col, (&index, &distance)) in indices.iter().zip(distances).enumerate() {
            if index != NONE && index as usize >= among {
                let got = format!("{} in row {row}, column {col}", index as i32);
                return Err(UmapError::parameter("precomputedKnn.indices", format!("-1 or 0 to {}", among - 1), got));
            }
            // The row itself is at distance 0, which inner products of others can be below.
            let after_itself = col == 1 && indices[0] as usize == row;
            if distance.is_nan() || (col > 0 && !after_itself && distance < distances[col - 1]) {
                let got = format!("{distance} in row {row}, column {col}");
                return Err(UmapError::parameter("precomputedKnn.distances", "non-decreasing rows without NaN", got));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pulse::block_on;

    #[test]
    fn rows_are_put_first_whether_they_were_there_or_not() {
        let indices = vec![0, 1, 2, 0, 2, 1, 0, 1, NONE];
        let graph = KnnGraph { k: 3, indices, distances: vec![0.0, 1.0, 2.0, 1.0, 2.0, 3.0, 1.0, 2.0, f32::INFINITY] };
        let (all, without_self) = block_on(async |pulse| graph.with_self_first(3, pulse).await).unwrap();
        assert_eq!((all.indices, without_self), (vec![0, 1, 2, 1, 0, 2, 2, 0, 1], 1));
        assert_eq!(all.distances, [0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 0.0, 1.0, 2.0]);
        let (two, _) = block_on(async |pulse| graph.with_self_first(2, pulse).await).unwrap();
        assert_eq!(
            (two.k, two.indices, two.distances),
            (2, vec![0, 1, 1, 0, 2, 0], vec![0.0, 1.0, 0.0, 1.0, 0.0, 1.0])
        );
    }

    /// On wasm32 65,536 rows times k = 65,536 is 0, the length of no arrays.
    #[test]
    fn sizes_that_overflow_are_refused() {
        let half = 1 << (usize::BITS / 2);
        let empty = KnnGraph { k: half, ..KnnGraph::default() };
        let error = block_on(async |pulse| empty.validate(half, half, pulse).await).unwrap_err();
        assert!(matches!(error, UmapError::ShapeMismatch { .. }), "{error}");
        for (rows, k) in [(1 << 16, 1 << 16), (usize::MAX, 2)] {
            assert!(matches!(KnnGraph::check_size(rows, k), Err(UmapError::OutOfMemory { .. })));
        }
        assert_eq!(KnnGraph::check_size(1 << 16, (1 << 16) - 1), Ok(()));
    }
}
