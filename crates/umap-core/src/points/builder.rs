//! Takes the input in pieces of any size, checks it and puts rows into the metric's form.

use std::sync::Arc;

use super::bytes::encode_bytes;
use super::dense::Points;
use super::element::Element;
use super::frame::{Frame, Watch, center, settle};
use super::half::F16;
use super::store::{Store, StoreUsed};
use super::values::{Values, Width};
use crate::error::{Result, UmapError};
use crate::metric::{Codes, Form, Metric};

/// Row numbers have 32 bits, of which the search keeps one for itself and one value means "none".
const MAX_ROWS: usize = (1 << 31) - 2;

/// Builds [`Points`] from consecutive pieces of a row-major array.
#[derive(Debug)]
pub struct PointsBuilder {
    values: Values,
    rows: usize,
    width: Width,
    metric: Metric,
    filled: usize,
    /// The row that is being filled, unless the store holds rows as kernels read them: pieces end anywhere, and some
    /// stores encode whole rows.
    open: Vec<f32>,
    /// Of values that are kept as halves.
    halves: Halves,
    watch: Watch,
    /// Of the greatest absolute value as it came.
    greatest_bits: u32,
}

const INFINITY_BITS: u32 = f32::INFINITY.to_bits();

/// What must be known of all values to tell whether 16-bit floats keep them.
#[derive(Debug, Default)]
struct Halves {
    greatest: f32,
    is_rounded: bool,
}

impl Halves {
    /// Looks at a row.
    fn see(&mut self, row: &[f32]) {
        let greatest = row.iter().fold(0.0, |greatest: f32, x| greatest.max(x.abs()));
        self.greatest = self.greatest.max(greatest);
        self.is_rounded |= greatest < F16::LEAST_PRECISE && row.iter().any(|&x| F16::nearest(x).widen() != x);
    }

    /// Errs where all values are so small that halves keep few of their bits, or none. A few such rows are no loss.
    fn check(&self) -> Result<()> {
        if !self.is_rounded || self.greatest >= F16::LEAST_PRECISE {
            return Ok(());
        }
        let expected = format!("values of which some are at least {} for f16", F16::LEAST_PRECISE);
        Err(UmapError::parameter("store", expected, format!("none above {}", self.greatest)))
    }
}

impl PointsBuilder {
    /// Allocates memory for `rows` x `cols` values.
    pub fn new(rows: usize, cols: usize, metric: Metric, store: StoreUsed) -> Result<Self> {
        if rows == 0 || cols == 0 {
            return Err(UmapError::EmptyInput { rows, cols });
        }
        if rows > MAX_ROWS {
            return Err(UmapError::shape("points", format!("at most {MAX_ROWS} rows"), rows.to_string()));
        }
        check_kernel(metric, cfg!(feature = "all-metrics"))?;
        if let Some((count, what)) = metric.facts().columns.filter(|(count, _)| *count != cols) {
            return Err(UmapError::shape("points", format!("{count} columns, {what}"), cols.to_string()));
        }
        let width = Width { cols, has_axis: metric.form() != Form::AsIs };
        let values = Values::reserve(&format!("points ({rows} x {cols})"), rows, width, store)?;
        let (open, halves, watch) = (Vec::new(), Halves::default(), Watch::of(metric));
        Ok(Self { values, rows, width, metric, filled: 0, open, halves, watch, greatest_bits: 0 })
    }

    /// Puts the points into the frame of others, with which they will be compared.
    #[must_use]
    pub fn in_frame(self, frame: Arc<Frame>) -> Self {
        if frame.is_plain() && !matches!(self.watch, Watch::Columns(_)) {
            return self;
        }
        Self { watch: Watch::Given(frame), ..self }
    }

