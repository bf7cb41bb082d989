//! Register-tiled f32 kernels, compiled once for each kind and called for many rows at a time. A pair's value does not depend on the shape of the tile it was computed in: each pair
//! has one vector accumulator that runs over the row in order, and lanes are added in one order; so tiles, tails and
//! swapped arguments give the same bits.

use super::KernelKind;
use crate::simd::{F32x4, LANES};

/// Rows that are compared with many at a time.
pub const STRIP: usize = 4;
/// Rows of a tile on its other side: 3 x 4 accumulators and what they are made of fit 16 vector registers. In WebAssembly
/// the exact search is as fast with 2 x 4; 4 x 4 runs out of registers.
const TILE: usize = 3;

/// See [`KernelKind`].
trait Kernel: Copy {
    /// The accumulator with one more vector of each row.
    fn step(acc: F32x4, a: F32x4, b: F32x4) -> F32x4;
    /// The value of the accumulator.
    fn finish(acc: F32x4) -> f32;
}

#[derive(Clone, Copy)]
struct SquaredEuclidean;
#[derive(Clone, Copy)]
struct Manhattan;
#[derive(Clone, Copy)]
struct Chebyshev;
#[derive(Clone, Copy)]
struct InnerProduct;

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
fn tile<K: Kernel, const M: usize, const N: usize>(_: K, a: [&[f32]; M], b: [&[f32]; N]) -> [[f32; N]; M] {
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

impl KernelKind {
    /// The values of rows with four others: `out[i]` holds those of `rows[i]`. All rows have the same padded length.
    #[inline(never)]
    pub fn strip(self, rows: &[&[f32]], four: [&[f32]; STRIP], out: &mut [[f32; STRIP]]) {
        const ALL: bool = cfg!(feature = "all-metrics");
        match self {
            Self::SquaredEuclidean => strip(SquaredEuclidean, rows, four, out),
            Self::Manhattan if ALL => strip(Manhattan, rows, four, out),
            Self::Chebyshev if ALL => strip(Chebyshev, rows, four, out),
            Self::InnerProduct if ALL => strip(InnerProduct, rows, four, out),
            _ => unreachable!("there are no points of other metrics (`PointsBuilder::new`)"),
        }
    }

    /// The value of two rows.
    pub fn pair(self, a: &[f32], b: &[f32]) -> f32 {
        let mut out = [[0.0; STRIP]];
        self.strip(&[a], [b; STRIP], &mut out);
        out[0][0]
    }
}

fn strip<K: Kernel>(kernel: K, rows: &[&[f32]], four: [&[f32]; STRIP], out: &mut [[f32; STRIP]]) {
    assert_eq!(rows.len(), out.len());
    let ((tiles, rest), (out_tiles, out_rest)) = (rows.as_chunks::<TILE>(), out.as_chunks_mut::<TILE>());
    out_tiles.iter_mut().zip(tiles).for_each(|(out, &rows)| *out = tile(kernel, rows, four));
    out_rest.iter_mut().zip(rest).for_each(|(out, &row)| [*out] = tile(kernel, [row], four));
}
