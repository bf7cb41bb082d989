//! Half-precision floats, without branches and without subnormal 32-bit floats on the way (multiplying one can take a
//! processor 150 cycles), so that loops over them vectorise.

/// A half-precision float (IEEE 754 binary16), by its bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub struct F16(pub u16);

const SIGN: u32 = 1 << 31;
/// Bits that a 32-bit float has behind the last one of a half.
const SHIFT: u32 = 13;
/// Exponents are biased by 127 in 32 bits and by 15 in 16.
const REBIAS: u32 = (127 - 15) << 23;
/// 2^-14, the least normal half.
const LEAST_NORMAL: u32 = (127 - 14) << 23;
/// 65520, from which on the nearest half is infinity.
const OVERFLOW: u32 = 0x477f_f000;

impl F16 {
    /// The same value in 32 bits.
    #[inline(always)]
    pub fn widen(self) -> f32 {
        let bits = u32::from(self.0);
        let magnitude = (bits & 0x7fff) << SHIFT;
        // An exponent of 0 stands for that of the least normal, less the leading bit that is not there.
        let subnormal = (f32::from_bits(magnitude + LEAST_NORMAL) - f32::from_bits(LEAST_NORMAL)).to_bits();
        let finite = if magnitude < 1 << 23 { subnormal } else { magnitude + REBIAS };
        let value = if magnitude < 0x7c00 << SHIFT { finite } else { magnitude | 0x7f80_0000 };
        f32::from_bits(value | (bits & 0x8000) << 16)
    }

    /// The nearest half to a finite `x`, of two equally near the even one. Infinite where [`fits`](Self::fits) is false.
    #[inline(always)]
    pub fn nearest(x: f32) -> Self {
        let magnitude = x.to_bits() & !SIGN;
        // In the sum with 1/2 the last bit counts 2^-24, as in a subnormal half: the addition rounds.
        let subnormal = (f32::from_bits(magnitude) + 0.5).to_bits() - 0.5f32.to_bits();
        let odd = magnitude >> SHIFT & 1;
        let normal = magnitude.wrapping_sub(REBIAS).wrapping_add((1 << (SHIFT - 1)) - 1 + odd) >> SHIFT;
        let finite = if magnitude < LEAST_NORMAL { subnormal } else { normal };
        let half = if magnitude < OVERFLOW { finite } else { 0x7c00 };
        Self((half | x.to_bits() >> 16 & 0x8000) as u16)
    }

    /// From here on halves have 11 significant bits.
    pub(crate) const LEAST_PRECISE: f32 = f32::from_bits(LEAST_NORMAL);

    /// Whether the nearest half to `x` is finite.
    #[inline(always)]
    pub fn fits(x: f32) -> bool {
        x.to_bits() & !SIGN < OVERFLOW
    }
}
