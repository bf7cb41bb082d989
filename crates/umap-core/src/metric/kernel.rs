//! Register-tiled f32 kernels, compiled once for each kind and called for many rows at a time. A pair's value does not depend
//! on the shape of the tile it was computed in: each pair has an accumulator of its own that runs over the row in order, and
//! lanes are added in one order; so tiles, tails and swapped arguments give the same bits.

use super::counts::Share;
use crate::simd::{F32x4, LANES};

/// Rows that are compared with many at a time.
pub const STRIP: usize = 4;
/// Rows of a tile on its other side: 3 x 4 accumulators and what they are made of fit 16 vector registers. In WebAssembly
/// the exact search is as fast with 2 x 4; 4 x 4 runs out of registers.
const TILE: usize = 3;

/// What a kernel needs to know besides the rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameters {
    /// The metric's parameter, if it has one.
    pub(super) p: f32,
    /// Columns of the input.
    pub(super) cols: u32,
    /// The distance from counts.
    pub(super) share: Option<Share>,
}

/// What is accumulated over two rows.
pub(super) trait Accumulate: Copy {
    /// What is known of a pair after some of its columns.
    type Acc: Copy;
    /// Whether the last vector of a row is a number of its own, see [`tail`](super::form::tail).
    const HAS_TAIL: bool = false;
    /// The kernel with the metric's parameters.
    fn with(parameters: &Parameters) -> Self;
    /// Before the first column.
    fn start() -> Self::Acc;
    /// The accumulator with one more vector of each row.
    fn step(self, acc: Self::Acc, a: F32x4, b: F32x4) -> Self::Acc;
    /// The value of the accumulator of two rows.
    fn finish(self, acc: Self::Acc, a: &[f32], b: &[f32]) -> f32;
}

/// A kernel without a parameter whose accumulator is one vector.
pub(super) trait Lanewise: Copy {
    /// The kernel.
    const KERNEL: Self;
    /// The accumulator with one more vector of each row; 0 before the first.
    fn step(acc: F32x4, a: F32x4, b: F32x4) -> F32x4;
    /// The value of the accumulator: the sum of its lanes, unless the kernel has another.
    #[inline(always)]
    fn finish(acc: F32x4) -> f32 {
        acc.sum()
    }
}

impl<K: Lanewise> Accumulate for K {
    type Acc = F32x4;

    fn with(_: &Parameters) -> Self {
        K::KERNEL
    }

    #[inline(always)]
    fn start() -> F32x4 {
        F32x4::splat(0.0)
    }

    #[inline(always)]
    fn step(self, acc: F32x4, a: F32x4, b: F32x4) -> F32x4 {
        K::step(acc, a, b)
    }

    #[inline(always)]
    fn finish(self, acc: F32x4, _: &[f32], _: &[f32]) -> f32 {
        K::finish(acc)
    }
}

/// [`Kernel::strip`] of one kind.
pub(super) type Strip = fn(&Parameters, &[&[f32]], [&[f32]; STRIP], &mut [[f32; STRIP]]);

/// Compares rows; smaller values are nearer.
#[derive(Clone, Copy, Debug)]
pub struct Kernel {
    strip: Strip,
    parameters: Parameters,
}

impl Kernel {
    pub(super) fn new(strip: Strip, parameters: Parameters) -> Self {
        Self { strip, parameters }
    }

    /// The values of rows with four others: `out[i]` holds those of `rows[i]`. All rows have the same padded length.
    pub fn strip(self, rows: &[&[f32]], four: [&[f32]; STRIP], out: &mut [[f32; STRIP]]) {
        (self.strip)(&self.parameters, rows, four, out);
    }

    /// The value of two rows.
    pub fn pair(self, a: &[f32], b: &[f32]) -> f32 {
        let mut out = [[0.0; STRIP]];
        self.strip(&[a], [b; STRIP], &mut out);
        out[0][0]
    }
}

/// The values of all pairs of `M` rows with `N` rows. All rows have the same padded length.
#[inline(always)]
fn tile<K: Accumulate, const M: usize, const N: usize>(kernel: K, a: [&[f32]; M], b: [&[f32]; N]) -> [[f32; N]; M] {
    let len = a[0].len();
    assert!(len.is_multiple_of(LANES) && a.iter().chain(&b).all(|row| row.len() == len));
    let end = if K::HAS_TAIL { len - LANES } else { len };
    let mut acc = [[K::start(); N]; M];
    let mut at = 0;
    while at < end {
        // SAFETY: every row has `len` values and `len` is a multiple of `LANES` (asserted above), so `at + LANES <= len`.
        // With bounds checks in this loop the accumulators do not stay in registers.
        let load = |row: &[f32]| unsafe { F32x4::load_at(row, at) };
        let x: [F32x4; M] = std::array::from_fn(|m| load(a[m]));
        for n in 0..N {
            let y = load(b[n]);
            for m in 0..M {
                acc[m][n] = kernel.step(acc[m][n], x[m], y);
            }
        }
        at += LANES;
    }
    std::array::from_fn(|m| std::array::from_fn(|n| kernel.finish(acc[m][n], a[m], b[n])))
}

#[inline(never)]
pub(super) fn strip<K: Accumulate>(
    parameters: &Parameters,
    rows: &[&[f32]],
    four: [&[f32]; STRIP],
    out: &mut [[f32; STRIP]],
) {
    assert_eq!(rows.len(), out.len());
    let kernel = K::with(parameters);
    let ((tiles, rest), (out_tiles, out_rest)) = (rows.as_chunks::<TILE>(), out.as_chunks_mut::<TILE>());
    out_tiles.iter_mut().zip(tiles).for_each(|(out, &rows)| *out = tile(kernel, rows, four));
    out_rest.iter_mut().zip(rest).for_each(|(out, &row)| [*out] = tile(kernel, [row], four));
}

/// A kernel that compares two rows at a time: for functions that cost more than reading the rows.
pub(super) trait Pairwise {
    /// The value of two padded rows, the same either way round.
    fn value(parameters: &Parameters, a: &[f32], b: &[f32]) -> f32;
}

#[inline(never)]
pub(super) fn pairs<K: Pairwise>(
    parameters: &Parameters,
    rows: &[&[f32]],
    four: [&[f32]; STRIP],
    out: &mut [[f32; STRIP]],
) {
    for (out, row) in out.iter_mut().zip(rows) {
        *out = four.map(|other| K::value(parameters, row, other));
    }
}
