//! The parameters of metrics.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::checks::check;
use crate::error::{Result, UmapError};
use crate::json::{infinity_as_text, number_or_infinity};
use crate::metric::{ColumnMap, Metric, MetricName, factor, inverse_factor};

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
    /// Weights of the columns, for `minkowski`: a column of weight 4 counts as four of weight 1. At least 0. Default: 1.
    #[serde(deserialize_with = "numbers", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional = nullable, type = "readonly number[] | Float32Array | Float64Array"))]
    pub w: Option<Vec<f64>>,
    /// Variances of the columns, for `seuclidean`; the covariance of the columns, a symmetric matrix (rows, or row-major),
    /// for `mahalanobis`. Columns that vary much count less.
    #[serde(rename = "V", deserialize_with = "numbers", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "bindings",
        ts(optional = nullable, type = "readonly number[] | readonly (readonly number[])[] | Float32Array | Float64Array")
    )]
    pub v: Option<Vec<f64>>,
    /// Inverse of the covariance of the columns, for `mahalanobis`: a symmetric, positive definite matrix (rows, or
    /// row-major).
    #[serde(rename = "VI", alias = "vinv", deserialize_with = "numbers", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "bindings",
        ts(optional = nullable, type = "readonly number[] | readonly (readonly number[])[] | Float32Array | Float64Array")
    )]
    pub vi: Option<Vec<f64>>,
    /// The same as `V`, for `seuclidean` (umap-learn's name).
    #[serde(deserialize_with = "numbers", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional = nullable, type = "readonly number[] | Float32Array | Float64Array"))]
    pub sigma: Option<Vec<f64>>,
    /// What `symmetric_kl` adds to each value, so that no share is 0: the smaller, the more a value counts that is 0 in one
    /// row only. Above 0. Default: 1e-11.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub z: Option<f64>,
}

/// A list of numbers, or rows of them.
fn numbers<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Vec<f64>>, D::Error> {
    fn put(value: &Value, all: &mut Vec<f64>) -> Option<()> {
        match value {
            Value::Array(values) => values.iter().try_for_each(|value| put(value, all)),
            value => value.as_f64().map(|x| all.push(x)),
        }
    }
    let (value, mut all) = (Value::deserialize(deserializer)?, Vec::new());
    if value.is_null() {
        return Ok(None);
    }
    match value.is_array().then(|| put(&value, &mut all)).flatten() {
        Some(()) => Ok(Some(all)),
        None => Err(serde::de::Error::custom("expected numbers, or rows of them")),
    }
}

impl MetricOptions {
    /// Errs where parameters are out of range, missing, or the metric's are others.
    pub(crate) fn check(&self, name: MetricName) -> Result<()> {
        // The metrics that all builds have have none, and what is unknown was refused before.
        if !cfg!(feature = "all-metrics") {
            return Ok(());
        }
        let own = names(name);
        let given = [
            ("p", self.p.is_some()),
            ("w", self.w.is_some()),
            ("V", self.v.is_some()),
            ("VI", self.vi.is_some()),
            ("sigma", self.sigma.is_some()),
            ("z", self.z.is_some()),
        ];
        if let Some((other, _)) = given.iter().find(|(option, given)| *given && !own.contains(option)) {
            let label = name.label();
            let has = if own.is_empty() { "none".into() } else { own.join(", ") };
            let expected = format!("the options of {label} ({has})");
            return Err(UmapError::parameter(&format!("metricOptions.{other}"), expected, "a value"));
        }
        self.p.map_or(Ok(()), |p| {
            let fits = p >= 1.0 && ((p as f32).is_finite() || p == f64::INFINITY);
            check("metricOptions.p", p, fits, "a 32-bit float, at least 1, or Infinity")
        })?;
        self.z.map_or(Ok(()), |z| {
            check("metricOptions.z", z, (z as f32).is_normal() && z > 0.0, "a 32-bit float above 0")
        })?;
        for (option, values) in [("w", &self.w), ("V", &self.v), ("sigma", &self.sigma)] {
            let is_matrix = option == "V" && name == MetricName::Mahalanobis;
            for &value in values.iter().flatten().filter(|_| !is_matrix) {
                let fits = value.is_finite() && (value > 0.0 || option == "w" && value == 0.0);
                let expected = if option == "w" { "finite numbers of at least 0" } else { "finite numbers above 0" };
                check(&format!("metricOptions.{option}"), value, fits, expected)?;
            }
        }
        self.check_presence(name)
    }

