//! Hamming distance: the share of the columns that differ. A mean of rows is equal to none of them, so a search starts from
//! rows.

use super::facts::{Facts, Growth, Means};
use super::kernel::{Lanewise, strip};
use crate::simd::F32x4;

pub(super) const FACTS: Facts =
    Facts { growth: Growth::Count, means: Means::Unlike, ..Facts::of_sums(strip::<Hamming>) };

/// Number of columns that differ.
#[derive(Clone, Copy)]
struct Hamming;

impl Lanewise for Hamming {
    const KERNEL: Self = Self;

    #[inline(always)]
    fn step(acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        // Two floats differ by 0 if and only if they are equal: the least difference is a subnormal number.
        acc + F32x4::splat(1.0).unless_zero(a - b)
    }
}
