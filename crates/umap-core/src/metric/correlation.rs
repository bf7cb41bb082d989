//! Correlation distance: cosine distance of rows less their means.

use super::cosine;
use super::facts::{Facts, Form, Lies};

pub(super) const FACTS: Facts = Facts { form: Form::CenteredUnit, lies: Lies::Rows, ..cosine::FACTS };
