//! Rows in the form of a metric, as kernels read them.

use std::sync::Arc;

use super::frame::Frame;
use super::store::StoreUsed;
use super::values::{Values, Width};
use crate::metric::{Growth, Kernel, Metric};

/// Rows of points. Kernels read them as 32-bit floats, each row padded with zeros to a multiple of four. A clone shares
/// them.
#[derive(Clone, Debug)]
pub struct Points {
    pub(super) values: Arc<Values>,
    pub(super) rows: usize,
    pub(super) width: Width,
    pub(super) metric: Metric,
    pub(super) frame: Arc<Frame>,
    /// Factor from distances to distances in the user's units.
    pub(super) unit: f32,
    /// Columns of which 32-bit floats keep 14 bits or fewer.
    pub(super) rounded: Arc<[u32]>,
}

/// Rows that are fetched into the cache at a time.
const TOUCHED: usize = 4;

impl Points {
    pub(super) fn of(values: Values, rows: usize, width: Width, metric: Metric, frame: Arc<Frame>) -> Self {
        let unit = match metric.facts().growth {
            Growth::Linear => frame.unit(),
            Growth::Square => frame.unit() * frame.unit(),
            // Of a number of columns the frame tells nothing.
            Growth::Count => 1.0 / width.cols as f32,
        };
        Self { values: Arc::new(values), rows, width, metric, frame, unit, rounded: Arc::default() }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns of the input.
    pub fn cols(&self) -> usize {
        self.width.cols
    }

    /// Length of a row as kernels read it: `cols`, in some forms one more, padded with zeros to a multiple of four.
    pub fn stride(&self) -> usize {
        self.width.padded()
    }

    /// The metric whose form the rows are in.
    pub fn metric(&self) -> &Metric {
        &self.metric
    }

    /// Compares rows.
    pub fn kernel(&self) -> Kernel {
        self.metric.kernel(self.cols())
    }

    /// How many values stand for a row in the metric's form, without what follows them.
    pub(crate) fn values(&self) -> usize {
        self.width.values
    }

    /// How values are kept that 32-bit floats would not do justice to.
    pub fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }

    /// A distance in the user's units, from what the metric's kernel computes of rows as they are kept.
    #[inline(always)]
    pub fn distance(&self, kernel_value: f32) -> f32 {
        self.metric.distance(kernel_value) * self.unit
    }

    /// A note that names the columns of which rounding leaves little.
    pub(crate) fn note(&self) -> Option<String> {
        const NAMED: usize = 5;
        let first: Vec<String> = self.rounded.iter().take(NAMED).map(u32::to_string).collect();
        let more = if self.rounded.len() > NAMED { " and others" } else { "" };
        (!first.is_empty()).then(|| {
            format!(
                "columns {}{more} of points lie so far from 0 that 32-bit floats, or the store, keep little of what sets \
                 their rows apart: subtract their means before",
                first.join(", ")
            )
        })
    }

    /// What the rows are kept as.
    pub fn store(&self) -> StoreUsed {
        self.values.store()
    }

    /// Some rows as kernels read them: 32-bit floats are read where they are, other stores are decoded into `scratch`.
    #[inline(always)]
    pub fn read<'a, const N: usize>(&'a self, rows: [u32; N], scratch: &'a mut Vec<f32>) -> [&'a [f32]; N] {
        if let Values::F32(values) = &*self.values {
            return rows.map(|i| values.row(i as usize));
        }
        let stride = self.stride();
        let decoded = self.decode(&rows, scratch);
        std::array::from_fn(|n| &decoded[n * stride..][..stride])
    }

    /// As [`read`](Self::read), for any number of rows.
    pub(crate) fn read_all<'a>(&'a self, rows: impl Iterator<Item = u32>, scratch: &'a mut Vec<f32>) -> Vec<&'a [f32]> {
        if let Values::F32(values) = &*self.values {
            return rows.map(|i| values.row(i as usize)).collect();
        }
        let rows: Vec<u32> = rows.collect();
        self.decode(&rows, scratch).chunks_exact(self.stride()).collect()
    }

    // Kept apart from the loops of those who read: most points are 32-bit floats.
    #[inline(never)]
    fn decode<'a>(&self, rows: &[u32], scratch: &'a mut Vec<f32>) -> &'a [f32] {
        scratch.clear();
        scratch.reserve(rows.len() * self.stride());
        for rows in rows.chunks(TOUCHED) {
            rows.iter().for_each(|&i| self.values.touch(i as usize));
            rows.iter().for_each(|&i| self.values.decode(i as usize, self.width, scratch));
        }
        scratch
    }
}