    /// Appends the next values in row-major order; a piece may end within a row.
    pub fn push<T: Element>(&mut self, mut values: &[T]) -> Result<()> {
        let (rows, cols) = (self.rows, self.width.cols);
        let left = rows * cols - self.filled;
        let is_half = self.values.store() == StoreUsed::F16;
        if values.len() > left {
            let got = format!("at least {}", self.filled + values.len());
            return Err(UmapError::shape("points", format!("{} values ({rows} x {cols})", rows * cols), got));
        }
        while !values.is_empty() {
            let (row, col) = (self.filled / cols, self.filled % cols);
            let (now, rest) = values.split_at(values.len().min(cols - col));
            if now.len() == cols && self.put_bytes(row, now) {
                self.filled += cols;
                values = rest;
                continue;
            }
            let open = self.values.row_to_fill(row, self.width, &mut self.open);
            let part = &mut open[col..col + now.len()];
            let not_finite = |at: usize| {
                let value = now[at].to_f64();
                UmapError::NotFinite { what: "points", row, col: col + at, value }
            };
            let bits = T::convert(now, part);
            if bits >= INFINITY_BITS {
                return Err(not_finite(part.iter().position(|x| !x.is_finite()).unwrap_or(0)));
            }
            self.greatest_bits = self.greatest_bits.max(bits);
            match &mut self.watch {
                Watch::Given(frame) if !frame.is_plain() => frame.put(now, col, part).map_err(not_finite)?,
                Watch::Columns(columns) if T::IS_WIDE => columns.see([row, rows], col, now)?,
                Watch::Row(values) if T::IS_WIDE => values.extend(now.iter().map(|x| x.to_f64())),
                _ => {}
            }
            self.filled += now.len();
            if self.filled.is_multiple_of(cols) {
                if let Watch::Row(values) = &mut self.watch {
                    center(values, open);
                    values.clear();
                }
                put_into_form(open, cols, self.metric.form());
                if is_half {
                    self.halves.see(open);
                }
                self.values.encode(row, self.width, &mut self.open)?;
            }
            values = rest;
        }
        Ok(())
    }

    /// Stores a row of bytes as it is, where rows are stored as bytes; returns whether that was so.
    fn put_bytes<T: Element>(&mut self, row: usize, values: &[T]) -> bool {
        match (&mut self.values, T::as_bytes(values)) {
            (Values::Int8(rows), Some(values)) if self.metric.form() == Form::AsIs => {
                encode_bytes(values, rows.row_or_zeros(row));
                true
            }
            _ => false,
        }
    }

    /// The points, once all values are there.
    pub fn finish(self) -> Result<Points> {
        self.halves.check()?;
        let Self { mut values, rows, width, metric, watch, greatest_bits, .. } = self;
        let cols = width.cols;
        if self.filled != rows * cols {
            let expected = format!("{} values ({rows} x {cols})", rows * cols);
            return Err(UmapError::shape("points", expected, format!("{}", self.filled)));
        }
        let (frame, rounded) = match watch {
            Watch::Given(frame) => (frame, Vec::new()),
            Watch::Columns(seen) => {
                let (frame, rounded) = settle(seen, &mut values, metric, f32::from_bits(greatest_bits))?;
                (Arc::new(frame), rounded)
            }
            Watch::Row(_) | Watch::Nothing => Default::default(),
        };
        Ok(Points { rounded: rounded.into(), ..Points::of(values, rows, width, metric, frame) })
    }
}

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

    /// An embedding as points, for comparing its rows only: unlike any other points they may hold NaN and infinity.
    pub(crate) fn from_embedding(embedding: &[f32], rows: usize, dims: usize) -> Result<Self> {
        let PointsBuilder { mut values, width, metric, mut open, .. } =
            PointsBuilder::new(rows, dims, Metric::Euclidean, StoreUsed::F32)?;
        for (i, row) in embedding.chunks_exact(dims).enumerate() {
            values.row_to_fill(i, width, &mut open)[..dims].copy_from_slice(row);
        }
        Ok(Self::of(values, rows, width, metric, Arc::default()))
    }
}

fn put_into_form(row: &mut [f32], cols: usize, form: Form) {
    if form == Form::AsIs {
        return;
    }
    // Builds for few metrics have no sine.
    if cfg!(feature = "all-metrics") && form == Form::Sphere {
        let [latitude, longitude] = [row[0], row[1]].map(f64::from);
        let radius = libm::cos(latitude);
        let position = [radius * libm::cos(longitude), radius * libm::sin(longitude), libm::sin(latitude)];
        row[..3].iter_mut().zip(position).for_each(|(to, x)| *to = x as f32);
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

/// Whether this build has the metric's kernel; an argument, so that every build can test the refusal.
fn check_kernel(metric: Metric, all_metrics: bool) -> Result<()> {
    let is_euclidean = metric.facts().codes == Some(Codes::Squares) && metric.form() != Form::Sphere;
    if all_metrics || is_euclidean {
        return Ok(());
    }
    let expected = "euclidean, cosine, correlation or dot: this build has no other";
    Err(UmapError::parameter("metric", expected, format!("{:?}", metric.name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_that_are_not_compiled_are_refused() {
        for metric in [Metric::Manhattan, Metric::Chebyshev, Metric::InnerProduct] {
            let error = check_kernel(metric, false).expect_err("refused");
            assert!(matches!(error, UmapError::InvalidParameter { .. }));
            assert!(error.to_string().contains("this build has no other"), "{error}");
            assert_eq!(check_kernel(metric, true), Ok(()));
        }
        for metric in [Metric::Euclidean, Metric::Cosine, Metric::Correlation, Metric::Dot] {
            assert_eq!(check_kernel(metric, false), Ok(()));
        }
    }
}
