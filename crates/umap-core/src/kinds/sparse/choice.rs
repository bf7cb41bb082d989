//! Which scheme a metric has.

use std::sync::Arc;

use super::ends::{Correlation, Dirichlet, Truth};
use super::scheme::{Rare, RowFacts, Scheme};
use super::sums;
use crate::error::{Result, UmapError};
use crate::metric::{Metric, MetricName};

/// The scheme of a metric between rows of so many columns, unless a loop is compiled for it.
pub(super) fn rare(metric: &Metric, cols: usize) -> Option<Rare> {
    Some(match metric.name() {
        MetricName::Manhattan => Box::new(sums::Absolute),
        MetricName::Minkowski => Box::new(sums::Powers(metric.parameter().into())),
        MetricName::Canberra => Box::new(sums::Canberra),
        MetricName::Braycurtis => Box::new(sums::BrayCurtis),
        MetricName::Hamming => Box::new(sums::Hamming),
        MetricName::InnerProduct => Box::new(sums::InnerProduct),
        MetricName::Correlation => Box::new(Correlation(cols as f64)),
        MetricName::LlDirichlet => Box::new(Dirichlet),
        _ => Box::new(Truth { share: metric.share()?, all: cols as f64 }),
    })
}

/// Calls `$then` with the scheme of a metric.
macro_rules! with_scheme {
    ($metric:expr, $cols:expr, $then:expr) => {
        match $crate::kinds::sparse::choice::rare(&$metric, $cols) {
            Some(scheme) => $then(scheme),
            None => $then($crate::kinds::sparse::sums::Squares { has_axis: $metric.form().has_axis() }),
        }
    };
}
pub(super) use with_scheme;

/// Errs unless there is a scheme for the metric.
pub(super) fn check(metric: &Metric) -> Result<()> {
    use MetricName::{Haversine, Mahalanobis, Poincare, SoftmaxHellinger, Spearmanr, SymmetricKl, Wasserstein1d};
    match metric.name() {
        Haversine | Mahalanobis | Poincare | SoftmaxHellinger | Spearmanr | SymmetricKl | Wasserstein1d => {
            let expected = "a metric of sparse rows: this one would compare zeros too, so make the rows dense";
            Err(UmapError::parameter("metric", expected, metric.label()))
        }
        _ => Ok(()),
    }
}

/// What is summed over each row alone.
pub(super) fn facts<'a>(metric: &Metric, rows: impl Iterator<Item = &'a [f32]>) -> Arc<[RowFacts]> {
    fn of<'a, S: Scheme>(scheme: &S, rows: impl Iterator<Item = &'a [f32]>) -> Arc<[RowFacts]> {
        let of_row = |row: &[f32]| {
            let mut facts = RowFacts { count: row.len() as u32, own: scheme.own(row), ..RowFacts::default() };
            for &x in row {
                let alone = scheme.alone(x.into());
                facts.alone[0] += alone[0];
                facts.alone[1] += alone[1];
            }
            facts
        };
        rows.map(of_row).collect()
    }
    // The greatest difference is no sum.
    if metric.name() == MetricName::Chebyshev {
        return rows.map(|row| RowFacts { count: row.len() as u32, ..RowFacts::default() }).collect();
    }
    // No scheme's sums of one row depend on the number of columns.
    with_scheme!(*metric, 0, |scheme| of(&scheme, rows))
}
