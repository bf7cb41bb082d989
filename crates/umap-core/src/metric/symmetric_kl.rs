//! Symmetric Kullback-Leibler divergence of rows as shares of their sums: half the sum of (p - q) (ln p - ln q), after a small
//! number z was added to every value. Rows hold each share beside its logarithm.

use super::facts::{Facts, Means};
use super::form::{Form, Given, Refused, check_not_negative};
use super::kernel::{Lanewise, strip};
use crate::math::ln;
use crate::simd::F32x4;

/// What is added to values unless the user says otherwise (umap-learn's).
pub(super) const Z: f32 = 1e-11;

pub(super) const FACTS: Facts = Facts {
    means: Means::NearByEuclidean,
    ..Facts::of_sums(strip::<Divergence>).with_form(Form::of(with_logarithms).with_values(|cols| 2 * cols).in_32_bits())
};

fn with_logarithms(row: &mut [f32], cols: usize, given: &Given) -> Result<(), Refused> {
    check_not_negative(&row[..cols])?;
    let z = f64::from(given.p);
    let sum = row[..cols].iter().map(|&x| f64::from(x) + z).sum::<f64>();
    for at in (0..cols).rev() {
        let share = (f64::from(row[at]) + z) / sum;
        (row[2 * at], row[2 * at + 1]) = (share as f32, ln(share) as f32);
    }
    Ok(())
}

#[derive(Clone, Copy)]
struct Divergence;

impl Lanewise for Divergence {
    const KERNEL: Self = Self;

    #[inline(always)]
    fn step(acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        let d = a - b;
        acc + d * d.swapped()
    }

    /// Each product is there twice.
    #[inline(always)]
    fn finish(acc: F32x4) -> f32 {
        acc.sum() * 0.25
    }
}
