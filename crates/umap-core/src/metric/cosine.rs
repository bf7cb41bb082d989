//! Cosine distance: rows of length 1, between which half the squared Euclidean distance is 1 less their product.

use super::euclidean;
use super::facts::{Facts, Form, Lies};

pub(super) const FACTS: Facts = Facts { disconnection_distance: 2.0, ..DOT };

/// The same, which umap-learn has no greatest distance of.
pub(super) const DOT: Facts = Facts { form: Form::Unit, distance: half, lies: Lies::Nowhere, ..euclidean::FACTS };

fn half(kernel_value: f32) -> f32 {
    kernel_value * 0.5
}
