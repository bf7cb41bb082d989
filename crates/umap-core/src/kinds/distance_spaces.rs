//! Known distances as spaces: what is compared is looked up, in the rows of the queries.

use std::any::Any;

use super::distances::Distances;
use super::known_distances::KnownDistances;
use crate::error::{Result, UmapError};
use crate::file::Section;
use crate::knn::NONE;
use crate::metric::{Kind, Metric};
use crate::points::StoreUsed;
use crate::sorting::sort_by_value;
use crate::space::{Comparison, PairByPair, Space, SpaceInfo};

impl Space for Distances {
    fn rows(&self) -> usize {
        self.rows
    }

    fn cost(&self) -> usize {
        1
    }

    fn info(&self) -> SpaceInfo {
        SpaceInfo { cols: self.cols, metric: Metric::Precomputed, store: StoreUsed::F32 }
    }

    fn check_queries(&self, queries: &dyn Space) -> Result<()> {
        check_queries(self.rows, queries)
    }

    fn compare<'a>(&'a self, queries: &'a dyn Space, rows: &[u32], _: &'a mut Vec<f32>) -> Box<dyn Comparison + 'a> {
        compare(queries, rows)
    }

    fn is_compared_exactly(&self) -> bool {
        true
    }

    fn sections(&self) -> Vec<Section<'_>> {
        vec![Section::floats("points.distances", &[self.rows, self.cols], &self.values)]
    }
}

impl Space for KnownDistances {
    fn rows(&self) -> usize {
        self.indptr.len() - 1
    }

    fn cost(&self) -> usize {
        // Looking up takes as long.
        64
    }

    fn info(&self) -> SpaceInfo {
        SpaceInfo { cols: self.cols, metric: Metric::Precomputed, store: StoreUsed::F32 }
    }

    fn check_queries(&self, queries: &dyn Space) -> Result<()> {
        check_queries(self.rows(), queries)
    }

    fn compare<'a>(&'a self, queries: &'a dyn Space, rows: &[u32], _: &'a mut Vec<f32>) -> Box<dyn Comparison + 'a> {
        compare(queries, rows)
    }

    fn known_neighbors(&self, k: usize) -> Option<(Vec<u32>, Vec<f32>)> {
        let rows = self.rows();
        let (mut indices, mut distances) = (vec![NONE; rows * k], vec![f32::INFINITY; rows * k]);
        for row in 0..rows {
            let range = self.indptr[row] as usize..self.indptr[row + 1] as usize;
            let others = range.filter(|&at| self.indices[at] as usize != row);
            let mut others: Vec<(f32, u32)> = others.map(|at| (self.distances[at], self.indices[at])).collect();
            sort_by_value(&mut others);
            (indices[row * k], distances[row * k]) = (row as u32, 0.0);
            for (at, (distance, index)) in (row * k + 1..(row + 1) * k).zip(others) {
                (indices[at], distances[at]) = (index, distance);
            }
        }
        Some((indices, distances))
    }

    fn is_compared_exactly(&self) -> bool {
        true
    }

    fn sections(&self) -> Vec<Section<'_>> {
        vec![
            Section::integers("points.indptr", &self.indptr[..]),
            Section::integers("points.indices", &self.indices[..]),
            Section::floats("points.data", &[self.distances.len()], &self.distances),
        ]
    }
}

fn check_queries(rows: usize, queries: &dyn Space) -> Result<()> {
    let SpaceInfo { cols, metric, .. } = queries.info();
    if metric.kind() != Kind::Distances {
        return Err(UmapError::parameter("points", "distances", "rows of another kind"));
    }
    if cols != rows {
        let expected = format!("{rows} columns, the distances from the rows there are");
        return Err(UmapError::shape("points", expected, cols.to_string()));
    }
    Ok(())
}

/// The distances of `queries` to rows of the model are all that is known.
fn compare<'a>(queries: &'a dyn Space, rows: &[u32]) -> Box<dyn Comparison + 'a> {
    if let Some(known) = (queries as &dyn Any).downcast_ref::<KnownDistances>() {
        return Box::new(PairByPair::new(rows, |row, other| known.between(row, other)));
    }
    let all: &Distances = (queries as &dyn Any).downcast_ref().expect("`check_queries`");
    Box::new(PairByPair::new(rows, |row, other| all.values[row as usize * all.cols + other as usize]))
}
