//! Rows of numbers.

use std::sync::Arc;

use super::kind::{Comparison, Geometry, Space, SpaceInfo};
use crate::error::{Result, UmapError};
use crate::file::Section;
use crate::metric::{Kernel, STRIP};
use crate::points::Points;

impl Space for Points {
    fn rows(&self) -> usize {
        Points::rows(self)
    }

    fn cost(&self) -> usize {
        self.stride()
    }

    fn geometry(&self) -> Geometry {
        Geometry::of(self.metric())
    }

    fn info(&self) -> SpaceInfo {
        SpaceInfo { cols: self.cols(), metric: self.metric().clone(), store: self.store() }
    }

    fn distance(&self, value: f32) -> f32 {
        Points::distance(self, value)
    }

    fn check_queries(&self, queries: &dyn Space) -> Result<()> {
        let Some(queries) = queries.dense() else {
            return Err(UmapError::parameter("points", "rows of numbers", "rows of another kind"));
        };
        if queries.cols() != self.cols() {
            let expected = format!("{} columns, as the index has", self.cols());
            return Err(UmapError::shape("points", expected, queries.cols().to_string()));
        }
        if queries.metric() != self.metric() {
            let expected = format!("{}, as the index has", self.metric().label());
            return Err(UmapError::parameter("metric", expected, queries.metric().label()));
        }
        if queries.frame() != self.frame() {
            let expected = "rows in the frame of those of the index (`PointsBuilder::in_frame`)";
            return Err(UmapError::parameter("points", expected, "another frame"));
        }
        Ok(())
    }

    fn compare<'a>(
        &'a self,
        queries: &'a dyn Space,
        rows: &[u32],
        scratch: &'a mut Vec<f32>,
    ) -> Box<dyn Comparison + 'a> {
        let queries = queries.dense().expect("`check_queries`");
        let rows = queries.read_all(rows.iter().copied(), scratch);
        let strip = vec![[0.0; STRIP]; rows.len()];
        Box::new(DenseRows { points: self, kernel: self.kernel(), rows, strip, scratch: Vec::new() })
    }

    fn note(&self) -> Option<String> {
        Points::note(self)
    }

    fn sections(&self) -> Vec<Section<'_>> {
        Section::points("points", self).collect()
    }

    fn dense(&self) -> Option<&Points> {
        Some(self)
    }
}

impl From<Points> for Arc<dyn Space> {
    fn from(points: Points) -> Self {
        Arc::new(points)
    }
}

struct DenseRows<'a> {
    points: &'a Points,
    kernel: Kernel,
    rows: Vec<&'a [f32]>,
    strip: Vec<[f32; STRIP]>,
    scratch: Vec<f32>,
}

impl Comparison for DenseRows<'_> {
    // Four of `others` stay in the first-level cache while all rows pass by.
    fn with(&mut self, others: &[u32], visit: &mut dyn FnMut(usize, &[[f32; STRIP]])) {
        let Self { points, kernel, rows, strip, scratch } = self;
        for (first, others) in (0..).step_by(STRIP).zip(others.chunks(STRIP)) {
            let four = std::array::from_fn(|j| others[j.min(others.len() - 1)]);
            kernel.strip(rows, points.read(four, scratch), strip);
            visit(first, strip);
        }
    }
}
