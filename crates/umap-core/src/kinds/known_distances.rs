//! Rows of which some distances are known.

use std::sync::Arc;

use super::distances::{ROUNDING, checked};
use crate::error::{Result, UmapError};

/// The distances that are known; rows without one are infinitely far from each other.
#[derive(Clone, Debug)]
pub struct KnownDistances {
    pub(super) cols: usize,
    pub(super) indptr: Arc<[u32]>,
    /// Of each row in increasing order.
    pub(super) indices: Arc<[u32]>,
    pub(super) distances: Arc<[f32]>,
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
        let rows = self.indptr.len() - 1;
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

    pub(super) fn between(&self, row: u32, col: u32) -> f32 {
        let range = self.indptr[row as usize] as usize..self.indptr[row as usize + 1] as usize;
        let columns = &self.indices[range.clone()];
        columns.binary_search(&col).map_or(f32::INFINITY, |at| self.distances[range.start + at])
    }
}
