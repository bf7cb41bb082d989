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
use crate::metric::{Kind, Metric};

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
        check_kernel(&metric, metric.name().is_compiled())?;
        // The metrics that all builds have fit all rows.
        if cfg!(feature = "all-metrics") {
            check_rows(&metric, cols, store)?;
        }
        let width = Width::of(cols, &metric);
        let values = Values::reserve(&format!("points ({rows} x {cols})"), rows, width, store)?;
        let (open, halves, watch) = (Vec::new(), Halves::default(), Watch::of(&metric));
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
                self.metric
                    .form()
                    .put(open, cols, &self.metric.given())
                    .map_err(|refused| refused.error(&self.metric, [row, refused.column], open[refused.column]))?;
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
            (Values::Int8(rows), Some(values)) if self.metric.form().is_as_is() => {
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
                let (frame, rounded) = settle(seen, &mut values, &metric, f32::from_bits(greatest_bits))?;
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
        let store = store.of::<T>(cols, &metric);
        let mut builder = PointsBuilder::new(rows, cols, metric, store)?;
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

/// Errs unless the metric compares rows of so many columns, in that store.
fn check_rows(metric: &Metric, cols: usize, store: StoreUsed) -> Result<()> {
    if metric.kind() != Kind::Numbers {
        let expected = format!("what {} compares ({:?})", metric.label(), metric.kind());
        return Err(UmapError::parameter("points", expected.to_lowercase(), "rows of numbers"));
    }
    if let Some((count, what)) = metric.facts().columns.filter(|(count, _)| *count != cols) {
        return Err(UmapError::shape("points", format!("{count} columns, {what}"), cols.to_string()));
    }
    metric.check_columns(cols)?;
    if store != StoreUsed::F32 && !metric.form().can_be_rounded {
        let expected = format!("auto or f32 with {:?}", metric.name());
        return Err(UmapError::parameter("store", expected, format!("{store:?}").to_lowercase()));
    }
    Ok(())
}

/// Errs unless this build has the metric's kernel; an argument, so that every build can test the refusal.
fn check_kernel(metric: &Metric, is_compiled: bool) -> Result<()> {
    if is_compiled {
        return Ok(());
    }
    let expected = "euclidean, cosine, correlation or dot: this build has no other";
    Err(UmapError::parameter("metric", expected, metric.label()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_that_are_not_compiled_are_refused() {
        let error = check_kernel(&Metric::Manhattan, false).expect_err("refused").to_string();
        assert!(error.contains("this build has no other, got manhattan"), "{error}");
        assert_eq!(check_kernel(&Metric::Manhattan, true), Ok(()));
    }
}
