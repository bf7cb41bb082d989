//! The rows, in the form of a metric.

use std::sync::Arc;

use super::choice;
use super::scheme::RowFacts;
use crate::error::Result;
use crate::metric::Metric;

/// Sparse rows in the form of a metric. A clone shares them.
#[derive(Clone, Debug)]
pub struct SparsePoints {
    pub(super) metric: Metric,
    pub(super) cols: usize,
    pub(super) indptr: Arc<[u32]>,
    pub(super) indices: Arc<[u32]>,
    pub(super) data: Arc<[f32]>,
    /// What is summed over each row alone.
    pub(super) facts: Arc<[RowFacts]>,
}

impl SparsePoints {
    /// Of entries in the form of the metric, each row's in the order of their columns.
    pub(crate) fn of_parts(
        (indptr, indices, data): (Vec<u32>, Vec<u32>, Vec<f32>),
        cols: usize,
        metric: Metric,
    ) -> Result<Self> {
        choice::check(&metric)?;
        let rows = indptr.windows(2).map(|ends| &data[ends[0] as usize..ends[1] as usize]);
        let facts = choice::facts(&metric, rows);
        Ok(Self { metric, cols, indptr: indptr.into(), indices: indices.into(), data: data.into(), facts })
    }

    /// Writes a row in full.
    pub fn spread(&self, row: u32, to: &mut [f32]) {
        to.fill(0.0);
        let (columns, values) = self.row(row);
        columns.iter().zip(values).for_each(|(&column, &x)| to[column as usize] = x);
    }

    /// Columns and values of a row.
    #[inline(always)]
    pub(super) fn row(&self, row: u32) -> (&[u32], &[f32]) {
        let range = self.indptr[row as usize] as usize..self.indptr[row as usize + 1] as usize;
        (&self.indices[range.clone()], &self.data[range])
    }
}
