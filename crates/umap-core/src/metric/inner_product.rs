//! The inner product, with its sign turned: the greatest is the nearest.

use super::Metric;
use super::facts::{Codes, Facts};
use super::kernel::{Accumulate, optional};
use crate::simd::F32x4;

pub(super) const FACTS: Facts = Facts {
    codes: Some(Codes::Products),
    is_signed: true,
    ..Facts::of_sums(optional::<InnerProduct>(), Metric::Euclidean)
};

#[derive(Clone, Copy)]
struct InnerProduct;

impl Accumulate for InnerProduct {
    type Acc = F32x4;

    fn with(_: f32) -> Self {
        Self
    }

    fn start() -> F32x4 {
        F32x4::splat(0.0)
    }

    #[inline(always)]
    fn step(self, acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        acc - a * b
    }

    #[inline(always)]
    fn finish(self, acc: F32x4) -> f32 {
        acc.sum()
    }
}
