//! Sparse rows as a space.

use std::any::Any;

use super::compare;
use super::lists;
use super::rows::SparsePoints;
use crate::error::{Result, UmapError};
use crate::file::Section;
use crate::metric::MetricName;
use crate::points::StoreUsed;
use crate::space::{AllAtOnce, Comparison, Geometry, Space, SpaceInfo};

impl Space for SparsePoints {
    fn rows(&self) -> usize {
        self.indptr.len() - 1
    }

    fn cost(&self) -> usize {
        // An entry is looked up where its column may be in the other row: as long as 8 values one after the other.
        (8 * self.data.len() / self.rows()).max(8)
    }

    fn geometry(&self) -> Geometry {
        Geometry::of(&self.metric)
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

    fn cost_of_all(&self) -> Option<u64> {
        (self.metric.name() != MetricName::Chebyshev).then(|| lists::cost(self))
    }

    fn all_at_once(&self) -> Option<Box<dyn AllAtOnce + '_>> {
        lists::all_at_once(self)
    }

    fn sections(&self) -> Vec<Section<'_>> {
        vec![
            Section::integers("points.indptr", &self.indptr[..]),
            Section::integers("points.indices", &self.indices[..]),
            Section::floats("points.data", &[self.data.len()], &self.data),
        ]
    }
}
