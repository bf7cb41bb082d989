//! Takes the input in pieces of any size, checks it and puts rows into the metric's form.

use super::{Chunks, Points};
use crate::error::{Result, UmapError};
use crate::memory;
use crate::metric::{Form, Metric};
use crate::simd::LANES;

/// A chunk is the greatest power of two of rows within this many bytes.
const CHUNK_BYTES: usize = 128 << 20;
/// Row numbers have 32 bits, of which the search keeps one for itself and one value means "none".
const MAX_ROWS: usize = (1 << 31) - 2;

/// A type that points can be given in.
pub trait Element: Copy {
    /// The value as a 32-bit float; what does not fit becomes infinite and is refused.
    fn to_f32(self) -> f32;
    /// The value itself, for messages.
    fn to_f64(self) -> f64;
}

macro_rules! element {
    ($($type:ty),*) => { $(impl Element for $type {
        #[inline(always)]
        fn to_f32(self) -> f32 {
            self as f32
        }
        fn to_f64(self) -> f64 {
            f64::from(self)
        }
    })* };
}
element!(f32, f64, u8, i8, u16, i16, u32, i32);

/// A half-precision float (IEEE 754 binary16), by its bits.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct F16(pub u16);

impl Element for F16 {
    #[inline(always)]
    fn to_f32(self) -> f32 {
        let magnitude = u32::from(self.0 & 0x7fff) << 13;
        // Rebias the exponent by multiplication, which also serves subnormals; infinity and NaN keep theirs.
        let value = f32::from_bits(magnitude) * f32::from_bits((254 - 15) << 23);
        let value = if self.0 & 0x7c00 == 0x7c00 { f32::from_bits(magnitude | 0x7f80_0000) } else { value };
        if self.0 & 0x8000 == 0 { value } else { -value }
    }
    fn to_f64(self) -> f64 {
        f64::from(self.to_f32())
    }
}

/// Builds [`Points`] from consecutive pieces of a row-major array.
#[derive(Debug)]
pub struct PointsBuilder {
    points: Points,
    filled: usize,
}

impl PointsBuilder {
    /// Makes room for `rows` x `cols` values.
    pub fn new(rows: usize, cols: usize, metric: Metric) -> Result<Self> {
        if rows == 0 || cols == 0 {
            return Err(UmapError::EmptyInput { rows, cols });
        }
        if rows > MAX_ROWS {
            return Err(UmapError::shape("points", format!("at most {MAX_ROWS} rows"), rows.to_string()));
        }
        let what = format!("points ({rows} x {cols})");
        memory::check::<f32>(&what, rows, cols.saturating_add(LANES))?;
        // Unit forms put zero rows on an axis of their own, so that they are at distance 1 from the others.
        let stored = cols + usize::from(metric.form() != Form::AsIs);
        let values = Chunks::reserve(&what, rows, stored.next_multiple_of(LANES), CHUNK_BYTES)?;
        Ok(Self { points: Points { values, rows, cols, metric }, filled: 0 })
    }

    /// Appends the next values in row-major order; a piece may end within a row.
    pub fn push<T: Element>(&mut self, mut values: &[T]) -> Result<()> {
        let (rows, cols) = (self.points.rows, self.points.cols);
        let room = rows * cols - self.filled;
        if values.len() > room {
            let got = format!("at least {}", self.filled + values.len());
            return Err(UmapError::shape("points", format!("{} values ({rows} x {cols})", rows * cols), got));
        }
        while !values.is_empty() {
            let (row, col) = (self.filled / cols, self.filled % cols);
            let (now, rest) = values.split_at(values.len().min(cols - col));
            let stored = &mut self.points.values.row_or_zeros(row)[col..col + now.len()];
            if !convert(now, stored) {
                let at = stored.iter().position(|x| !x.is_finite()).unwrap_or(0);
                return Err(UmapError::NotFinite { what: "points", row, col: col + at, value: now[at].to_f64() });
            }
            self.filled += now.len();
            if self.filled.is_multiple_of(cols) {
                let form = self.points.metric.form();
                put_into_form(self.points.values.row_or_zeros(row), cols, form);
            }
            values = rest;
        }
        Ok(())
    }

    /// The points, once all values are there.
    pub fn finish(self) -> Result<Points> {
        let (rows, cols) = (self.points.rows, self.points.cols);
        if self.filled != rows * cols {
            let expected = format!("{} values ({rows} x {cols})", rows * cols);
            return Err(UmapError::shape("points", expected, format!("{}", self.filled)));
        }
        Ok(self.points)
    }
}

impl Points {
    /// An embedding as points, for comparing its rows only: unlike any other points they may hold NaN and infinity.
    pub(crate) fn from_embedding(embedding: &[f32], rows: usize, dims: usize) -> Result<Self> {
        let mut points = PointsBuilder::new(rows, dims, Metric::Euclidean)?.points;
        for (i, row) in embedding.chunks_exact(dims).enumerate() {
            points.values.row_or_zeros(i)[..dims].copy_from_slice(row);
        }
        Ok(points)
    }
}

/// Converts all values and says whether all are finite; without an early exit, so that the loop vectorises.
fn convert<T: Element>(from: &[T], to: &mut [f32]) -> bool {
    const INFINITY_BITS: u32 = 0x7f80_0000;
    let mut largest = 0;
    for (to, from) in to.iter_mut().zip(from) {
        *to = from.to_f32();
        largest = largest.max(to.to_bits() & !(1 << 31));
    }
    largest < INFINITY_BITS
}

fn put_into_form(row: &mut [f32], cols: usize, form: Form) {
    if form == Form::AsIs {
        return;
    }
    let values = &mut row[..cols];
    let mean = match form {
        Form::CenteredUnit => values.iter().map(|&x| f64::from(x)).sum::<f64>() / cols as f64,
        _ => 0.0,
    };
    let squares: f64 = values.iter().map(|&x| (f64::from(x) - mean) * (f64::from(x) - mean)).sum();
    // A constant row less its mean is zero up to rounding of the mean.
    let largest = values.iter().fold(0.0, |m: f64, &x| m.max(f64::from(x).abs()));
    let negligible = 1e-12 * largest * (cols as f64).sqrt();
    let length = squares.sqrt();
    if length <= negligible {
        values.fill(0.0);
        row[cols] = 1.0;
    } else {
        values.iter_mut().for_each(|x| *x = ((f64::from(*x) - mean) / length) as f32);
    }
}
