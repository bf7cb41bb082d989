//! Compares rows by their common columns: one row is spread over memory for all columns, where the entries of the others look
//! for theirs.

use std::cell::RefCell;

use super::choice::with_scheme;
use super::rows::SparsePoints;
use super::scheme::{RowFacts, Scheme};
use crate::metric::{MetricName, STRIP};
use crate::space::Comparison;

thread_local! {
    /// Zeros for all columns of the widest rows so far; they are zeros again after each row.
    static SPREAD: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// Rows of `queries`, to be compared with rows of `points`.
pub(super) fn prepared<'a>(
    queries: &'a SparsePoints,
    rows: &[u32],
    points: &'a SparsePoints,
) -> Box<dyn Comparison + 'a> {
    let rows = rows.to_vec();
    if points.metric.name() == MetricName::Chebyshev {
        let strip = vec![[0.0; STRIP]; rows.len()];
        return Box::new(Merged { queries, rows, points, strip });
    }
    with_scheme!(points.metric, points.cols, |scheme| boxed(queries, rows, points, scheme))
}

fn boxed<'a, S: Scheme + 'a>(
    queries: &'a SparsePoints,
    rows: Vec<u32>,
    points: &'a SparsePoints,
    scheme: S,
) -> Box<dyn Comparison + 'a> {
    Box::new(Spread { queries, rows, points, scheme, values: Vec::new() })
}

struct Spread<'a, S> {
    queries: &'a SparsePoints,
    rows: Vec<u32>,
    points: &'a SparsePoints,
    scheme: S,
    values: Vec<[f32; STRIP]>,
}

impl<S: Scheme> Comparison for Spread<'_, S> {
    fn with(&mut self, others: &[u32], visit: &mut dyn FnMut(usize, &[[f32; STRIP]])) {
        let strips = others.len().div_ceil(STRIP);
        // Strip by strip, of all rows: they are handed on in this order.
        self.values.clear();
        self.values.resize(strips * self.rows.len(), [0.0; STRIP]);
        SPREAD.with_borrow_mut(|spread| {
            if spread.len() < self.points.cols {
                spread.resize(self.points.cols, 0.0);
            }
            for (i, &row) in self.rows.iter().enumerate() {
                let (columns, values) = self.queries.row(row);
                columns.iter().zip(values).for_each(|(&column, &x)| spread[column as usize] = x);
                for (at, &other) in others.iter().enumerate() {
                    self.values[at / STRIP * self.rows.len() + i][at % STRIP] = self.value(row, other, spread);
                }
                columns.iter().for_each(|&column| spread[column as usize] = 0.0);
            }
        });
        for strip in 0..strips {
            visit(strip * STRIP, &self.values[strip * self.rows.len()..][..self.rows.len()]);
        }
    }
}

impl<S: Scheme> Spread<'_, S> {
    #[inline(always)]
    fn value(&self, row: u32, other: u32, spread: &[f32]) -> f32 {
        let (columns, values) = self.points.row(other);
        let mut shared = [0.0; 2];
        for (&column, &y) in columns.iter().zip(values) {
            let x = spread[column as usize];
            if x != 0.0 {
                add(&mut shared, self.scheme.shared(x.into(), y.into()));
            }
        }
        value_of(&self.scheme, shared, &self.queries.facts[row as usize], &self.points.facts[other as usize])
    }
}

/// The value of two rows, from the sums of their common columns.
#[inline(always)]
pub(super) fn value_of<S: Scheme>(scheme: &S, shared: [f64; 2], a: &RowFacts, b: &RowFacts) -> f32 {
    // The same either way round: the two rows' parts are added to each other first.
    let sum = |i: usize| (a.alone[i] + b.alone[i]) + shared[i];
    scheme.finish([sum(0), sum(1)], a, b) as f32
}

#[inline(always)]
pub(super) fn add(sums: &mut [f64; 2], more: [f64; 2]) {
    sums[0] += more[0];
    sums[1] += more[1];
}

/// The greatest difference needs all columns of both rows: they are merged.
struct Merged<'a> {
    queries: &'a SparsePoints,
    rows: Vec<u32>,
    points: &'a SparsePoints,
    strip: Vec<[f32; STRIP]>,
}

impl Comparison for Merged<'_> {
    fn with(&mut self, others: &[u32], visit: &mut dyn FnMut(usize, &[[f32; STRIP]])) {
        for (first, others) in (0..).step_by(STRIP).zip(others.chunks(STRIP)) {
            for (values, &row) in self.strip.iter_mut().zip(&self.rows) {
                let a = self.queries.row(row);
                values.iter_mut().zip(others).for_each(|(value, &other)| *value = greatest(a, self.points.row(other)));
            }
            visit(first, &self.strip);
        }
    }
}

fn greatest((columns, values): (&[u32], &[f32]), (other_columns, other_values): (&[u32], &[f32])) -> f32 {
    let (mut i, mut j, mut greatest) = (0, 0, 0.0f32);
    while i < columns.len() || j < other_columns.len() {
        let column = columns.get(i).copied().unwrap_or(u32::MAX).min(other_columns.get(j).copied().unwrap_or(u32::MAX));
        let (mut x, mut y) = (0.0, 0.0);
        if columns.get(i) == Some(&column) {
            x = values[i];
            i += 1;
        }
        if other_columns.get(j) == Some(&column) {
            y = other_values[j];
            j += 1;
        }
        greatest = greatest.max((x - y).abs());
    }
    greatest
}
