//! The parameters of metrics.

use serde::{Deserialize, Serialize};

use super::checks::check;
use crate::error::{Result, UmapError};
use crate::json::{infinity_as_text, number_or_infinity};
use crate::metric::{Metric, MetricName};

/// Parameters of the metric, of those that have some.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename_all = "camelCase", optional_fields = nullable))]
pub struct MetricOptions {
    /// Order of `minkowski`: 1 is `manhattan`, 2 `euclidean`, Infinity `chebyshev`; the larger, the more the columns that
    /// differ most decide. At least 1. Default: 2.
    #[serde(
        deserialize_with = "number_or_infinity",
        serialize_with = "infinity_as_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub p: Option<f64>,
}

impl MetricOptions {
    /// Errs where parameters are out of range, or the metric has none.
    pub(crate) fn check(&self, name: MetricName) -> Result<()> {
        let Some(p) = self.p else { return Ok(()) };
        if name != MetricName::Minkowski {
            let expected = "no value unless the metric is minkowski";
            return Err(UmapError::parameter("metricOptions.p", expected, p));
        }
        let fits = p >= 1.0 && ((p as f32).is_finite() || p == f64::INFINITY);
        check("metricOptions.p", p, fits, "a 32-bit float, at least 1, or Infinity")
    }

    /// The metric with them.
    pub(crate) fn of(&self, name: MetricName) -> Metric {
        match (name, self.p) {
            (MetricName::Minkowski, Some(p)) => Metric::minkowski(p as f32),
            (name, _) => name.into(),
        }
    }
}
