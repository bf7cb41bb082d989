//! Squared Euclidean distance.

use super::euclidean;
use super::facts::{Facts, Growth};

pub(super) const FACTS: Facts = Facts { distance: std::convert::identity, growth: Growth::Square, ..euclidean::FACTS };
