//! Points of a job as they arrive: of whatever kind the metric compares, and in the form of the rows that they join.

use std::any::Any;
use std::sync::Arc;

use umap_core::kinds::{Bits, Distances, KnownDistances, SparseBuilder, SparsePoints, Strings};
use umap_core::metric::{Kind, Metric, MetricName};
use umap_core::params::UmapParams;
use umap_core::points::{F16, Frame, Points, PointsBuilder, Store, StoreUsed};
use umap_core::space::Space;
use umap_core::{Result, UmapError};

use crate::arrays::{Arrays, decode};

/// How points are kept as they arrive.
pub struct Kept {
    /// The metric into whose form they are put.
    pub metric: Metric,
    /// What they are kept as.
    pub store: Store,
    /// The frame of the points with which they are compared, if there are such.
    pub frame: Option<Arc<Frame>>,
    /// How many columns they must have, and why.
    pub cols: Option<(usize, &'static str)>,
    /// The kind of the rows that they will be compared with; none of their own fit.
    pub among: Option<Among>,
}

/// A kind of rows that others are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among {
    /// Rows of numbers.
    Dense,
    /// Sparse rows.
    Sparse,
    /// What else the metric compares.
    Other,
}

impl Kept {
    /// With nothing done to them.
    pub fn as_given() -> Self {
        Self::by(MetricName::Euclidean.into(), Store::Auto)
    }

    /// As the options of a fit say.
    pub fn of(params: &UmapParams) -> Self {
        Self::by(params.metric(), params.store)
    }

    /// In the form of a metric.
    pub fn by(metric: Metric, store: Store) -> Self {
        Self { metric, store, frame: None, cols: None, among: None }
    }

    /// To be compared with others.
    pub fn like(space: &dyn Space, store: Store, why: &'static str) -> Self {
        let info = space.info();
        let frame = space.dense().map(|points| Arc::clone(points.frame()));
        let among = match (space.dense().is_some(), (space as &dyn Any).is::<SparsePoints>()) {
            (true, _) => Among::Dense,
            (false, true) => Among::Sparse,
            (false, false) => Among::Other,
        };
        Self { frame, cols: Some((info.cols, why)), among: Some(among), ..Self::by(info.metric, store) }
    }

    /// The store of points that come as `dtype`; an unknown one is refused with the first piece.
    fn store_of(&self, dtype: &str, cols: usize) -> StoreUsed {
        match dtype {
            "f16" => self.store.of::<F16>(cols, &self.metric),
            "i8" => self.store.of::<i8>(cols, &self.metric),
            "u8" => self.store.of::<u8>(cols, &self.metric),
            _ => self.store.of::<f32>(cols, &self.metric),
        }
    }
}

/// How rows come that are not values of one type, row by row; JavaScript gives these names where otherwise a type is.
const CSR: &str = "csr";
const CONDENSED: &str = "condensed";
const STRINGS: &str = "strings";

/// Points that arrive.
pub(crate) enum Arriving {
    /// Rows of numbers.
    Numbers(PointsBuilder),
    /// Rows of numbers that join sparse rows, and the values of the row that is not whole yet.
    Thinned(SparseBuilder, Row),
    /// Rows of bits.
    Bits(Bits),
    /// A matrix of distances.
    Distances(Distances, Kept),
    /// Arrays beside it, that are put together at the end: sparse rows or distances, a triangle of distances, strings.
    Arrays(Kept, [usize; 2]),
}

/// A row that is not whole yet.
pub(crate) struct Row {
    values: Vec<f64>,
    cols: usize,
}

impl Arriving {
    /// Makes room for points that come as `dtype`: a type, or how else they come.
    pub(crate) fn open([rows, cols]: [usize; 2], dtype: &str, kept: Kept) -> Result<Self> {
        let kind = kept.metric.kind();
        let fits = match dtype {
            CSR => matches!(kind, Kind::Numbers | Kind::Distances),
            CONDENSED => kind == Kind::Distances,
            STRINGS => kind == Kind::Strings,
            "u8" => kind != Kind::Strings,
            _ => matches!(kind, Kind::Numbers | Kind::Distances),
        };
        if !fits {
            let expected = match kind {
                Kind::Numbers => "rows of numbers, dense or sparse",
                Kind::Bits => "rows of packed bits: a Uint8Array with its shape",
                Kind::Strings => "an array of strings",
                Kind::Distances => "distances: a square matrix, { condensed, rows }, or a sparse matrix",
            };
            let got = match dtype {
                STRINGS => "strings: set the metric to levenshtein".into(),
                CONDENSED => "a triangle of distances: set the metric to precomputed".into(),
                CSR => "sparse rows".into(),
                dtype => format!("values of type {dtype}"),
            };
            return Err(UmapError::parameter(
                "points",
                format!("{expected}, with metric {}", kept.metric.label()),
                got,
            ));
        }
        if let Some((expected, why)) = kept.cols.filter(|(expected, _)| *expected != cols) {
            return Err(UmapError::shape("points", format!("{expected} columns{why}"), cols.to_string()));
        }
        Ok(match (dtype, kind) {
            (CSR | CONDENSED | STRINGS, _) => Self::Arrays(kept, [rows, cols]),
            (_, Kind::Bits) => Self::Bits(Bits::new(rows, cols, kept.metric)?),
            (_, Kind::Distances) => Self::Distances(Distances::new(rows, cols)?, kept),
            _ if kept.among == Some(Among::Sparse) => {
                let row = Row { values: Vec::new(), cols };
                Self::Thinned(SparseBuilder::new(cols, kept.metric)?, row)
            }
            _ => Self::Numbers(kept.builder([rows, cols], dtype)?),
        })
    }

