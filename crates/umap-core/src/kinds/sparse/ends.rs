//! Metrics that are more than a sum over columns.

use super::scheme::{RowFacts, Scheme};
use crate::metric::{Counts, Share, log_beta, log_single_beta};

/// Products, from which the means of so many columns are taken at the end. Twice the distance, as between rows of length 1.
pub(super) struct Correlation(pub(super) f64);

/// Of the squares of a row, what rounding may leave where the row is constant.
const CONSTANT: f64 = 1e-12;

impl Scheme for Correlation {
    #[inline(always)]
    fn alone(&self, _: f64) -> [f64; 2] {
        [0.0; 2]
    }
    #[inline(always)]
    fn shared(&self, x: f64, y: f64) -> [f64; 2] {
        [x * y, 0.0]
    }
    fn finish(&self, [product, _]: [f64; 2], a: &RowFacts, b: &RowFacts) -> f64 {
        let variance = |row: &RowFacts| match row.own[1] - row.own[0] * row.own[0] / self.0 {
            rest if rest > CONSTANT * row.own[1] => rest,
            _ => 0.0,
        };
        let (x, y, both) = (variance(a), variance(b), product - a.own[0] * b.own[0] / self.0);
        match (x == 0.0, y == 0.0) {
            (true, true) => 0.0,
            (false, false) => 2.0 * (1.0 - both / (x * y).sqrt()).max(0.0),
            _ => 2.0,
        }
    }
    fn own(&self, row: &[f32]) -> [f64; 2] {
        let mut own = [0.0; 2];
        for x in row.iter().map(|&x| f64::from(x)) {
            own[0] += x;
            own[1] += x * x;
        }
        own
    }
}

/// umap-learn's log-likelihood distance of counts.
pub(super) struct Dirichlet;

impl Scheme for Dirichlet {
    fn alone(&self, _: f64) -> [f64; 2] {
        [0.0; 2]
    }
    fn shared(&self, x: f64, y: f64) -> [f64; 2] {
        [log_beta(x, y), 0.0]
    }
    fn finish(&self, [beta, _]: [f64; 2], a: &RowFacts, b: &RowFacts) -> f64 {
        crate::metric::dirichlet_of(beta, a.own, b.own)
    }
    fn own(&self, row: &[f32]) -> [f64; 2] {
        let mut own = [0.0; 2];
        for x in row.iter().map(|&x| f64::from(x)) {
            own[0] += x;
            own[1] += log_single_beta(x);
        }
        own
    }
}

/// Counts of what is true, of so many columns.
pub(super) struct Truth {
    pub(super) share: Share,
    pub(super) all: f64,
}

impl Scheme for Truth {
    #[inline(always)]
    fn alone(&self, _: f64) -> [f64; 2] {
        [0.0; 2]
    }
    #[inline(always)]
    fn shared(&self, _: f64, _: f64) -> [f64; 2] {
        [1.0, 0.0]
    }
    fn finish(&self, [both, _]: [f64; 2], a: &RowFacts, b: &RowFacts) -> f64 {
        (self.share)(Counts::new(both, [f64::from(a.count), f64::from(b.count)], self.all))
    }
}
