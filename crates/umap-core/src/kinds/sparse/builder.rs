//! Takes entries as users have them (any order, some twice, explicit zeros) and puts them into the form of a metric.

use super::super::known_distances::KnownDistances;
use super::choice;
use super::rows::SparsePoints;
use crate::csr::check_arrays;
use crate::error::{Result, UmapError};
use crate::memory;
use crate::metric::{ColumnMap, Metric, MetricName, Refused};
use crate::sorting::{pair, sort, unpair};

/// Builds [`SparsePoints`] from a matrix in compressed rows (CSR).
#[derive(Debug)]
pub struct SparseBuilder {
    metric: Metric,
    cols: usize,
    indptr: Vec<u32>,
    indices: Vec<u32>,
    data: Vec<f32>,
}

impl SparseBuilder {
    /// For rows of so many columns.
    pub fn new(cols: usize, metric: Metric) -> Result<Self> {
        choice::check(&metric)?;
        metric.check_columns(cols)?;
        Ok(Self { metric, cols, indptr: vec![0], indices: Vec::new(), data: Vec::new() })
    }

    /// Rows from arrays: entry `at` of row `i`, for `indptr[i] <= at < indptr[i + 1]`, is in column `indices[at]`. Entries of a
    /// column that is there twice are added, as scipy does.
    pub fn matrix(mut self, indptr: &[u32], indices: &[u32], data: &[f64]) -> Result<Self> {
        if indptr.len() < 2 {
            return Err(UmapError::EmptyInput { rows: 0, cols: self.cols });
        }
        check_arrays("points", indptr, [indices.len(), data.len()])?;
        let entries = indices.len();
        self.indptr = memory::reserve("sparse points", indptr.len(), 1)?;
        self.indptr.push(0);
        self.indices = memory::reserve("sparse points", entries, 1)?;
        self.data = memory::reserve("sparse points", entries, 1)?;
        let (mut order, mut row_values) = (Vec::new(), Vec::new());
        for row in 0..indptr.len() - 1 {
            let range = indptr[row] as usize..indptr[row + 1] as usize;
            order.clear();
            order.extend(range.clone().map(|at| pair(indices[at], at as u32)));
            if !order.is_sorted() {
                sort(&mut order);
            }
            row_values.clear();
            for (column, at) in order.iter().map(|&entry| unpair(entry)) {
                let value = data[at as usize];
                if column as usize >= self.cols {
                    let got = format!("{} in row {row}", column as i32);
                    return Err(UmapError::parameter("points.indices", format!("0 to {}", self.cols - 1), got));
                }
                match row_values.last_mut() {
                    Some((last, sum)) if *last == column => *sum += value,
                    _ => row_values.push((column, value)),
                }
            }
            self.push_row(row_values.drain(..), row)?;
        }
        Ok(self)
    }

    /// Appends a row that is given in full.
    pub fn push_dense(&mut self, values: &[f64]) -> Result<()> {
        self.push_row((0..).zip(values.iter().copied()), self.indptr.len() - 1)
    }

    /// Appends a row of entries in the order of their columns, less those that are 0.
    fn push_row(&mut self, entries: impl Iterator<Item = (u32, f64)>, row: usize) -> Result<()> {
        let start = self.data.len();
        let keeps_zeros = self.metric.name() == MetricName::Precomputed;
        for (column, value) in entries {
            let float = value as f32;
            if !float.is_finite() {
                return Err(UmapError::NotFinite { what: "points", row, col: column as usize, value });
            }
            // What 32 bits round to 0 is 0, as in dense rows.
            if float != 0.0 || keeps_zeros {
                self.indices.push(column);
                self.data.push(float);
            }
        }
        let (columns, values) = (&self.indices[start..], &mut self.data[start..]);
        if let Some(ColumnMap::Scales(scales)) = self.metric.columns() {
            let scaled = values.iter_mut().zip(columns);
            scaled.for_each(|(x, &column)| *x = (f64::from(*x) * scales[column as usize]) as f32);
        }
        put_into_form(values, &self.metric).map_err(|refused| {
            let at = refused.column;
            refused.error(&self.metric, [row, columns[at] as usize], values[at])
        })?;
        self.indptr.push(u32::try_from(self.data.len()).map_err(|_| UmapError::OutOfMemory {
            what: "sparse points (at most 2^32 - 1 entries)".into(),
            bytes: u64::MAX,
        })?);
        Ok(())
    }

    /// The rows.
    pub fn finish(self) -> Result<SparsePoints> {
        SparsePoints::of_parts((self.indptr, self.indices, self.data), self.cols, self.metric)
    }

    /// The same as distances between rows.
    pub fn finish_distances(self) -> Result<KnownDistances> {
        KnownDistances::new(self.indptr, self.indices, self.data, self.cols)
    }
}

/// Of a row's entries, as of a dense row that has no others, where zeros stay zeros in the form; a row without any stays so.
fn put_into_form(values: &mut [f32], metric: &Metric) -> std::result::Result<(), Refused> {
    let form = metric.form();
    let is_put = match metric.name() {
        MetricName::Correlation => false,
        MetricName::LlDirichlet => true,
        _ => form.has_axis(),
    };
    if !is_put || values.is_empty() {
        return Ok(());
    }
    // With the axis of zero rows.
    let mut row = [&*values, &[0.0]].concat();
    form.put(&mut row, values.len(), &metric.given())?;
    values.copy_from_slice(&row[..values.len()]);
    Ok(())
}