    /// Appends a piece of values.
    pub(crate) fn push(&mut self, name: &str, dtype: &str, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Numbers(points) => decode(name, dtype, bytes, points),
            Self::Bits(bits) => bits.push(bytes),
            // Decoded for one type only: they are rare, and every other would be compiled too.
            Self::Thinned(rows, row) => row.take(rows, &numbers(name, dtype, bytes)?),
            Self::Distances(distances, _) => distances.push(numbers(name, dtype, bytes)?.into_iter()),
            Self::Arrays(..) => Err(UmapError::shape(name, "the arrays of the points", "values")),
        }
    }

    /// The rows, complete; `name` is what their arrays' names begin with.
    pub(crate) fn finish(self, name: &str, input: &mut Arrays) -> Result<Arc<dyn Space>> {
        match self {
            Self::Numbers(points) => points.finish().map(Into::into),
            Self::Thinned(rows, _) => Ok(Arc::new(rows.finish()?)),
            Self::Bits(bits) => Ok(Arc::new(bits.finish()?)),
            Self::Distances(distances, kept) => Ok(Arc::new(match kept.among {
                Some(_) => distances.finish()?,
                None => distances.finish_symmetric()?,
            })),
            Self::Arrays(kept, shape) => of_arrays(kept, shape, name, input),
        }
    }
}

fn of_arrays(kept: Kept, [rows, cols]: [usize; 2], name: &str, input: &mut Arrays) -> Result<Arc<dyn Space>> {
    if let Some(ends) = input.integers(&format!("{name}.ends"))? {
        let text = input.bytes(&format!("{name}.text"));
        return Ok(Arc::new(Strings::new(&text, &ends, kept.metric)?));
    }
    if let Some(triangle) = input.numbers(&format!("{name}.condensed"))? {
        return Ok(Arc::new(Distances::of_triangle(&triangle, rows)?));
    }
    let indptr = input.integers(&format!("{name}.indptr"))?.unwrap_or_default();
    let indices = input.integers(&format!("{name}.indices"))?.unwrap_or_default();
    let data = input.numbers(&format!("{name}.data"))?.unwrap_or_default();
    if indptr.len() != rows + 1 {
        let got = indptr.len().to_string();
        return Err(UmapError::shape("points.indptr", format!("{} values, one more than rows", rows + 1), got));
    }
    let matrix = |metric| SparseBuilder::new(cols, metric)?.matrix(&indptr, &indices, &data);
    Ok(match (kept.metric.kind(), kept.among) {
        (Kind::Distances, None) => {
            Arc::new(matrix(kept.metric)?.finish_distances().and_then(KnownDistances::symmetric)?)
        }
        (Kind::Distances, _) => Arc::new(matrix(kept.metric)?.finish_distances()?),
        (_, Some(Among::Dense)) => spread(&matrix(MetricName::Euclidean.into())?.finish()?, kept, cols)?.into(),
        _ => Arc::new(matrix(kept.metric)?.finish()?),
    })
}

/// Sparse rows that join rows of numbers.
fn spread(rows: &SparsePoints, kept: Kept, cols: usize) -> Result<Points> {
    let mut points = kept.builder([rows.rows(), cols], "f32")?;
    let mut row = vec![0.0f32; cols];
    for number in 0..rows.rows() {
        rows.spread(number as u32, &mut row);
        points.push(&row)?;
    }
    points.finish()
}

impl Kept {
    fn builder(self, [rows, cols]: [usize; 2], dtype: &str) -> Result<PointsBuilder> {
        let store = self.store_of(dtype, cols);
        let points = PointsBuilder::new(rows, cols, self.metric, store)?;
        Ok(match self.frame {
            Some(frame) => points.in_frame(frame),
            None => points,
        })
    }
}

fn numbers(name: &str, dtype: &str, bytes: &[u8]) -> Result<Vec<f64>> {
    let mut numbers = Vec::new();
    decode(name, dtype, bytes, &mut numbers)?;
    Ok(numbers)
}

impl Row {
    fn take(&mut self, rows: &mut SparseBuilder, values: &[f64]) -> Result<()> {
        for &value in values {
            self.values.push(value);
            if self.values.len() == self.cols {
                rows.push_dense(&self.values)?;
                self.values.clear();
            }
        }
        Ok(())
    }
}
