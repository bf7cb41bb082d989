//! Euclidean distance: the square root of the sum of squared differences.

use super::facts::{Codes, Facts};
use super::kernel::{Lanewise, strip};
use crate::simd::F32x4;

pub(super) const FACTS: Facts =
    Facts { distance: f32::sqrt, codes: Some(Codes::Squares), ..Facts::of_sums(strip::<SquaredEuclidean>) };

/// Sum of squared differences.
#[derive(Clone, Copy)]
pub(super) struct SquaredEuclidean;

impl Lanewise for SquaredEuclidean {
    const KERNEL: Self = Self;

    #[inline(always)]
    fn step(acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        let d = a - b;
        acc + d * d
    }
}
