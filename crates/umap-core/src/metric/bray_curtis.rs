//! Bray-Curtis distance: the sum of absolute differences as a part of the absolute sum of both rows.

use super::facts::{Facts, Lies};
use super::kernel::{Accumulate, Parameters, strip};
use crate::simd::F32x4;

pub(super) const FACTS: Facts = Facts { lies: Lies::Nowhere, ..Facts::of_sums(strip::<BrayCurtis>) };

#[derive(Clone, Copy)]
struct BrayCurtis;

impl Accumulate for BrayCurtis {
    /// Differences and sums.
    type Acc = [F32x4; 2];

    fn with(_: &Parameters) -> Self {
        Self
    }

    #[inline(always)]
    fn start() -> Self::Acc {
        [F32x4::splat(0.0); 2]
    }

    #[inline(always)]
    fn step(self, [differences, sums]: Self::Acc, a: F32x4, b: F32x4) -> Self::Acc {
        [differences + (a - b).abs(), sums + (a + b).abs()]
    }

    #[inline(always)]
    fn finish(self, [differences, sums]: Self::Acc, _: &[f32], _: &[f32]) -> f32 {
        let of = sums.sum();
        if of == 0.0 { 0.0 } else { differences.sum() / of }
    }
}
