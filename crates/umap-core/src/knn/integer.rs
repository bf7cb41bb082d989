//! Sums over two rows of integers from 0 to 127, for tiles of rows: eight 16-bit lanes multiplied and added in pairs, which
//! both SSE2 and WebAssembly's SIMD do in one instruction; with relaxed SIMD sixteen bytes, added in fours. All results
//! are exact, so every form gives the same.

/// Some integers of a row, as wide as they are multiplied.
#[derive(Clone, Copy)]
pub(crate) struct Small(Narrow);
/// Four 32-bit sums.
#[derive(Clone, Copy)]
pub(crate) struct I32x4(Wide);

/// Bytes taken at a time; rows are padded to a multiple of it.
pub(crate) const BYTES: usize = if cfg!(target_feature = "relaxed-simd") { 16 } else { 8 };

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes {
    use super::I32x4;
    use core::arch::wasm32 as w;

    pub(super) type Narrow = w::v128;
    pub(super) type Wide = w::v128;

    impl I32x4 {
        #[inline(always)]
        pub(crate) fn zero() -> Self {
            Self(w::i32x4_splat(0))
        }
        #[inline(always)]
        pub(crate) fn sums(of: [Self; 4]) -> [i32; 4] {
            let [a, b, c, d] = of.map(|x| x.0);
            let ab = w::i32x4_add(w::i32x4_shuffle::<0, 4, 1, 5>(a, b), w::i32x4_shuffle::<2, 6, 3, 7>(a, b));
            let cd = w::i32x4_add(w::i32x4_shuffle::<0, 4, 1, 5>(c, d), w::i32x4_shuffle::<2, 6, 3, 7>(c, d));
            let all = w::i32x4_add(w::i64x2_shuffle::<0, 2>(ab, cd), w::i64x2_shuffle::<1, 3>(ab, cd));
            let mut sums = [0; 4];
            // SAFETY: `sums` is 16 writable bytes, and the store needs no alignment.
            unsafe { w::v128_store(sums.as_mut_ptr().cast(), all) };
            sums
        }
    }
}

/// The relaxed instruction may differ between machines where a byte of its second operand is above 127, or where two
/// products pass 16 bits: here neither can be.
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
mod products {
    use super::{BYTES, I32x4, Small};
    use core::arch::wasm32 as w;

    impl Small {
        #[inline(always)]
        pub(crate) fn load(x: &[u8; BYTES]) -> Self {
            // SAFETY: `x` is 16 readable bytes, and the load needs no alignment.
            Self(unsafe { w::v128_load(x.as_ptr().cast()) })
        }
        #[inline(always)]
        pub(crate) fn splat(x: i16) -> Self {
            Self(w::i8x16_splat(x as i8))
        }
        #[inline(always)]
        pub(crate) fn abs_difference(self, other: Self) -> Self {
            Self(w::i8x16_abs(w::i8x16_sub(self.0, other.0)))
        }
    }

    impl I32x4 {
        #[inline(always)]
        pub(crate) fn add_products(self, a: Small, b: Small) -> Self {
            Self(w::i32x4_relaxed_dot_i8x16_i7x16_add(a.0, b.0, self.0))
        }
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128", not(target_feature = "relaxed-simd")))]
mod products {
    use super::{BYTES, I32x4, Small};
    use core::arch::wasm32 as w;

    impl Small {
        #[inline(always)]
        pub(crate) fn load(x: &[u8; BYTES]) -> Self {
            // SAFETY: `x` is 8 readable bytes, and the load needs no alignment.
            Self(unsafe { w::u16x8_load_extend_u8x8(x.as_ptr()) })
        }
        #[inline(always)]
        pub(crate) fn splat(x: i16) -> Self {
            Self(w::i16x8_splat(x))
        }
        #[inline(always)]
        pub(crate) fn abs_difference(self, other: Self) -> Self {
            Self(w::i16x8_abs(w::i16x8_sub(self.0, other.0)))
        }
    }

