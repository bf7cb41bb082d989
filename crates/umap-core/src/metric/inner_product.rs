//! The inner product, with its sign turned: the greatest is the nearest.

use super::facts::{Codes, Facts};
use super::kernel::{Lanewise, strip};
use crate::simd::F32x4;

pub(super) const FACTS: Facts =
    Facts { codes: Some(Codes::Products), is_signed: true, ..Facts::of_sums(strip::<InnerProduct>) };

#[derive(Clone, Copy)]
struct InnerProduct;

impl Lanewise for InnerProduct {
    const KERNEL: Self = Self;

    #[inline(always)]
    fn step(acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        acc - a * b
    }
}
