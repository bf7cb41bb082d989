//! Euclidean distance: the square root of the sum of squared differences.

use super::Metric;
use super::facts::{Codes, Facts};
use super::kernel::{Accumulate, strip};
use crate::simd::F32x4;

pub(super) const FACTS: Facts = Facts {
    distance: f32::sqrt,
    codes: Some(Codes::Squares),
    ..Facts::of_sums(strip::<SquaredEuclidean>, Metric::Euclidean)
};

/// Sum of squared differences.
#[derive(Clone, Copy)]
pub(super) struct SquaredEuclidean;

impl Accumulate for SquaredEuclidean {
    type Acc = F32x4;

    fn with(_: f32) -> Self {
        Self
    }

    fn start() -> F32x4 {
        F32x4::splat(0.0)
    }

    #[inline(always)]
    fn step(self, acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        let d = a - b;
        acc + d * d
    }

    #[inline(always)]
    fn finish(self, acc: F32x4) -> f32 {
        acc.sum()
    }
}
