//! Elementary functions that are the same bits natively and in WebAssembly: `libm`'s where they are not hot, our own
//! polynomial where they are.

/// e^x in f32 for x <= 0, within 2 units in the last place; 0 below -87.
///
/// Cody-Waite reduction x = n ln2 + r with |r| <= ln2 / 2, then the degree-6 Taylor polynomial (truncation 2e-8) and a
/// multiplication by 2^n through the exponent bits. Written without branches so that loops over it vectorise.
#[inline(always)]
pub fn exp_neg(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0; // 1.5 * 2^23: adding it rounds to an integer
    const LN2_HI: f32 = 0.693_359_4;
    const LN2_LO: f32 = -2.121_944_4e-4;
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN2_HI) - n * LN2_LO;
    let mut p = 1.0 / 720.0;
    for c in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        p = p * r + c;
    }
    let scaled = p * f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    if x > -87.0 { scaled } else { 0.0 }
}

/// Natural logarithm of a positive normal number in f32, within 2 units in the last place of 1: six times as fast as in f64.
///
/// x = 2^n m with m from sqrt(1/2) to sqrt(2), then the series of ln((1 + s) / (1 - s)) in s = (m - 1) / (m + 1).
#[inline(always)]
pub fn ln_normal(x: f32) -> f32 {
    const ROOT_HALF: u32 = 0x3f35_04f3;
    let above = x.to_bits().wrapping_sub(ROOT_HALF);
    let n = above as i32 >> 23;
    let m = f32::from_bits((above & 0x007f_ffff) + ROOT_HALF);
    let s = (m - 1.0) / (m + 1.0);
    let square = s * s;
    let series = 1.0 + square * (1.0 / 3.0 + square * (0.2 + square * (1.0 / 7.0 + square * (1.0 / 9.0))));
    n as f32 * std::f32::consts::LN_2 + 2.0 * s * series
}

/// e^x in f64.
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// Natural logarithm in f64.
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// Base-2 logarithm in f64.
pub fn log2(x: f64) -> f64 {
    libm::log2(x)
}

/// x^y in f64.
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// 2^exponent, of a normal number; `powi` is another one on some targets.
pub(crate) fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((1023 + exponent) as u64) << 52)
}

/// The exponent of a positive number if squares of such numbers, or sums of many of them, leave the range of 32-bit
/// floats.
pub(crate) fn extreme_exponent(x: f32) -> Option<i32> {
    const ORDINARY: std::ops::RangeInclusive<i32> = -30..=50;
    let exponent = ((f64::from(x).to_bits() >> 52) as i32) - 1023;
    (x > 0.0 && !ORDINARY.contains(&exponent)).then_some(exponent)
}

#[cfg(test)]
mod tests {
    #[test]
    fn ln_normal_is_the_logarithm() {
        for i in 0..200_000_u32 {
            let x = f32::from_bits(f32::MIN_POSITIVE.to_bits() + i * 10_613);
            let exact = libm::log(f64::from(x));
            let error = (f64::from(super::ln_normal(x)) - exact).abs() / exact.abs().max(1.0);
            assert!(error < 2.0 * f64::from(f32::EPSILON), "ln({x}) is off by {error}");
        }
    }

    #[test]
    fn exp_neg_is_within_two_ulps_and_monotone_to_zero() {
        for i in 0..200_000 {
            let x = -(i as f32) * 4.3e-4;
            let exact = libm::exp(f64::from(x));
            let error = (f64::from(super::exp_neg(x)) - exact).abs() / exact;
            assert!(error < 2.0 * f64::from(f32::EPSILON), "exp({x}) is off by {error}");
        }
        assert_eq!(super::exp_neg(0.0), 1.0);
        assert_eq!(super::exp_neg(-100.0), 0.0);
        assert_eq!(super::exp_neg(f32::NEG_INFINITY), 0.0);
    }
}
