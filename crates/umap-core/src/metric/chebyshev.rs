//! Chebyshev distance: the greatest absolute difference. In 7 bits it would be a matter of a few roundings.

use super::Metric;
use super::facts::Facts;
use super::kernel::{Accumulate, optional};
use crate::simd::F32x4;

pub(super) const FACTS: Facts = Facts::of_sums(optional::<Chebyshev>(), Metric::Chebyshev);

#[derive(Clone, Copy)]
struct Chebyshev;

impl Accumulate for Chebyshev {
    type Acc = F32x4;

    fn with(_: f32) -> Self {
        Self
    }

    fn start() -> F32x4 {
        F32x4::splat(0.0)
    }

    #[inline(always)]
    fn step(self, acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        acc.max((a - b).abs())
    }

    #[inline(always)]
    fn finish(self, acc: F32x4) -> f32 {
        acc.greatest()
    }
}
