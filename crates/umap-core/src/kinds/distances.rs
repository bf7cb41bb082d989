//! Rows of which only distances are known: all of them.

use crate::error::{Result, UmapError};
use crate::memory;

/// How much two distances that should be the same may differ, as a part of them: both were rounded to 32 bits.
pub(super) const ROUNDING: f32 = 1e-5;

/// Distances from each of some rows to each row of a model; for a fit, of the rows to each other.
#[derive(Clone, Debug)]
pub struct Distances {
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) values: Vec<f32>,
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
pub(super) fn checked(distance: f64, row: usize, col: usize) -> Result<f32> {
    if distance.is_nan() {
        return Err(UmapError::NotFinite { what: "points", row, col, value: distance });
    }
    if distance < 0.0 {
        let got = format!("points[{row}, {col}] = {distance}");
        return Err(UmapError::parameter("points", "distances of at least 0", got));
    }
    Ok(distance as f32)
}
