//! Functions of 32-bit floats that are the same bits on every platform.

use umap_core::math::exp_neg;

/// e^-|x|.
#[inline(always)]
fn exp_minus_abs(x: f32) -> f32 {
    exp_neg(-x.abs())
}

/// 1 / (1 + e^-x).
#[inline(always)]
pub(crate) fn sigmoid(x: f32) -> f32 {
    let e = exp_minus_abs(x);
    let above = 1.0 / (1.0 + e);
    if x < 0.0 { e * above } else { above }
}

/// Hyperbolic tangent.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let e = exp_minus_abs(2.0 * x);
    let size = (1.0 - e) / (1.0 + e);
    if x < 0.0 { -size } else { size }
}

/// e^x - 1 for x <= 0.
#[inline(always)]
pub(crate) fn exp_m1_neg(x: f32) -> f32 {
    exp_neg(x) - 1.0
}

/// The share of the standard normal distribution below x, within 1e-7 (Abramowitz and Stegun 1964, 7.1.26).
#[inline(always)]
pub(crate) fn normal_below(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let mut p = 1.061_405_4;
    for c in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
        p = p * t + c;
    }
    let beyond = 0.5 * p * t * exp_neg(-z * z);
    if x < 0.0 { beyond } else { 1.0 - beyond }
}

/// Density of the standard normal distribution.
#[inline(always)]
pub(crate) fn normal_density(x: f32) -> f32 {
    0.398_942_3 * exp_neg(-0.5 * x * x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_what_their_names_say() {
        for i in -4000..=4000 {
            let x = i as f32 * 5e-3;
            let wide = f64::from(x);
            let near =
                |found: f32, exact: f64| assert!((f64::from(found) - exact).abs() < 3e-7, "{x}: {found} {exact}");
            near(sigmoid(x), 1.0 / (1.0 + libm::exp(-wide)));
            near(tanh(x), libm::tanh(wide));
            near(normal_below(x), 0.5 * libm::erfc(-wide * std::f64::consts::FRAC_1_SQRT_2));
            near(normal_density(x), libm::exp(-0.5 * wide * wide) / (2.0 * std::f64::consts::PI).sqrt());
            near(exp_m1_neg(-x.abs()), libm::expm1(-wide.abs()));
        }
        assert_eq!((sigmoid(-200.0), tanh(-200.0), tanh(200.0)), (0.0, -1.0, 1.0));
    }
}
