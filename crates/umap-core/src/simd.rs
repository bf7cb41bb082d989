//! Four f32 lanes: a vector of WebAssembly or x86-64 where there is one, an array with the same lane-by-lane results
//! elsewhere (on x86-64 too the compiler keeps tiles of arrays in memory: 4.7 GMAC/s against 11 with vectors).
//!
//! Only operations that IEEE 754 defines exactly are here, each rounded on its own (no fused multiply-add, nothing of
//! relaxed SIMD), so a kernel written on [`F32x4`] gives the same bits on every platform.

/// Four 32-bit floats.
#[derive(Clone, Copy, Debug)]
pub struct F32x4(Lanes);

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
type Lanes = core::arch::wasm32::v128;
#[cfg(target_arch = "x86_64")]
type Lanes = core::arch::x86_64::__m128;
#[cfg(not(any(all(target_arch = "wasm32", target_feature = "simd128"), target_arch = "x86_64")))]
type Lanes = [f32; 4];

/// Lanes in a vector; rows of points are padded to a multiple of it.
pub const LANES: usize = 4;

/// The operators, lane by lane.
macro_rules! lanewise {
    ($($trait:ident, $method:ident, |$a:ident, $b:ident| $op:expr;)*) => { $(
        impl std::ops::$trait for F32x4 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                let ($a, $b) = (self.0, other.0);
                Self($op)
            }
        }
    )* };
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes {
    use super::{F32x4, LANES};
    use core::arch::wasm32 as w;

    impl F32x4 {
        /// All lanes `x`.
        #[inline(always)]
        pub fn splat(x: f32) -> Self {
            Self(w::f32x4_splat(x))
        }
        /// The lanes from `at` on.
        ///
        /// # Safety
        /// `at + LANES <= x.len()`.
        #[inline(always)]
        pub unsafe fn load_at(x: &[f32], at: usize) -> Self {
            // SAFETY: 16 readable bytes by this function's contract, and v128 loads need no alignment.
            Self(unsafe { w::v128_load(x.as_ptr().add(at).cast()) })
        }
        /// The lanes.
        #[inline(always)]
        pub fn to_array(self) -> [f32; LANES] {
            // SAFETY: both are 16 bytes, and every bit pattern is four floats.
            unsafe { std::mem::transmute(self.0) }
        }
        /// Lane-wise |x|.
        #[inline(always)]
        pub fn abs(self) -> Self {
            Self(w::f32x4_abs(self.0))
        }
        /// Lane-wise maximum: `other` where it is greater, else `self` (defined by a comparison, so NaN and signed
        /// zeros are the same everywhere).
        #[inline(always)]
        pub fn max(self, other: Self) -> Self {
            Self(w::f32x4_pmax(self.0, other.0))
        }
        /// The lanes, 0 where those of `other` are 0.
        #[inline(always)]
        pub fn unless_zero(self, other: Self) -> Self {
            Self(w::v128_and(self.0, w::f32x4_ne(other.0, w::f32x4_splat(0.0))))
        }
        /// The lanes, each in the place of its neighbour.
        #[inline(always)]
        pub fn swapped(self) -> Self {
            Self(w::i32x4_shuffle::<1, 0, 3, 2>(self.0, self.0))
        }
    }

    lanewise! {
        Add, add, |a, b| w::f32x4_add(a, b);
        Sub, sub, |a, b| w::f32x4_sub(a, b);
        Mul, mul, |a, b| w::f32x4_mul(a, b);
        Div, div, |a, b| w::f32x4_div(a, b);
    }
}

#[cfg(target_arch = "x86_64")]
mod lanes {
    use super::{F32x4, LANES};
    use core::arch::x86_64 as x86;