    fn check_presence(&self, name: MetricName) -> Result<()> {
        let given = |values: [&Option<Vec<f64>>; 2]| values.iter().filter(|values| values.is_some()).count();
        match name {
            MetricName::Seuclidean if given([&self.v, &self.sigma]) != 1 => {
                let got = if self.v.is_some() { "both" } else { "neither" };
                Err(UmapError::parameter(
                    "metricOptions",
                    "V or sigma, the variances of the columns, with seuclidean",
                    got,
                ))
            }
            MetricName::Mahalanobis if given([&self.v, &self.vi]) != 1 => {
                let got = if self.v.is_some() { "both" } else { "neither" };
                let expected = "V, the covariance of the columns, or VI, its inverse, with mahalanobis";
                Err(UmapError::parameter("metricOptions", expected, got))
            }
            MetricName::Mahalanobis => self.matrix().map(|_| ()),
            _ => Ok(()),
        }
    }

    /// By what `mahalanobis` multiplies rows.
    fn matrix(&self) -> Result<Vec<f64>> {
        let (option, values) = match (&self.v, &self.vi) {
            (Some(v), _) => ("metricOptions.V", v),
            (None, vi) => ("metricOptions.VI", vi.as_ref().expect("`check_presence`")),
        };
        let size = values.len().isqrt();
        if size == 0 || size * size != values.len() {
            return Err(UmapError::shape(option, "a square matrix", format!("{} numbers", values.len())));
        }
        let differs = |&(i, j): &(usize, usize)| {
            let (a, b) = (values[i * size + j], values[j * size + i]);
            (a - b).abs() > 1e-9 * a.abs().max(b.abs())
        };
        if let Some((i, j)) = (0..size).flat_map(|i| (0..i).map(move |j| (i, j))).find(differs) {
            let got = format!("{} at [{j}, {i}] and {} at [{i}, {j}]", values[j * size + i], values[i * size + j]);
            return Err(UmapError::parameter(option, "a symmetric matrix", got));
        }
        let factored = if self.v.is_some() { inverse_factor(values, size) } else { factor(values, size) };
        factored.ok_or_else(|| {
            UmapError::parameter(option, "a positive definite matrix", "one that is singular or indefinite")
        })
    }

    /// The metric with them, once they are checked.
    pub(crate) fn of(&self, name: MetricName) -> Metric {
        match name {
            _ if !cfg!(feature = "all-metrics") => name.into(),
            MetricName::Minkowski => {
                let p = self.p.unwrap_or(2.0);
                let metric = Metric::minkowski(p as f32);
                match &self.w {
                    // w^(1/p); of an infinite order, whether there is a weight.
                    Some(w) => metric.of_columns(ColumnMap::Scales(w.iter().map(|&w| root(w, p)).collect())),
                    None => metric,
                }
            }
            MetricName::Seuclidean => {
                let variances = self.v.as_ref().or(self.sigma.as_ref()).expect("checked");
                Metric::Seuclidean.of_columns(ColumnMap::Scales(variances.iter().map(|v| 1.0 / v.sqrt()).collect()))
            }
            MetricName::Mahalanobis => {
                Metric::Mahalanobis.of_columns(ColumnMap::Matrix(self.matrix().expect("checked")))
            }
            MetricName::SymmetricKl => {
                let metric = Metric::from(name);
                self.z.map_or(metric.clone(), |z| metric.with_parameter(z as f32))
            }
            name => name.into(),
        }
    }
}

fn root(w: f64, p: f64) -> f64 {
    match (w == 0.0, p == f64::INFINITY) {
        (true, _) => 0.0,
        (false, true) => 1.0,
        (false, false) => crate::math::pow(w, 1.0 / p),
    }
}

/// The options of a metric.
fn names(name: MetricName) -> &'static [&'static str] {
    match name {
        MetricName::Minkowski => &["p", "w"],
        MetricName::Seuclidean => &["V", "sigma"],
        MetricName::Mahalanobis => &["V", "VI"],
        MetricName::SymmetricKl => &["z"],
        _ => &[],
    }
}
