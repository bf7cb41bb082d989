//! The rows of points in one of the stores.

use super::bytes;
use super::chunks::Chunks;
use super::half::F16;
use super::store::StoreUsed;
use crate::error::{Result, UmapError};
use crate::memory;
use crate::metric::{Metric, Rest};
use crate::simd::LANES;

/// A chunk is the greatest power of two of rows within this many bytes.
const CHUNK_BYTES: usize = 128 << 20;

/// The shape of rows as kernels read them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Width {
    /// Columns of the input.
    pub(super) cols: usize,
    /// Values that stand for a row.
    pub(super) values: usize,
    /// What follows them.
    pub(super) rest: Rest,
}

impl Width {
    /// Of rows in the form of a metric.
    pub(super) fn of(cols: usize, metric: &Metric) -> Self {
        let form = metric.form();
        Self { cols, values: form.values(cols), rest: form.rest }
    }

    /// Without the zeros at the end.
    pub(super) fn used(self) -> usize {
        match self.rest {
            Rest::Nothing => self.values,
            Rest::Axis => self.values + 1,
            Rest::Tail => self.values.next_multiple_of(LANES) + 1,
        }
    }

    pub(super) fn has_axis(self) -> bool {
        self.rest == Rest::Axis
    }

    /// With the zeros at the end.
    pub(super) fn padded(self) -> usize {
        self.used().next_multiple_of(LANES)
    }
}

/// Rows as they are stored. Only 32-bit floats are stored padded.
#[derive(Debug)]
pub(super) enum Values {
    F32(Chunks<f32>),
    F16(Chunks<F16>),
    Int8(Chunks<u8>),
}

impl Values {
    pub(super) fn reserve(what: &str, rows: usize, width: Width, store: StoreUsed) -> Result<Self> {
        memory::check::<f32>(&format!("a row of {what}"), 1, width.cols.saturating_add(LANES))?;
        Ok(match store {
            StoreUsed::F32 => Self::F32(Chunks::reserve(what, rows, width.padded(), CHUNK_BYTES)?),
            StoreUsed::F16 => Self::F16(Chunks::reserve(what, rows, width.used(), CHUNK_BYTES)?),
            StoreUsed::Int8 => {
                let bytes = bytes::row_bytes(width.values, width.has_axis());
                Self::Int8(Chunks::reserve(what, rows, bytes, CHUNK_BYTES)?)
            }
        })
    }

    pub(super) fn store(&self) -> StoreUsed {
        match self {
            Self::F32(_) => StoreUsed::F32,
            Self::F16(_) => StoreUsed::F16,
            Self::Int8(_) => StoreUsed::Int8,
        }
    }

    /// Where row `i` is assembled before [`encode`](Self::encode): where it stays, or in `open`. All rows before it must
    /// be there.
    pub(super) fn row_to_fill<'a>(&'a mut self, i: usize, width: Width, open: &'a mut Vec<f32>) -> &'a mut [f32] {
        if let Self::F32(values) = self {
            return values.row_or_zeros(i);
        }
        open.resize(width.padded(), 0.0);
        open
    }

    /// Stores the row that was put together, and makes `open` ready for the next.
    pub(super) fn encode(&mut self, i: usize, width: Width, open: &mut Vec<f32>) -> Result<()> {
        match self {
            Self::F32(_) => {}
            Self::F16(values) => {
                if let Some(col) = open.iter().position(|&x| !F16::fits(x)) {
                    let got = format!("points[{i}, {col}] = {}", open[col]);
                    return Err(UmapError::parameter("store", "values within 65504 of 0 for f16", got));
                }
                let halves = values.row_or_zeros(i).iter_mut();
                halves.zip(&*open).for_each(|(half, &x)| *half = F16::nearest(x));
            }
            Self::Int8(values) => {
                let range = bytes::encode(open, width.values, width.has_axis(), values.row_or_zeros(i));
                if range.is_infinite() {
                    let expected = "rows whose values differ by a 32-bit float at most for int8";
                    return Err(UmapError::parameter("store", expected, format!("more in row {i} of points")));
                }
            }
        }
        open.clear();
        Ok(())
    }

    /// Allocates memory for so many rows in all.
    pub(super) fn grow(&mut self, what: &str, rows: usize) -> Result<()> {
        match self {
            Self::F32(values) => values.grow(what, rows),
            Self::F16(values) => values.grow(what, rows),
            Self::Int8(values) => values.grow(what, rows),
        }
    }

    /// Copies row `from` of values in the same store to row `i`, for which there must be memory.
    pub(super) fn copy_row(&mut self, i: usize, other: &Self, from: usize) {
        match (self, other) {
            (Self::F32(values), Self::F32(other)) => values.row_or_zeros(i).copy_from_slice(other.row(from)),
            (Self::F16(values), Self::F16(other)) => values.row_or_zeros(i).copy_from_slice(other.row(from)),
            (Self::Int8(values), Self::Int8(other)) => values.row_or_zeros(i).copy_from_slice(other.row(from)),
            _ => unreachable!("the stores were compared before"),
        }
    }

    /// Forgets all rows but the first.
    pub(super) fn truncate(&mut self, rows: usize) {
        match self {
            Self::F32(values) => values.truncate(rows),
            Self::F16(values) => values.truncate(rows),
            Self::Int8(values) => values.truncate(rows),
        }
    }

    /// Has a row on its way into the cache. The lines of a few rows come at the same time, where decoding would wait for
    /// one after the other: rows in random order are decoded in half the time.
    #[inline(always)]
    pub(super) fn touch(&self, i: usize) {
        const LINE: usize = 64;
        let touched = match self {
            Self::F32(_) => 0,
            Self::F16(values) => values.row(i).iter().step_by(LINE / 2).fold(0, |all, half| all ^ half.0),
            Self::Int8(values) => values.row(i).iter().step_by(LINE).fold(0, |all, byte| all ^ byte).into(),
        };
        std::hint::black_box(touched);
    }

    /// Appends a row, padded, to `out`.
    pub(super) fn decode(&self, i: usize, width: Width, out: &mut Vec<f32>) {
        let end = out.len() + width.padded();
        match self {
            Self::F32(values) => out.extend_from_slice(values.row(i)),
            Self::F16(values) => out.extend(values.row(i).iter().map(|half| half.widen())),
            Self::Int8(values) => bytes::decode(values.row(i), width.values, width.has_axis(), out),
        }
        out.resize(end, 0.0);
    }
}
