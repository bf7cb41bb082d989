//! Distance in the Poincaré ball: arccosh(1 + 2 |u - v|^2 / ((1 - |u|^2) (1 - |v|^2))), for rows shorter than 1. Rows keep
//! 1 - |u|^2 after their values, so the kernel sums what Euclidean distance does.

use super::euclidean::SquaredEuclidean;
use super::facts::{Facts, Means};
use super::form::{Form, Given, Refused, put_tail, tail};
use super::kernel::{Accumulate, Lanewise, Parameters, strip};
use crate::simd::F32x4;

pub(super) const FACTS: Facts = Facts {
    distance: arccosh,
    means: Means::NearByEuclidean,
    ..Facts::of_sums(strip::<Poincare>).with_form(Form::of(with_rest).with_tail())
};

/// Of 1 and a quarter of what the kernel computes: in terms of the half distance nothing cancels where rows are near.
fn arccosh(value: f32) -> f32 {
    (2.0 * libm::asinh(f64::from(value).sqrt())) as f32
}

fn with_rest(row: &mut [f32], cols: usize, _: &Given) -> Result<(), Refused> {
    let rest = 1.0 - row[..cols].iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>();
    if rest <= 0.0 {
        return Err(Refused { column: 0, expected: "rows shorter than 1" });
    }
    put_tail(row, rest as f32);
    Ok(())
}

/// sinh^2 of half the distance: |u - v|^2 / ((1 - |u|^2) (1 - |v|^2)).
#[derive(Clone, Copy)]
struct Poincare;

impl Accumulate for Poincare {
    type Acc = F32x4;
    const HAS_TAIL: bool = true;

    fn with(_: &Parameters) -> Self {
        Self
    }

    #[inline(always)]
    fn start() -> F32x4 {
        F32x4::splat(0.0)
    }

    #[inline(always)]
    fn step(self, acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        <SquaredEuclidean as Lanewise>::step(acc, a, b)
    }

    #[inline(always)]
    fn finish(self, acc: F32x4, a: &[f32], b: &[f32]) -> f32 {
        acc.sum() / (tail(a) * tail(b))
    }
}
