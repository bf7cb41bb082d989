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
    let mut at = 0;
    while at < len {
        // SAFETY: every row has `len` values and `len` is a multiple of `LANES` (asserted above), so `at + LANES <= len`.
        // With bounds checks in this loop the accumulators do not stay in registers.
        let load = |row: &[f32]| unsafe { F32x4::load_at(row, at) };
        let x: [F32x4; M] = std::array::from_fn(|m| load(a[m]));
        for n in 0..N {
            let y = load(b[n]);
            for m in 0..M {
                acc[m][n] = K::step(acc[m][n], x[m], y);
            }
        }
        at += LANES;
    }
    acc.map(|row| row.map(K::finish))
}
