//! umap-learn's log-likelihood distance of counts under Dirichlet-multinomial models (`ll_dirichlet`), with its approximations
//! of the beta function.

use super::facts::Facts;
use super::form::{Form, Given, Refused, check_not_negative};
use super::kernel::{Pairwise, Parameters, pairs};
use crate::math::ln;
use std::f64::consts::{LN_2, PI};

/// Some logarithms for each column: 100 times as long as the sums of other kernels.
pub(super) const FACTS: Facts = Facts::of_sums(pairs::<Dirichlet>).with_form(Form::of(counts).in_32_bits());

/// Values up to this count as 0, as in umap-learn's dense version.
const LEAST: f64 = 0.9;
/// Of a row without counts from one with some.
const FAR: f64 = 1e8;

fn counts(row: &mut [f32], cols: usize, _: &Given) -> Result<(), Refused> {
    check_not_negative(&row[..cols])
}

struct Dirichlet;

impl Pairwise for Dirichlet {
    fn value(_: &Parameters, a: &[f32], b: &[f32]) -> f32 {
        let [n1, n2] = [a, b].map(|row| row.iter().map(|&x| f64::from(x)).sum::<f64>());
        let (mut beta, mut self1, mut self2) = (0.0, 0.0, 0.0);
        for (x, y) in a.iter().zip(b).map(|(&x, &y)| (f64::from(x), f64::from(y))) {
            let both = x * y > LEAST;
            if both {
                beta += log_beta(x, y);
            }
            self1 += if both || x > LEAST { log_single_beta(x) } else { 0.0 };
            self2 += if both || y > LEAST { log_single_beta(y) } else { 0.0 };
        }
        dirichlet_of(beta, [n1, self1], [n2, self2]) as f32
    }
}

/// The distance from what `log_beta` gave of all columns, and of each row the sum of its counts and of `log_single_beta` of them.
pub(crate) fn dirichlet_of(beta: f64, [n1, self1]: [f64; 2], [n2, self2]: [f64; 2]) -> f64 {
    if n1 == 0.0 || n2 == 0.0 {
        return if n1 == n2 { 0.0 } else { FAR };
    }
    let (between, single1, single2) = (log_beta(n1, n2), log_single_beta(n1), log_single_beta(n2));
    let square = (beta - between - (self2 - single2)) / n2 + (beta - between - (self1 - single1)) / n1;
    square.max(0.0).sqrt()
}

/// The logarithm of the beta function, by Stirling's formula for large arguments.
pub(crate) fn log_beta(x: f64, y: f64) -> f64 {
    let (least, greatest) = if x < y { (x, y) } else { (y, x) };
    if greatest < 5.0 {
        let terms = (1..least as u32).map(|i| ln(f64::from(i)) - ln(greatest + f64::from(i)));
        return -ln(greatest) + terms.sum::<f64>();
    }
    log_gamma(x) + log_gamma(y) - log_gamma(x + y)
}

fn log_gamma(x: f64) -> f64 {
    if x == 1.0 { 0.0 } else { x * ln(x) - x + 0.5 * ln(2.0 * PI / x) + 1.0 / (x * 12.0) }
}

pub(crate) fn log_single_beta(x: f64) -> f64 {
    LN_2 * (-2.0 * x + 0.5) + 0.5 * ln(2.0 * PI / x) + 0.125 / x
}
