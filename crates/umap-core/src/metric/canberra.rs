//! Canberra distance (Lance and Williams 1967): each column's difference as a part of what its values amount to.

use super::facts::{Facts, Lies};
use super::kernel::{Lanewise, strip};
use crate::simd::F32x4;

pub(super) const FACTS: Facts = Facts { lies: Lies::Nowhere, ..Facts::of_sums(strip::<Canberra>) };

#[derive(Clone, Copy)]
struct Canberra;

impl Lanewise for Canberra {
    const KERNEL: Self = Self;

    #[inline(always)]
    fn step(acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        let of = a.abs() + b.abs();
        acc + ((a - b).abs() / of).unless_zero(of)
    }
}
