//! The one owned copy of the input: rows in the metric's form, in chunks that each fit a WebAssembly allocation.

mod builder;
mod chunks;

pub use builder::{Element, F16, PointsBuilder};
pub(crate) use chunks::Chunks;

use crate::metric::Metric;

/// Rows of points as kernels read them: 32-bit floats, each row padded with zeros to a multiple of four.
#[derive(Debug)]
pub struct Points {
    values: Chunks<f32>,
    rows: usize,
    cols: usize,
    metric: Metric,
}

impl Points {
    /// Copies `data` (row-major, `rows` x `cols`) into the form of `metric`.
    pub fn from_slice<T: Element>(data: &[T], rows: usize, cols: usize, metric: Metric) -> crate::Result<Self> {
        let mut builder = PointsBuilder::new(rows, cols, metric)?;
        builder.push(data)?;
        builder.finish()
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns of the input.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Length of a stored row: `cols`, in some forms one more, padded with zeros to a multiple of four.
    pub fn stride(&self) -> usize {
        self.values.stride()
    }

    /// The metric whose form the rows are in.
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// The stored row, padding included.
    #[inline(always)]
    pub fn row(&self, i: usize) -> &[f32] {
        self.values.row(i)
    }
}
