//! Register-tiled f32 kernels. A pair's value does not depend on the shape of the tile it was computed in: each pair
//! has one vector accumulator that runs over the row in order, and lanes are added in one order; so tiles, tails and
//! swapped arguments give the same bits.

use crate::simd::{F32x4, LANES};

/// What is accumulated over two rows. Smaller results are nearer.
pub trait Kernel: Copy + Send + Sync {
    /// The accumulator with one more vector of each row.
    fn step(acc: F32x4, a: F32x4, b: F32x4) -> F32x4;
    /// The value of the accumulator.
    fn finish(acc: F32x4) -> f32;
}

/// Sum of squared differences.
#[derive(Clone, Copy, Debug)]
pub struct SquaredEuclidean;
/// Sum of absolute differences.
#[derive(Clone, Copy, Debug)]
pub struct Manhattan;
/// Greatest absolute difference.
#[derive(Clone, Copy, Debug)]
pub struct Chebyshev;
/// Minus the inner product.
#[derive(Clone, Copy, Debug)]
pub struct InnerProduct;

impl Kernel for SquaredEuclidean {
    #[inline(always)]
    fn step(acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        let d = a - b;
        acc + d * d
    }
    #[inline(always)]
    fn finish(acc: F32x4) -> f32 {
        acc.sum()
    }
}

impl Kernel for Manhattan {
    #[inline(always)]
    fn step(acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        acc + (a - b).abs()
    }
    #[inline(always)]
    fn finish(acc: F32x4) -> f32 {
        acc.sum()
    }
}

impl Kernel for Chebyshev {
    #[inline(always)]
    fn step(acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        acc.max((a - b).abs())
    }
    #[inline(always)]
    fn finish(acc: F32x4) -> f32 {
        acc.greatest()
    }
}

impl Kernel for InnerProduct {
    #[inline(always)]
    fn step(acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        acc - a * b
    }
    #[inline(always)]
    fn finish(acc: F32x4) -> f32 {
        acc.sum()
    }
}

/// The values of all pairs of `M` rows with `N` rows. All rows have the same padded length.
#[inline(always)]
pub fn tile<K: Kernel, const M: usize, const N: usize>(_: K, a: [&[f32]; M], b: [&[f32]; N]) -> [[f32; N]; M] {
    let len = a[0].len();
    assert!(len.is_multiple_of(LANES) && a.iter().chain(&b).all(|row| row.len() == len));
    let mut acc = [[F32x4::splat(0.0); N]; M];
    for at in (0..len).step_by(LANES) {
        let y = b.map(|row| F32x4::load(&row[at..at + LANES]));
        for (acc, row) in acc.iter_mut().zip(a) {
            let x = F32x4::load(&row[at..at + LANES]);
            for (acc, y) in acc.iter_mut().zip(y) {
                *acc = K::step(*acc, x, y);
            }
        }
    }
    acc.map(|row| row.map(K::finish))
}
