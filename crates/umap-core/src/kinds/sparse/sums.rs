//! Metrics that are sums over columns.

use super::scheme::{RowFacts, Scheme};
use crate::math::pow;

/// Squared differences.
pub(super) struct Squares {
    /// Zero rows are the unit vector of an axis of their own.
    pub(super) has_axis: bool,
}

impl Scheme for Squares {
    #[inline(always)]
    fn alone(&self, x: f64) -> [f64; 2] {
        [x * x, 0.0]
    }
    #[inline(always)]
    fn shared(&self, x: f64, y: f64) -> [f64; 2] {
        [-2.0 * x * y, 0.0]
    }
    fn finish(&self, sums: [f64; 2], a: &RowFacts, b: &RowFacts) -> f64 {
        let one_is_zero = (a.count == 0) != (b.count == 0);
        if self.has_axis && one_is_zero { 2.0 } else { sums[0].max(0.0) }
    }
}

/// Absolute differences.
pub(super) struct Absolute;

impl Scheme for Absolute {
    #[inline(always)]
    fn alone(&self, x: f64) -> [f64; 2] {
        [x.abs(), 0.0]
    }
    #[inline(always)]
    fn shared(&self, x: f64, y: f64) -> [f64; 2] {
        [(x - y).abs() - (x.abs() + y.abs()), 0.0]
    }
    fn finish(&self, sums: [f64; 2], _: &RowFacts, _: &RowFacts) -> f64 {
        sums[0]
    }
}

/// Powers of absolute differences.
pub(super) struct Powers(pub(super) f64);

impl Scheme for Powers {
    fn alone(&self, x: f64) -> [f64; 2] {
        [pow(x.abs(), self.0), 0.0]
    }
    fn shared(&self, x: f64, y: f64) -> [f64; 2] {
        [if x == y { 0.0 } else { pow((x - y).abs(), self.0) } - (pow(x.abs(), self.0) + pow(y.abs(), self.0)), 0.0]
    }
    fn finish(&self, sums: [f64; 2], _: &RowFacts, _: &RowFacts) -> f64 {
        if sums[0] > 0.0 { pow(sums[0], 1.0 / self.0) } else { 0.0 }
    }
}

/// Differences as parts of what the values amount to; a value and 0 differ by all.
pub(super) struct Canberra;

impl Scheme for Canberra {
    #[inline(always)]
    fn alone(&self, _: f64) -> [f64; 2] {
        [1.0, 0.0]
    }
    #[inline(always)]
    fn shared(&self, x: f64, y: f64) -> [f64; 2] {
        [(x - y).abs() / (x.abs() + y.abs()) - 2.0, 0.0]
    }
    fn finish(&self, sums: [f64; 2], _: &RowFacts, _: &RowFacts) -> f64 {
        sums[0]
    }
}

/// Absolute differences and absolute sums.
pub(super) struct BrayCurtis;

impl Scheme for BrayCurtis {
    #[inline(always)]
    fn alone(&self, x: f64) -> [f64; 2] {
        [x.abs(), x.abs()]
    }
    #[inline(always)]
    fn shared(&self, x: f64, y: f64) -> [f64; 2] {
        [(x - y).abs() - (x.abs() + y.abs()), (x + y).abs() - (x.abs() + y.abs())]
    }
    fn finish(&self, [differences, of]: [f64; 2], _: &RowFacts, _: &RowFacts) -> f64 {
        if of > 0.0 { differences / of } else { 0.0 }
    }
}

/// The number of columns that differ.
pub(super) struct Hamming;

impl Scheme for Hamming {
    #[inline(always)]
    fn alone(&self, _: f64) -> [f64; 2] {
        [1.0, 0.0]
    }
    #[inline(always)]
    fn shared(&self, x: f64, y: f64) -> [f64; 2] {
        [if x == y { -2.0 } else { -1.0 }, 0.0]
    }
    fn finish(&self, sums: [f64; 2], _: &RowFacts, _: &RowFacts) -> f64 {
        sums[0]
    }
}

/// Products with their sign turned.
pub(super) struct InnerProduct;

impl Scheme for InnerProduct {
    #[inline(always)]
    fn alone(&self, _: f64) -> [f64; 2] {
        [0.0; 2]
    }
    #[inline(always)]
    fn shared(&self, x: f64, y: f64) -> [f64; 2] {
        [-x * y, 0.0]
    }
    fn finish(&self, sums: [f64; 2], _: &RowFacts, _: &RowFacts) -> f64 {
        sums[0]
    }
}
