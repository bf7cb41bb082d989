//! The rows, in the form of a metric.

use std::any::Any;
use std::sync::Arc;

use super::compare;
use super::scheme::{self, RowFacts};
use crate::error::{Result, UmapError};
use crate::file::Section;
use crate::metric::{Codes, Metric};
use crate::points::StoreUsed;
use crate::space::{Comparison, Geometry, Space, SpaceInfo};

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
        scheme::check(&metric)?;
        let rows = indptr.windows(2).map(|ends| &data[ends[0] as usize..ends[1] as usize]);
        let facts = rows.map(|row| scheme::facts(&metric, row)).collect();
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

impl Space for SparsePoints {
    fn rows(&self) -> usize {
        self.indptr.len() - 1
    }

    fn cost(&self) -> usize {
        // An entry is looked up where its column may be in the other row: as long as 8 values one after the other.
        (8 * self.data.len() / self.rows()).max(8)
    }

    fn geometry(&self) -> Geometry {
        let facts = self.metric.facts();
        Geometry {
            is_signed: facts.is_signed,
            is_squared: facts.codes == Some(Codes::Squares),
            disconnection_distance: facts.disconnection_distance,
        }
    }

    fn info(&self) -> SpaceInfo {
        SpaceInfo { cols: self.cols, metric: self.metric.clone(), store: StoreUsed::F32 }
    }

    fn distance(&self, value: f32) -> f32 {
        self.metric.distance_of(value, self.cols)
    }

    fn check_queries(&self, queries: &dyn Space) -> Result<()> {
        let Some(queries) = (queries as &dyn Any).downcast_ref::<Self>() else {
            return Err(UmapError::parameter("points", "sparse rows", "rows of another kind"));
        };
        if queries.cols != self.cols {
            let expected = format!("{} columns, as there are", self.cols);
            return Err(UmapError::shape("points", expected, queries.cols.to_string()));
        }
        if queries.metric != self.metric {
            return Err(UmapError::parameter("metric", self.metric.label(), queries.metric.label()));
        }
        Ok(())
    }

    fn compare<'a>(&'a self, queries: &'a dyn Space, rows: &[u32], _: &'a mut Vec<f32>) -> Box<dyn Comparison + 'a> {
        let queries: &Self = (queries as &dyn Any).downcast_ref().expect("`check_queries`");
        compare::prepared(queries, rows, self)
    }

    fn sections(&self) -> Vec<Section<'_>> {
        vec![
            Section::integers("points.indptr", &self.indptr[..]),
            Section::integers("points.indices", &self.indices[..]),
            Section::floats("points.data", &[self.data.len()], &self.data),
        ]
    }
}
