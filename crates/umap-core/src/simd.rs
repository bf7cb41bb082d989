//! Four f32 lanes: a WebAssembly vector where there is one, an array with the same lane-by-lane results elsewhere.
//!
//! Only operations that IEEE 754 defines exactly are here, each rounded on its own (no fused multiply-add, nothing of
//! relaxed SIMD), so a kernel written on [`F32x4`] gives the same bits on every platform.

/// Four 32-bit floats.
#[derive(Clone, Copy, Debug)]
pub struct F32x4(Lanes);

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
type Lanes = core::arch::wasm32::v128;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
type Lanes = [f32; 4];

/// Lanes in a vector; rows of points are padded to a multiple of it.
pub const LANES: usize = 4;

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
        /// The first four values of `x`; panics if there are fewer.
        #[inline(always)]
        pub fn load(x: &[f32]) -> Self {
            let x: &[f32; LANES] = x[..LANES].try_into().unwrap();
            // SAFETY: `x` is 16 readable bytes, and v128 loads need no alignment.
            Self(unsafe { w::v128_load(x.as_ptr().cast()) })
        }
        /// The lanes.
        #[inline(always)]
        pub fn to_array(self) -> [f32; LANES] {
            [
                w::f32x4_extract_lane::<0>(self.0),
                w::f32x4_extract_lane::<1>(self.0),
                w::f32x4_extract_lane::<2>(self.0),
                w::f32x4_extract_lane::<3>(self.0),
            ]
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
    }

    macro_rules! lanewise {
        ($trait:ident, $method:ident, $op:path) => {
            impl std::ops::$trait for F32x4 {
                type Output = Self;
                #[inline(always)]
                fn $method(self, other: Self) -> Self {
                    Self($op(self.0, other.0))
                }
            }
        };
    }
    lanewise!(Add, add, w::f32x4_add);
    lanewise!(Sub, sub, w::f32x4_sub);
    lanewise!(Mul, mul, w::f32x4_mul);
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod lanes {
    use super::{F32x4, LANES};

    impl F32x4 {
        /// All lanes `x`.
        #[inline(always)]
        pub fn splat(x: f32) -> Self {
            Self([x; LANES])
        }
        /// The first four values of `x`; panics if there are fewer.
        #[inline(always)]
        pub fn load(x: &[f32]) -> Self {
            Self(x[..LANES].try_into().unwrap())
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
    }

    macro_rules! lanewise {
        ($trait:ident, $method:ident, $op:tt) => {
            impl std::ops::$trait for F32x4 {
                type Output = Self;
                #[inline(always)]
                fn $method(self, other: Self) -> Self {
                    Self(std::array::from_fn(|i| self.0[i] $op other.0[i]))
                }
            }
        };
    }
    lanewise!(Add, add, +);
    lanewise!(Sub, sub, -);
    lanewise!(Mul, mul, *);
}

impl F32x4 {
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
