//! The number of axes of an embedding: known to the compiler for 2 and 3, so that the epoch's loops over axes unroll
//! and stay in registers, a variable for the rest, with the same loops.

use crate::simd::F32x4;

/// A number of axes.
pub(super) trait Axes: Copy + Send + Sync {
    /// A vector for each axis.
    type Vectors: AsRef<[F32x4]> + AsMut<[F32x4]>;

    fn len(self) -> usize;

    /// Zeros.
    fn zeros(self) -> Self::Vectors;
}

/// `D` axes.
#[derive(Clone, Copy)]
pub(super) struct Fixed<const D: usize>;

impl<const D: usize> Axes for Fixed<D> {
    type Vectors = [F32x4; D];

    #[inline(always)]
    fn len(self) -> usize {
        D
    }

    #[inline(always)]
    fn zeros(self) -> [F32x4; D] {
        [F32x4::splat(0.0); D]
    }
}

/// Any number of axes.
#[derive(Clone, Copy)]
pub(super) struct Any(pub(super) usize);

impl Axes for Any {
    type Vectors = Vec<F32x4>;

    fn len(self) -> usize {
        self.0
    }

    fn zeros(self) -> Vec<F32x4> {
        vec![F32x4::splat(0.0); self.0]
    }
}
