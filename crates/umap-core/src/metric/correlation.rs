//! Correlation distance: cosine distance of rows less their means.

use super::cosine;
use super::facts::{Facts, Lies};
use super::form::Form;

pub(super) const FACTS: Facts = Facts { form: Form::CENTERED_UNIT, lies: Lies::Rows, ..cosine::FACTS };
