//! Comparisons for kinds whose rows gain nothing from being compared together.

use super::kind::Comparison;
use crate::metric::STRIP;

/// Compares prepared rows by a function of two row numbers.
pub struct PairByPair<F> {
    rows: Vec<u32>,
    value: F,
    strip: Vec<[f32; STRIP]>,
}

impl<F: FnMut(u32, u32) -> f32> PairByPair<F> {
    /// `value` gives what is computed of one of `rows` and a row of the space.
    pub fn new(rows: &[u32], value: F) -> Self {
        Self { rows: rows.to_vec(), value, strip: vec![[0.0; STRIP]; rows.len()] }
    }
}

impl<F: FnMut(u32, u32) -> f32> Comparison for PairByPair<F> {
    fn with(&mut self, others: &[u32], visit: &mut dyn FnMut(usize, &[[f32; STRIP]])) {
        for (first, others) in (0..).step_by(STRIP).zip(others.chunks(STRIP)) {
            for (values, &row) in self.strip.iter_mut().zip(&self.rows) {
                values.iter_mut().zip(others).for_each(|(out, &other)| *out = (self.value)(row, other));
            }
            visit(first, &self.strip);
        }
    }
}
