//! The trait that every kind of data implements.

use std::any::Any;
use std::fmt::Debug;

use crate::error::Result;
use crate::file::Section;
use crate::metric::{Codes, Metric, STRIP};
use crate::points::{Points, StoreUsed};

/// Rows, and how far they are from each other.
///
/// The value of a pair is the same whichever way round and together with whichever others it is computed, bit for bit, on
/// every platform.
pub trait Space: Any + Debug + Send + Sync {
    /// Number of rows.
    fn rows(&self) -> usize;

    /// What it costs to compare two rows: as much as two rows of so many 32-bit floats. Decides how many rows a task gets,
    /// and up to how many rows all pairs are compared.
    fn cost(&self) -> usize;

    /// What later stages need to know of the distances.
    fn geometry(&self) -> Geometry {
        Geometry { is_signed: false, is_squared: false, disconnection_distance: f32::INFINITY }
    }

    /// What diagnostics report.
    fn info(&self) -> SpaceInfo;

    /// The distance, in the user's units, from a value that [`compare`](Self::compare) computed.
    fn distance(&self, value: f32) -> f32 {
        value
    }

    /// Errs unless rows of `queries` can be compared with rows of this space.
    fn check_queries(&self, queries: &dyn Space) -> Result<()>;

    /// Prepares rows of `queries`, which may be this space, to be compared with rows of this space. `scratch` is memory that
    /// can be used again afterwards.
    fn compare<'a>(
        &'a self,
        queries: &'a dyn Space,
        rows: &[u32],
        scratch: &'a mut Vec<f32>,
    ) -> Box<dyn Comparison + 'a>;

    /// Numbers and distances of the `k` nearest rows of each, the row itself first, where they are known without a search:
    /// those of a [`KnnGraph`](crate::knn::KnnGraph).
    fn known_neighbors(&self, _k: usize) -> Option<(Vec<u32>, Vec<f32>)> {
        None
    }

    /// What it costs to compare every row with all at once, in the units of [`cost`](Self::cost), where that can be done.
    fn cost_of_all(&self) -> Option<u64> {
        None
    }

    /// Compares a row with all at once: with the same values as [`compare`](Self::compare), bit for bit.
    fn all_at_once(&self) -> Option<Box<dyn AllAtOnce + '_>> {
        None
    }

    /// Whether a search always compares all pairs: an approximate one could not be faster, or not find its way.
    fn is_compared_exactly(&self) -> bool {
        false
    }

    /// What a user should know about the rows as they are stored.
    fn note(&self) -> Option<String> {
        None
    }

    /// The rows as arrays of a file: those of [`Section::points`] for rows of numbers.
    fn sections(&self) -> Vec<Section<'_>>;

    /// The rows as numbers in columns, if that is what they are. What needs columns (principal components, centroids,
    /// networks, the search in 7 bits) is left out for other kinds, or refused.
    fn dense(&self) -> Option<&Points> {
        None
    }
}

/// Compares rows with all others at once.
pub trait AllAtOnce: Sync {
    /// Calls `visit(other, value)` for every row, in their order. `scratch` is memory that can be used again afterwards.
    fn values(&self, row: u32, scratch: &mut Vec<[f64; 2]>, visit: &mut dyn FnMut(u32, f32));
}

impl Geometry {
    /// Of distances by a metric.
    pub(crate) fn of(metric: &Metric) -> Self {
        let facts = metric.facts();
        Self {
            is_signed: facts.is_signed,
            is_squared: facts.codes == Some(Codes::Squares),
            disconnection_distance: facts.disconnection_distance,
        }
    }
}

/// What the stages after the search need to know of distances.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometry {
    /// Distances can be negative, and there is no triangle inequality.
    pub is_signed: bool,
    /// What is computed of a pair is the square of the distance.
    pub is_squared: bool,
    /// Distance from which on two rows do not count as neighbours, unless the user gives one.
    pub disconnection_distance: f32,
}

/// What diagnostics report of a space.
#[derive(Clone, Debug)]
pub struct SpaceInfo {
    /// Columns; 0 where rows have none.
    pub cols: usize,
    /// How distances are measured.
    pub metric: Metric,
    /// What values are stored as.
    pub store: StoreUsed,
}

/// Rows that were prepared to be compared with rows of a space.
pub trait Comparison {
    /// Compares each of them with `others`, [`STRIP`] at a time: calls `visit(first, values)`, where `values[i][j]` is of the
    /// `i`th prepared row and `others[first + j]`. Smaller values are nearer; those beyond the last of `others` are not
    /// looked at.
    fn with(&mut self, others: &[u32], visit: &mut dyn FnMut(usize, &[[f32; STRIP]]));
}

impl dyn Comparison + '_ {
    /// Calls `visit(i, j, value)` for the `i`th prepared row and `others[j]`.
    #[inline(always)]
    pub(crate) fn pairs(&mut self, others: &[u32], mut visit: impl FnMut(usize, usize, f32)) {
        self.with(others, &mut |first, strip| {
            let count = STRIP.min(others.len() - first);
            for (i, values) in strip.iter().enumerate() {
                values[..count].iter().enumerate().for_each(|(j, &value)| visit(i, first + j, value));
            }
        });
    }

    /// The values of the first prepared row and each of `others`.
    pub(crate) fn values(&mut self, others: &[u32]) -> Vec<f32> {
        let mut values = Vec::with_capacity(others.len());
        self.with(others, &mut |first, strip| {
            values.extend_from_slice(&strip[0][..STRIP.min(others.len() - first)]);
        });
        values
    }
}

/// A row of a space, or a new one that is compared with its rows.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// Where the row is.
    pub space: &'a dyn Space,
    /// Its number there.
    pub row: u32,
}
