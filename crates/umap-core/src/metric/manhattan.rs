//! Manhattan distance: the sum of absolute differences.

use super::Metric;
use super::facts::{Codes, Facts};
use super::kernel::{Accumulate, optional};
use crate::simd::F32x4;

pub(super) const FACTS: Facts =
    Facts { codes: Some(Codes::Differences), ..Facts::of_sums(optional::<Manhattan>(), Metric::Manhattan) };

#[derive(Clone, Copy)]
struct Manhattan;

impl Accumulate for Manhattan {
    type Acc = F32x4;

    fn with(_: f32) -> Self {
        Self
    }

    fn start() -> F32x4 {
        F32x4::splat(0.0)
    }

    #[inline(always)]
    fn step(self, acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        acc + (a - b).abs()
    }

    #[inline(always)]
    fn finish(self, acc: F32x4) -> f32 {
        acc.sum()
    }
}
