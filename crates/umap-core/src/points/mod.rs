//! The one owned copy of the input: rows in the metric's form, in chunks that each fit a WebAssembly allocation.

mod append;
mod builder;
mod bytes;
mod chunks;
mod element;
mod frame;
mod half;
mod store;
mod stored;
mod values;

pub use builder::PointsBuilder;
pub(crate) use chunks::Chunks;
pub use element::Element;
pub use frame::Frame;
pub use half::F16;
pub use store::{Store, StoreUsed};

use std::sync::Arc;

use crate::metric::Metric;
use values::{Values, Width};

/// Rows of points. Kernels read them as 32-bit floats, each row padded with zeros to a multiple of four. A clone shares
/// them.
#[derive(Clone, Debug)]
pub struct Points {
    values: Arc<Values>,
    rows: usize,
    width: Width,
    metric: Metric,
    frame: Arc<Frame>,
    /// Of distances, in the caller's.
    unit: f32,
    /// Columns of which 32-bit floats keep 14 bits or fewer.
    rounded: Arc<[u32]>,
}

/// Rows that are fetched into the cache at a time.
const TOUCHED: usize = 4;

impl Points {
    /// Copies `data` (row-major, `rows` x `cols`) into the form of `metric`, as 32-bit floats.
    pub fn from_slice<T: Element>(data: &[T], rows: usize, cols: usize, metric: Metric) -> crate::Result<Self> {
        Self::stored(data, rows, cols, metric, Store::F32)
    }

    /// As [`from_slice`](Self::from_slice), in any store.
    pub fn stored<T: Element>(
        data: &[T],
        rows: usize,
        cols: usize,
        metric: Metric,
        store: Store,
    ) -> crate::Result<Self> {
        let mut builder = PointsBuilder::new(rows, cols, metric, store.of::<T>(cols, metric))?;
        builder.push(data)?;
        builder.finish()
    }

    fn of(values: Values, rows: usize, width: Width, metric: Metric, frame: Arc<Frame>) -> Self {
        // Of a number of columns the frame tells nothing.
        let unit = if metric.facts().is_count { 1.0 / width.cols as f32 } else { frame.unit() };
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
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// How values are kept that 32-bit floats would not do justice to.
    pub fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }

    /// A distance in the caller's units, from what the metric's kernel computes of rows as they are kept.
    #[inline(always)]
    pub fn distance(&self, kernel_value: f32) -> f32 {
        self.metric.distance(kernel_value) * self.unit
    }

    /// Says which columns are kept so that little of their values is left.
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

    /// Some rows as kernels read them: 32-bit floats are read where they are, other stores are decoded into `room`.
    #[inline(always)]
    pub fn read<'a, const N: usize>(&'a self, rows: [u32; N], room: &'a mut Vec<f32>) -> [&'a [f32]; N] {
        if let Values::F32(values) = &*self.values {
            return rows.map(|i| values.row(i as usize));
        }
        let stride = self.stride();
        let decoded = self.decode(&rows, room);
        std::array::from_fn(|n| &decoded[n * stride..][..stride])
    }

    /// As [`read`](Self::read), for any number of rows.
    pub(crate) fn read_all<'a>(&'a self, rows: impl Iterator<Item = u32>, room: &'a mut Vec<f32>) -> Vec<&'a [f32]> {
        if let Values::F32(values) = &*self.values {
            return rows.map(|i| values.row(i as usize)).collect();
        }
        let rows: Vec<u32> = rows.collect();
        self.decode(&rows, room).chunks_exact(self.stride()).collect()
    }

    // Kept apart from the loops of those who read: most points are 32-bit floats.
    #[inline(never)]
    fn decode<'a>(&self, rows: &[u32], room: &'a mut Vec<f32>) -> &'a [f32] {
        room.clear();
        room.reserve(rows.len() * self.stride());
        for rows in rows.chunks(TOUCHED) {
            rows.iter().for_each(|&i| self.values.touch(i as usize));
            rows.iter().for_each(|&i| self.values.decode(i as usize, self.width, room));
        }
        room
    }
}