    impl I32x4 {
        #[inline(always)]
        pub(crate) fn add_products(self, a: Small, b: Small) -> Self {
            Self(w::i32x4_add(self.0, w::i32x4_dot_i16x8(a.0, b.0)))
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod lanes {
    use super::{BYTES, I32x4, Small};
    use core::arch::x86_64 as x;

    pub(super) type Narrow = x::__m128i;
    pub(super) type Wide = x::__m128i;

    // SSE2 is part of x86-64.
    impl Small {
        #[inline(always)]
        pub(crate) fn load(bytes: &[u8; BYTES]) -> Self {
            // SAFETY: `bytes` is 8 readable bytes, and the load needs no alignment.
            Self(unsafe { x::_mm_unpacklo_epi8(x::_mm_loadl_epi64(bytes.as_ptr().cast()), x::_mm_setzero_si128()) })
        }
        #[inline(always)]
        pub(crate) fn splat(value: i16) -> Self {
            // SAFETY: SSE2 is there.
            Self(unsafe { x::_mm_set1_epi16(value) })
        }
        #[inline(always)]
        pub(crate) fn abs_difference(self, other: Self) -> Self {
            // SAFETY: SSE2 is there.
            Self(unsafe { x::_mm_max_epi16(x::_mm_sub_epi16(self.0, other.0), x::_mm_sub_epi16(other.0, self.0)) })
        }
    }

    impl I32x4 {
        #[inline(always)]
        pub(crate) fn zero() -> Self {
            // SAFETY: SSE2 is there.
            Self(unsafe { x::_mm_setzero_si128() })
        }
        #[inline(always)]
        pub(crate) fn add_products(self, a: Small, b: Small) -> Self {
            // SAFETY: SSE2 is there.
            Self(unsafe { x::_mm_add_epi32(self.0, x::_mm_madd_epi16(a.0, b.0)) })
        }
        #[inline(always)]
        pub(crate) fn sums(of: [Self; 4]) -> [i32; 4] {
            let [a, b, c, d] = of.map(|x| x.0);
            let mut sums = [0; 4];
            // SAFETY: SSE2 is there; `sums` is 16 writable bytes, and the store needs no alignment.
            unsafe {
                let ab = x::_mm_add_epi32(x::_mm_unpacklo_epi32(a, b), x::_mm_unpackhi_epi32(a, b));
                let cd = x::_mm_add_epi32(x::_mm_unpacklo_epi32(c, d), x::_mm_unpackhi_epi32(c, d));
                let all = x::_mm_add_epi32(x::_mm_unpacklo_epi64(ab, cd), x::_mm_unpackhi_epi64(ab, cd));
                x::_mm_storeu_si128(sums.as_mut_ptr().cast(), all);
            }
            sums
        }
    }
}

#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
mod lanes {
    use super::{BYTES, I32x4, Small};
    use std::array::from_fn;

    pub(super) type Narrow = [i16; 8];
    pub(super) type Wide = [i32; 4];

    impl Small {
        #[inline(always)]
        pub(crate) fn load(x: &[u8; BYTES]) -> Self {
            Self(x.map(i16::from))
        }
        #[inline(always)]
        pub(crate) fn splat(x: i16) -> Self {
            Self([x; 8])
        }
        #[inline(always)]
        pub(crate) fn abs_difference(self, other: Self) -> Self {
            Self(from_fn(|i| (self.0[i] - other.0[i]).abs()))
        }
    }

    impl I32x4 {
        #[inline(always)]
        pub(crate) fn zero() -> Self {
            Self([0; 4])
        }
        #[inline(always)]
        pub(crate) fn add_products(self, a: Small, b: Small) -> Self {
            let product = |i: usize| i32::from(a.0[i]) * i32::from(b.0[i]);
            Self(from_fn(|i| self.0[i] + product(2 * i) + product(2 * i + 1)))
        }
        #[inline(always)]
        pub(crate) fn sums(of: [Self; 4]) -> [i32; 4] {
            of.map(|x| x.0.iter().sum())
        }
    }
}

use lanes::{Narrow, Wide};

/// What is summed over two rows.
pub(crate) trait Sum {
    /// The sums with [`BYTES`] more bytes of each row.
    fn step(acc: I32x4, a: Small, b: Small) -> I32x4;
    /// What orders pairs by distance: made of the sum and what each row adds to all its keys.
    fn key(sum: i32, a: i32, b: i32) -> u32;
}

/// Products.
pub(crate) enum Products {}
/// Absolute differences.
pub(crate) enum Differences {}

impl Sum for Products {
    #[inline(always)]
    fn step(acc: I32x4, a: Small, b: Small) -> I32x4 {
        acc.add_products(a, b)
    }
    /// Squared distances reach 2^31 in the longest rows, so the sums wrap; the sign bit makes them order.
    #[inline(always)]
    fn key(sum: i32, a: i32, b: i32) -> u32 {
        a.wrapping_add(b).wrapping_sub(sum.wrapping_mul(2)) as u32 ^ 1 << 31
    }
}

impl Sum for Differences {
    #[inline(always)]
    fn step(acc: I32x4, a: Small, b: Small) -> I32x4 {
        acc.add_products(a.abs_difference(b), Small::splat(1))
    }
    #[inline(always)]
    fn key(sum: i32, _: i32, _: i32) -> u32 {
        sum as u32
    }
}

/// Rows of the second side of a tile: as many as a vector has sums.
const N: usize = 4;

/// The sums over all pairs of `M` rows with four, all of equal length.
#[inline(always)]
pub(crate) fn tile<S: Sum, const M: usize>(a: [&[u8]; M], b: [&[u8]; N]) -> [[i32; N]; M] {
    // Loops, not `map`: closures over arrays are inlined in some builds only, and the sums must stay in registers.
    debug_assert!(a.iter().chain(&b).all(|row| row.len() == a[0].len()));
    let len = a[0].len() / BYTES;
    let (mut x, mut y) = ([&[][..]; M], [&[][..]; N]);
    for m in 0..M {
        x[m] = &a[m].as_chunks::<BYTES>().0[..len];
    }
    for n in 0..N {
        y[n] = &b[n].as_chunks::<BYTES>().0[..len];
    }
    let mut acc = [[I32x4::zero(); N]; M];
    for at in 0..len {
        let mut left = [Small::splat(0); M];
        for m in 0..M {
            left[m] = Small::load(&x[m][at]);
        }
        for n in 0..N {
            let right = Small::load(&y[n][at]);
            for m in 0..M {
                acc[m][n] = S::step(acc[m][n], left[m], right);
            }
        }
    }
    let mut sums = [[0; N]; M];
    for m in 0..M {
        sums[m] = I32x4::sums(acc[m]);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::h32;

    #[test]
    fn tiles_hold_the_plain_sums() {
        let rows: Vec<Vec<u8>> = (0..7).map(|r| (0..48).map(|c| (h32(r * 48 + c) % 128) as u8).collect()).collect();
        let row = |i: usize| rows[i].as_slice();
        let (a, b) = ([row(0), row(1), row(2)], [row(3), row(4), row(5), row(6)]);
        let (products, differences) = (tile::<Products, 3>(a, b), tile::<Differences, 3>(a, b));
        for (m, x) in a.iter().enumerate() {
            for (n, y) in b.iter().enumerate() {
                let pairs = || x.iter().zip(*y).map(|(&x, &y)| (i32::from(x), i32::from(y)));
                assert_eq!(products[m][n], pairs().map(|(x, y)| x * y).sum::<i32>());
                assert_eq!(differences[m][n], pairs().map(|(x, y)| (x - y).abs()).sum::<i32>());
            }
        }
    }
}
