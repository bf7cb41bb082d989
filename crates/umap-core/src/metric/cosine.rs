//! Cosine distance: rows of length 1, between which half the squared Euclidean distance is 1 less their product.

use super::euclidean;
use super::facts::Facts;
use super::form::Form;

pub(super) const FACTS: Facts = Facts { disconnection_distance: 2.0, ..DOT };

/// The same, which umap-learn has no greatest distance of.
pub(super) const DOT: Facts = Facts { distance: half, ..euclidean::FACTS.with_form(Form::UNIT) };

fn half(kernel_value: f32) -> f32 {
    kernel_value * 0.5
}
