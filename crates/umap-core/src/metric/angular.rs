//! The angle between rows as a part of a half turn, 0 to 1. (pynndescent's `true_angular` is 1 less this, a similarity.)

use super::cosine;
use super::facts::Facts;

pub(super) const FACTS: Facts = Facts { distance: angle, ..cosine::DOT };

/// Of the squared chord between rows of length 1.
fn angle(squared: f32) -> f32 {
    let half_chord = f64::from(squared).sqrt() / 2.0;
    (libm::asin(if half_chord < 1.0 { half_chord } else { 1.0 }) * std::f64::consts::FRAC_2_PI) as f32
}
