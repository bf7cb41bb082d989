//! Takes entries as users have them (any order, some twice, explicit zeros) and puts them into the form of a metric.

use super::super::known_distances::KnownDistances;
use super::rows::SparsePoints;
use crate::csr::check_arrays;
use crate::error::{Result, UmapError};
use crate::memory;
use crate::metric::{ColumnMap, Metric, MetricName};
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
    pub fn new(cols: usize, metric: Metric) -> Self {
        Self { metric, cols, indptr: vec![0], indices: Vec::new(), data: Vec::new() }
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
                if !value.is_finite() || !(value as f32).is_finite() {
                    return Err(UmapError::NotFinite { what: "points", row, col: column as usize, value });
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
    pub fn push_dense(&mut self, values: &[f32]) -> Result<()> {
        let entries: Vec<(u32, f64)> = (0..).zip(values.iter().map(|&x| f64::from(x))).collect();
        self.push_row(entries.into_iter(), self.indptr.len() - 1)
    }

    /// Appends a row of entries in the order of their columns, less those that are 0.
    fn push_row(&mut self, entries: impl Iterator<Item = (u32, f64)>, row: usize) -> Result<()> {
        let start = self.data.len();
        let keeps_zeros = self.metric.name() == MetricName::Precomputed;
        for (column, value) in entries.filter(|(_, value)| *value != 0.0 || keeps_zeros) {
            self.indices.push(column);
            self.data.push(value as f32);
        }
        let refuse = |at: usize, expected: &str| {
            let got = format!("points[{row}, {}] = {}", self.indices[start + at], self.data[start + at]);
            UmapError::parameter("points", format!("{expected} with {}", self.metric.label()), got)
        };
        let values = &self.data[start..];
        match self.metric.name() {
            MetricName::Hellinger | MetricName::LlDirichlet => {
                if let Some(at) = values.iter().position(|&x| x < 0.0) {
                    return Err(refuse(at, "values of at least 0"));
                }
            }
            _ => {}
        }
        if let Some(ColumnMap::Scales(scales)) = self.metric.columns() {
            let columns = self.indices[start..].iter();
            self.data[start..]
                .iter_mut()
                .zip(columns)
                .for_each(|(x, &col)| *x = (f64::from(*x) * scales[col as usize]) as f32);
        }
        put_into_form(&mut self.data[start..], &self.metric);
        self.indptr.push(u32::try_from(self.data.len()).map_err(|_| UmapError::OutOfMemory {
            what: "sparse points (at most 2^32 - 1 entries)".into(),
            bytes: u64::MAX,
        })?);
        Ok(())
    }

    /// The rows.
    pub fn finish(self) -> Result<SparsePoints> {
        if let Some(map) = self.metric.columns().filter(|map| map.cols() != self.cols) {
            let expected = format!("numbers of {} columns, as points have", self.cols);
            return Err(UmapError::shape("metricOptions", expected, format!("of {}", map.cols())));
        }
        SparsePoints::of_parts((self.indptr, self.indices, self.data), self.cols, self.metric)
    }

    /// The same as distances between rows.
    pub fn finish_distances(self) -> Result<KnownDistances> {
        KnownDistances::new(self.indptr, self.indices, self.data, self.cols)
    }
}

/// Of a row's entries; a row without any stays so.
fn put_into_form(values: &mut [f32], metric: &Metric) {
    if metric.name() == MetricName::Hellinger {
        values.iter_mut().for_each(|x| *x = x.sqrt());
    }
    if metric.form().has_axis() && metric.name() != MetricName::Correlation {
        let length = values.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt();
        values.iter_mut().for_each(|x| *x = (f64::from(*x) / length) as f32);
    }
}
