//! Compares a row with all others at once: for each of its columns there is a list of the rows that have an entry there.
//!
//! That takes as many steps as there are pairs of entries in common columns. Of 10,000 rows of 100 words each by Zipf's law
//! these are a tenth of the steps that it takes to look up all entries of all pairs.

use super::choice::with_scheme;
use super::compare::{add, value_of};
use super::rows::SparsePoints;
use super::scheme::Scheme;
use crate::metric::MetricName;
use crate::space::AllAtOnce;

/// A step takes as long as so many columns of dense rows (1.5 ns).
const STEP: u64 = 15;

/// The lists of all columns.
struct Lists<'a, S> {
    points: &'a SparsePoints,
    scheme: S,
    /// Where the list of each column begins.
    starts: Vec<u32>,
    rows: Vec<u32>,
    values: Vec<f32>,
}

/// None where a metric needs all columns of both rows.
pub(super) fn all_at_once(points: &SparsePoints) -> Option<Box<dyn AllAtOnce + '_>> {
    if points.metric.name() == MetricName::Chebyshev {
        return None;
    }
    Some(with_scheme!(points.metric, points.cols, |scheme| boxed(points, scheme)))
}

/// How many steps it would take.
pub(super) fn cost(points: &SparsePoints) -> u64 {
    let mut counts = vec![0u32; points.cols];
    points.indices.iter().for_each(|&column| counts[column as usize] += 1);
    counts.iter().map(|&count| u64::from(count) * u64::from(count)).sum::<u64>().saturating_mul(STEP)
}

fn boxed<'a, S: Scheme + 'a>(points: &'a SparsePoints, scheme: S) -> Box<dyn AllAtOnce + 'a> {
    let mut starts = vec![0u32; points.cols + 1];
    points.indices.iter().for_each(|&column| starts[column as usize + 1] += 1);
    (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
    let mut next = starts.clone();
    let (mut rows, mut values) = (vec![0; points.indices.len()], vec![0.0; points.indices.len()]);
    for row in 0..points.indptr.len() as u32 - 1 {
        let (columns, entries) = points.row(row);
        for (&column, &x) in columns.iter().zip(entries) {
            let at = next[column as usize] as usize;
            next[column as usize] += 1;
            (rows[at], values[at]) = (row, x);
        }
    }
    Box::new(Lists { points, scheme, starts, rows, values })
}

impl<S: Scheme> AllAtOnce for Lists<'_, S> {
    fn values(&self, row: u32, scratch: &mut Vec<[f64; 2]>, visit: &mut dyn FnMut(u32, f32)) {
        let rows = self.points.indptr.len() - 1;
        scratch.clear();
        scratch.resize(rows, [0.0; 2]);
        let (columns, entries) = self.points.row(row);
        for (&column, &x) in columns.iter().zip(entries) {
            let list = self.starts[column as usize] as usize..self.starts[column as usize + 1] as usize;
            for (&other, &y) in self.rows[list.clone()].iter().zip(&self.values[list]) {
                add(&mut scratch[other as usize], self.scheme.shared(x.into(), y.into()));
            }
        }
        let own = &self.points.facts[row as usize];
        for (other, (&shared, facts)) in (0..).zip(scratch.iter().zip(&*self.points.facts)) {
            visit(other, value_of(&self.scheme, shared, own, facts));
        }
    }
}
