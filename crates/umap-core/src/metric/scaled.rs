//! Distances in which columns count differently (`seuclidean`, `mahalanobis`): Euclidean distance of rows that were multiplied by
//! what `metricOptions` say, see [`ColumnMap`](super::ColumnMap).

use super::euclidean;
use super::facts::{Facts, Means};
use super::form::Form;

pub(super) const FACTS: Facts = Facts { means: Means::NearByEuclidean, ..euclidean::FACTS.with_form(Form::MAPPED) };
