//! Hellinger distance of rows as shares of their sums: the square roots of the shares are rows of length 1, and the distance
//! is their Euclidean distance divided by the root of 2.

use super::euclidean;
use super::facts::Facts;
use super::form::{Form, Given, Refused, check_not_negative, unit};

pub(super) const FACTS: Facts = Facts {
    distance: half_root,
    disconnection_distance: 1.0,
    ..euclidean::FACTS.with_form(Form::of(roots).with_axis())
};

/// Of the softmax of rows.
pub(super) const SOFTMAX: Facts =
    Facts { disconnection_distance: f32::INFINITY, ..FACTS.with_form(Form::of(roots_of_softmax).with_axis()) };

fn half_root(squared: f32) -> f32 {
    (squared * 0.5).sqrt()
}

fn roots(row: &mut [f32], cols: usize, _: &Given) -> Result<(), Refused> {
    check_not_negative(&row[..cols])?;
    row[..cols].iter_mut().for_each(|x| *x = x.sqrt());
    unit(row, cols, 0.0)
}

/// Half of each value is the logarithm of its root.
fn roots_of_softmax(row: &mut [f32], cols: usize, _: &Given) -> Result<(), Refused> {
    let greatest = row[..cols].iter().fold(f32::NEG_INFINITY, |greatest, &x| greatest.max(x));
    row[..cols].iter_mut().for_each(|x| *x = libm::exp(0.5 * (f64::from(*x) - f64::from(greatest))) as f32);
    unit(row, cols, 0.0)
}