    // SAFETY of the intrinsics below: SSE2 is part of every x86-64.
    impl F32x4 {
        /// All lanes `x`.
        #[inline(always)]
        pub fn splat(x: f32) -> Self {
            // SAFETY: see above.
            Self(unsafe { x86::_mm_set1_ps(x) })
        }
        /// The lanes from `at` on.
        ///
        /// # Safety
        /// `at + LANES <= x.len()`.
        #[inline(always)]
        pub unsafe fn load_at(x: &[f32], at: usize) -> Self {
            // SAFETY: 16 readable bytes by this function's contract, and this load needs no alignment.
            Self(unsafe { x86::_mm_loadu_ps(x.as_ptr().add(at)) })
        }
        /// The lanes.
        #[inline(always)]
        pub fn to_array(self) -> [f32; LANES] {
            // SAFETY: both are 16 bytes, and every bit pattern is four floats.
            unsafe { std::mem::transmute(self.0) }
        }
        /// Lane-wise |x|.
        #[inline(always)]
        pub fn abs(self) -> Self {
            // SAFETY: see above.
            Self(unsafe { x86::_mm_andnot_ps(x86::_mm_set1_ps(-0.0), self.0) })
        }
        /// Lane-wise maximum: `other` where it is greater, else `self` (defined by a comparison, so NaN and signed
        /// zeros are the same everywhere).
        #[inline(always)]
        pub fn max(self, other: Self) -> Self {
            // SAFETY: see above. The instruction is "first > second ? first : second".
            Self(unsafe { x86::_mm_max_ps(other.0, self.0) })
        }
        /// The lanes, 0 where those of `other` are 0.
        #[inline(always)]
        pub fn unless_zero(self, other: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { x86::_mm_and_ps(self.0, x86::_mm_cmpneq_ps(other.0, x86::_mm_setzero_ps())) })
        }
        /// The lanes, each in the place of its neighbour.
        #[inline(always)]
        pub fn swapped(self) -> Self {
            // SAFETY: see above.
            Self(unsafe { x86::_mm_shuffle_ps::<0b10_11_00_01>(self.0, self.0) })
        }
    }

    lanewise! {
        // SAFETY: see above.
        Add, add, |a, b| unsafe { x86::_mm_add_ps(a, b) };
        // SAFETY: see above.
        Sub, sub, |a, b| unsafe { x86::_mm_sub_ps(a, b) };
        // SAFETY: see above.
        Mul, mul, |a, b| unsafe { x86::_mm_mul_ps(a, b) };
        // SAFETY: see above.
        Div, div, |a, b| unsafe { x86::_mm_div_ps(a, b) };
    }
}

#[cfg(not(any(all(target_arch = "wasm32", target_feature = "simd128"), target_arch = "x86_64")))]
mod lanes {
    use super::{F32x4, LANES};

    impl F32x4 {
        /// All lanes `x`.
        #[inline(always)]
        pub fn splat(x: f32) -> Self {
            Self([x; LANES])
        }
        /// The lanes from `at` on.
        ///
        /// # Safety
        /// `at + LANES <= x.len()`.
        #[inline(always)]
        pub unsafe fn load_at(x: &[f32], at: usize) -> Self {
            // SAFETY: 16 readable bytes by this function's contract, read without alignment.
            Self(unsafe { x.as_ptr().add(at).cast::<[f32; LANES]>().read_unaligned() })
        }
        /// The lanes.
        #[inline(always)]
        pub fn to_array(self) -> [f32; LANES] {
            self.0
        }
        /// Lane-wise |x|.
        #[inline(always)]
        pub fn abs(self) -> Self {
            Self(self.0.map(f32::abs))
        }
        /// Lane-wise maximum: `other` where it is greater, else `self` (defined by a comparison, so NaN and signed
        /// zeros are the same everywhere).
        #[inline(always)]
        pub fn max(self, other: Self) -> Self {
            Self(std::array::from_fn(|i| if self.0[i] < other.0[i] { other.0[i] } else { self.0[i] }))
        }
        /// The lanes, 0 where those of `other` are 0.
        #[inline(always)]
        pub fn unless_zero(self, other: Self) -> Self {
            Self(std::array::from_fn(|i| if other.0[i] == 0.0 { 0.0 } else { self.0[i] }))
        }
        /// The lanes, each in the place of its neighbour.
        #[inline(always)]
        pub fn swapped(self) -> Self {
            let [a, b, c, d] = self.0;
            Self([b, a, d, c])
        }
    }

    lanewise! {
        Add, add, |a, b| std::array::from_fn(|i| a[i] + b[i]);
        Sub, sub, |a, b| std::array::from_fn(|i| a[i] - b[i]);
        Mul, mul, |a, b| std::array::from_fn(|i| a[i] * b[i]);
        Div, div, |a, b| std::array::from_fn(|i| a[i] / b[i]);
    }
}

impl F32x4 {
    /// The first four values of `x`; panics if there are fewer.
    #[inline(always)]
    pub fn load(x: &[f32]) -> Self {
        assert!(x.len() >= LANES);
        // SAFETY: just checked.
        unsafe { Self::load_at(x, 0) }
    }
    /// (l0 + l2) + (l1 + l3): the one order in which lanes are added.
    #[inline(always)]
    pub fn sum(self) -> f32 {
        let [a, b, c, d] = self.to_array();
        (a + c) + (b + d)
    }
    /// The greatest lane.
    #[inline(always)]
    pub fn greatest(self) -> f32 {
        let [a, b, c, d] = self.to_array();
        let pick = |x: f32, y: f32| if x < y { y } else { x };
        pick(pick(a, c), pick(b, d))
    }
}
