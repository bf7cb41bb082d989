//! Manhattan distance: the sum of absolute differences.

use super::facts::{Codes, Facts};
use super::kernel::{Lanewise, strip};
use crate::simd::F32x4;

pub(super) const FACTS: Facts = Facts { codes: Some(Codes::Differences), ..Facts::of_sums(strip::<Manhattan>) };

#[derive(Clone, Copy)]
struct Manhattan;

impl Lanewise for Manhattan {
    const KERNEL: Self = Self;

    #[inline(always)]
    fn step(acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        acc + (a - b).abs()
    }
}
