//! Rows of which only distances are known: all of them (a matrix), or some.

use std::any::Any;
use std::sync::Arc;

use crate::error::{Result, UmapError};
use crate::file::Section;
use crate::knn::{KnnGraph, NONE};
use crate::memory;
use crate::metric::Metric;
use crate::points::StoreUsed;
use crate::sorting::sort_by_value;
use crate::space::{Comparison, Geometry, PairByPair, Space, SpaceInfo};

/// How much two distances that should be the same may differ, as a part of them: both were rounded to 32 bits.
const ROUNDING: f32 = 1e-5;

/// Distances from each of some rows to each row of a model; for a fit, of the rows to each other.
#[derive(Clone, Debug)]
pub struct Distances {
    rows: usize,
    cols: usize,
    values: Vec<f32>,
}

impl Distances {
    /// Memory for distances from `rows` rows to `cols` others.
    pub fn new(rows: usize, cols: usize) -> Result<Self> {
        if rows == 0 || cols == 0 {
            return Err(UmapError::EmptyInput { rows, cols });
        }
        Ok(Self { rows, cols, values: memory::reserve(&format!("distances ({rows} x {cols})"), rows, cols)? })
    }

    /// Appends the next distances, row by row.
    pub fn push(&mut self, distances: impl Iterator<Item = f64>) -> Result<()> {
        for distance in distances {
            let at = self.values.len();
            let (row, col) = (at / self.cols, at % self.cols);
            if row == self.rows {
                return Err(UmapError::shape("points", format!("{} distances", self.rows * self.cols), "more"));
            }
            self.values.push(checked(distance, row, col)?);
        }
        Ok(())
    }

    /// The distances, once all are there: from new rows.
    pub fn finish(self) -> Result<Self> {
        match self.values.len() == self.rows * self.cols {
            true => Ok(self),
            false => {
                let expected = format!("{} distances ({} x {})", self.rows * self.cols, self.rows, self.cols);
                Err(UmapError::shape("points", expected, self.values.len().to_string()))
            }
        }
    }

    /// The same, of rows to each other: errs unless the matrix is square and symmetric with a zero diagonal.
    pub fn finish_symmetric(self) -> Result<Self> {
        let (rows, cols) = (self.rows, self.cols);
        if rows != cols {
            let got = format!("{rows} x {cols}");
            return Err(UmapError::shape("points", "a square matrix of distances, with metric precomputed", got));
        }
        let mut this = self.finish()?;
        for row in 0..rows {
            let own = this.values[row * cols + row];
            if own != 0.0 {
                return Err(UmapError::parameter(
                    "points",
                    "0 on the diagonal",
                    format!("points[{row}, {row}] = {own}"),
                ));
            }
            for col in row + 1..cols {
                let (a, b) = (this.values[row * cols + col], this.values[col * cols + row]);
                if a != b && (a - b).abs() > ROUNDING * a.min(b) {
                    let got = format!("points[{row}, {col}] = {a} and points[{col}, {row}] = {b}");
                    return Err(UmapError::parameter("points", "a symmetric matrix of distances", got));
                }
                this.values[col * cols + row] = a;
            }
        }
        Ok(this)
    }

    /// Of the upper triangle without the diagonal, row by row (scipy's `pdist`).
    pub fn of_triangle(triangle: &[f64], rows: usize) -> Result<Self> {
        let expected = rows * rows.saturating_sub(1) / 2;
        if triangle.len() != expected {
            let expected = format!("{expected} distances of {rows} rows");
            return Err(UmapError::shape("points.condensed", expected, triangle.len().to_string()));
        }
        let mut this = Self::new(rows, rows)?;
        this.values.resize(rows * rows, 0.0);
        let pairs = (0..rows).flat_map(|row| (row + 1..rows).map(move |col| (row, col)));
        for ((row, col), &distance) in pairs.zip(triangle) {
            let distance = checked(distance, row, col)?;
            this.values[row * rows + col] = distance;
            this.values[col * rows + row] = distance;
        }
        Ok(this)
    }

    /// The distances of a file.
    pub(super) fn of_file(values: Vec<f32>, rows: usize, cols: usize) -> Result<Self> {
        if let Some(at) = values.iter().position(|x| x.is_nan() || *x < 0.0) {
            return Err(UmapError::malformed("points.distances", "distances of at least 0", values[at]));
        }
        Self { rows, cols, values }.finish_symmetric()
    }
}

/// A distance of 32 bits; infinite is as far as can be.
fn checked(distance: f64, row: usize, col: usize) -> Result<f32> {
    if distance.is_nan() {
        return Err(UmapError::NotFinite { what: "points", row, col, value: distance });
    }
    if distance < 0.0 {
        let got = format!("points[{row}, {col}] = {distance}");
        return Err(UmapError::parameter("points", "distances of at least 0", got));
    }
    Ok(distance as f32)
}

impl Space for Distances {
    fn rows(&self) -> usize {
        self.rows
    }

    fn cost(&self) -> usize {
        1
    }

    fn geometry(&self) -> Geometry {
        Geometry { is_signed: false, is_squared: false, disconnection_distance: f32::INFINITY }
    }

    fn info(&self) -> SpaceInfo {
        SpaceInfo { cols: self.cols, metric: Metric::Precomputed, store: StoreUsed::F32 }
    }

