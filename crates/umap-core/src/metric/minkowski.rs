//! Minkowski distance of order p: the root of order p of the sum of absolute differences to the power of p.

use super::facts::Facts;
use super::kernel::{Accumulate, Parameters, strip};
use crate::math::pow;
use crate::simd::{F32x4, LANES};

pub(super) const FACTS: Facts = Facts::of_sums(strip::<Minkowski>);

/// The distance itself: of the sum 32 bits would keep little where p is large. Powers take 50 times as long as the sums of
/// other kernels.
#[derive(Clone, Copy)]
struct Minkowski {
    p: f64,
}

impl Accumulate for Minkowski {
    type Acc = [f64; LANES];

    fn with(parameters: &Parameters) -> Self {
        Self { p: parameters.p.into() }
    }

    fn start() -> Self::Acc {
        [0.0; LANES]
    }

    #[inline(always)]
    fn step(self, acc: Self::Acc, a: F32x4, b: F32x4) -> Self::Acc {
        let differences = (a - b).abs().to_array();
        std::array::from_fn(|lane| match differences[lane] {
            0.0 => acc[lane],
            difference => acc[lane] + pow(difference.into(), self.p),
        })
    }

    #[inline(always)]
    fn finish(self, [a, b, c, d]: Self::Acc, _: &[f32], _: &[f32]) -> f32 {
        let sum = (a + c) + (b + d);
        if sum == 0.0 { 0.0 } else { pow(sum, 1.0 / self.p) as f32 }
    }
}
