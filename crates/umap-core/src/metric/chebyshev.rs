//! Chebyshev distance: the greatest absolute difference. In 7 bits it would be a matter of a few roundings.

use super::facts::Facts;
use super::kernel::{Lanewise, strip};
use crate::simd::F32x4;

pub(super) const FACTS: Facts = Facts::of_sums(strip::<Chebyshev>);

#[derive(Clone, Copy)]
struct Chebyshev;

impl Lanewise for Chebyshev {
    const KERNEL: Self = Self;

    #[inline(always)]
    fn step(acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        acc.max((a - b).abs())
    }

    #[inline(always)]
    fn finish(acc: F32x4) -> f32 {
        acc.greatest()
    }
}