    fn distance(&self, value: f32) -> f32 {
        value
    }

    fn check_queries(&self, queries: &dyn Space) -> Result<()> {
        let found = (queries as &dyn Any).downcast_ref::<Self>().map(|queries| queries.cols);
        let found =
            found.or_else(|| (queries as &dyn Any).downcast_ref::<KnownDistances>().map(|queries| queries.cols));
        check_cols(self.rows, found)
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

/// The distances that are known; rows without one are infinitely far from each other.
#[derive(Clone, Debug)]
pub struct KnownDistances {
    cols: usize,
    indptr: Arc<[u32]>,
    /// Of each row in increasing order.
    indices: Arc<[u32]>,
    distances: Arc<[f32]>,
}

impl KnownDistances {
    /// Of a sparse matrix (CSR), whose entries are in order.
    pub(crate) fn new(indptr: Vec<u32>, indices: Vec<u32>, distances: Vec<f32>, cols: usize) -> Result<Self> {
        for row in 0..indptr.len() - 1 {
            for at in indptr[row] as usize..indptr[row + 1] as usize {
                checked(distances[at].into(), row, indices[at] as usize)?;
            }
        }
        Ok(Self { cols, indptr: indptr.into(), indices: indices.into(), distances: distances.into() })
    }

    /// The same, of rows to each other: errs unless each distance is there both ways.
    pub fn symmetric(self) -> Result<Self> {
        let rows = self.rows();
        if rows != self.cols {
            let got = format!("{rows} x {}", self.cols);
            return Err(UmapError::shape("points", "a square matrix of distances, with metric precomputed", got));
        }
        for row in 0..rows as u32 {
            for at in self.indptr[row as usize] as usize..self.indptr[row as usize + 1] as usize {
                let (col, there) = (self.indices[at], self.distances[at]);
                let back = self.between(col, row);
                if col == row && there != 0.0 {
                    let got = format!("points[{row}, {row}] = {there}");
                    return Err(UmapError::parameter("points", "0 on the diagonal", got));
                }
                if there != back && (there - back).abs() > ROUNDING * there.min(back) {
                    let back = if back.is_infinite() { "none".into() } else { back.to_string() };
                    let got = format!("points[{row}, {col}] = {there} and points[{col}, {row}] = {back}");
                    return Err(UmapError::parameter("points", "a symmetric matrix of distances", got));
                }
            }
        }
        // Of what rounding left of a pair, the one above the diagonal.
        let row_of = |at: usize| self.indptr.partition_point(|&start| start as usize <= at) as u32 - 1;
        let above = |(at, &column): (usize, &u32)| match row_of(at) {
            row if column < row => self.between(column, row),
            _ => self.distances[at],
        };
        let distances = self.indices.iter().enumerate().map(above).collect::<Vec<f32>>();
        Ok(Self { distances: distances.into(), ..self })
    }

    fn between(&self, row: u32, col: u32) -> f32 {
        let range = self.indptr[row as usize] as usize..self.indptr[row as usize + 1] as usize;
        let columns = &self.indices[range.clone()];
        columns.binary_search(&col).map_or(f32::INFINITY, |at| self.distances[range.start + at])
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

    fn geometry(&self) -> Geometry {
        Geometry { is_signed: false, is_squared: false, disconnection_distance: f32::INFINITY }
    }

    fn info(&self) -> SpaceInfo {
        SpaceInfo { cols: self.cols, metric: Metric::Precomputed, store: StoreUsed::F32 }
    }

    fn distance(&self, value: f32) -> f32 {
        value
    }

    fn check_queries(&self, queries: &dyn Space) -> Result<()> {
        let found = (queries as &dyn Any).downcast_ref::<Self>().map(|queries| queries.cols);
        let found = found.or_else(|| (queries as &dyn Any).downcast_ref::<Distances>().map(|queries| queries.cols));
        check_cols(self.rows(), found)
    }

    fn compare<'a>(&'a self, queries: &'a dyn Space, rows: &[u32], _: &'a mut Vec<f32>) -> Box<dyn Comparison + 'a> {
        compare(queries, rows)
    }

    fn known_neighbors(&self, k: usize) -> Option<KnnGraph> {
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
        Some(KnnGraph { k, indices, distances })
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

fn check_cols(rows: usize, found: Option<usize>) -> Result<()> {
    match found {
        Some(cols) if cols == rows => Ok(()),
        Some(cols) => {
            let expected = format!("{rows} columns, the distances from the rows there are");
            Err(UmapError::shape("points", expected, cols.to_string()))
        }
        None => Err(UmapError::parameter("points", "distances", "rows of another kind")),
    }
}

/// The distances of `queries` to rows of the model are all that is known.
fn compare<'a>(queries: &'a dyn Space, rows: &[u32]) -> Box<dyn Comparison + 'a> {
    if let Some(known) = (queries as &dyn Any).downcast_ref::<KnownDistances>() {
        return Box::new(PairByPair::new(rows, |row, other| known.between(row, other)));
    }
    let all: &Distances = (queries as &dyn Any).downcast_ref().expect("`check_queries`");
    Box::new(PairByPair::new(rows, |row, other| all.values[row as usize * all.cols + other as usize]))
}
