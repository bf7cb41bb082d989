//! What is applied to each value, and its derivative.

use super::describe::Activation;
use crate::math::{exp_m1_neg, normal_below, normal_density, sigmoid, tanh};

impl Activation {
    /// Applies it to all values.
    pub(super) fn apply(self, x: &[f32], y: &mut [f32]) {
        match self {
            Self::Linear => map(x, y, |x| x),
            Self::Relu => map(x, y, |x| if x > 0.0 { x } else { 0.0 }),
            Self::Elu => map(x, y, |x| if x > 0.0 { x } else { exp_m1_neg(x) }),
            Self::Gelu => map(x, y, |x| x * normal_below(x)),
            Self::Tanh => map(x, y, tanh),
            Self::Sigmoid => map(x, y, sigmoid),
        }
    }

    /// Multiplies `dy` by the derivative, where `x` became `y`.
    pub(super) fn backward(self, x: &[f32], y: &[f32], dy: &mut [f32]) {
        match self {
            Self::Linear => {}
            Self::Relu => scale(x, y, dy, |_, y| if y > 0.0 { 1.0 } else { 0.0 }),
            Self::Elu => scale(x, y, dy, |x, y| if x > 0.0 { 1.0 } else { y + 1.0 }),
            Self::Gelu => scale(x, y, dy, |x, _| normal_below(x) + x * normal_density(x)),
            Self::Tanh => scale(x, y, dy, |_, y| 1.0 - y * y),
            Self::Sigmoid => scale(x, y, dy, |_, y| y * (1.0 - y)),
        }
    }
}

#[inline(always)]
fn map(x: &[f32], y: &mut [f32], f: impl Fn(f32) -> f32) {
    y.iter_mut().zip(x).for_each(|(y, &x)| *y = f(x));
}

#[inline(always)]
fn scale(x: &[f32], y: &[f32], dy: &mut [f32], derivative: impl Fn(f32, f32) -> f32) {
    dy.iter_mut().zip(x).zip(y).for_each(|((dy, &x), &y)| *dy *= derivative(x, y));
}
