//! What a caller gives to learn from, and how it counts.

use serde::{Deserialize, Serialize};

use crate::error::{Result, UmapError};
use crate::matrix::check_finite;
use crate::metric::Metric;
use crate::points::Points;

/// Marks a row without a label (-1 as a signed number).
pub const UNKNOWN: u32 = u32::MAX;

/// A target of every row.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// The number of a class, or [`UNKNOWN`].
    Labels(Vec<u32>),
    /// Numbers, row-major.
    Values {
        /// rows x `cols` of them.
        data: Vec<f32>,
        /// Numbers per row.
        cols: usize,
    },
}

/// How far two targets are from each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TargetMetric {
    /// Targets are labels, the same or not.
    #[default]
    Categorical,
    /// Targets are numbers, as are all below: square root of the sum of squared differences.
    #[serde(alias = "l2")]
    Euclidean,
    /// Sum of absolute differences.
    #[serde(alias = "l1", alias = "taxicab")]
    Manhattan,
    /// Greatest absolute difference.
    #[serde(alias = "linfinity", alias = "linfty", alias = "linf")]
    Chebyshev,
    /// 1 - cosine of the angle; for two and more numbers per row.
    Cosine,
    /// Cosine of the rows less their own means; for two and more numbers per row.
    Correlation,
}

/// How a target counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TargetParams {
    /// How far two targets are from each other.
    pub metric: TargetMetric,
    /// Between the points alone (0) and the target alone (1).
    pub weight: f64,
    /// Neighbours of a target that is numbers, itself included.
    pub n_neighbors: usize,
    /// For the search among targets of several numbers.
    pub seed: u32,
}

impl TargetMetric {
    /// The metric of numbers; none for labels.
    pub(super) fn of_values(self) -> Option<Metric> {
        Some(match self {
            Self::Categorical => return None,
            Self::Euclidean => Metric::Euclidean,
            Self::Manhattan => Metric::Manhattan,
            Self::Chebyshev => Metric::Chebyshev,
            Self::Cosine => Metric::Cosine,
            Self::Correlation => Metric::Correlation,
        })
    }

    fn refused(self, expected: &str) -> UmapError {
        UmapError::parameter("targetMetric", expected, format!("{self:?}").to_ascii_lowercase())
    }
}

impl Target {
    /// Numbers of up to 64 bits. Where only differences count, 32-bit floats keep them as they keep points: times in
    /// milliseconds, say, less an offset.
    pub fn of_numbers(data: &[f64], cols: usize, metric: TargetMetric) -> Result<Self> {
        let rounded = |data: &[f64]| data.iter().map(|&x| x as f32).collect();
        let metric = metric.of_values().filter(|metric| metric.form().is_as_is());
        let Some(metric) = metric.filter(|_| cols > 0 && !data.is_empty() && data.len().is_multiple_of(cols)) else {
            return Ok(Self::Values { data: rounded(data), cols });
        };
        let points = Points::from_slice(data, data.len() / cols, cols, metric).map_err(|error| match error {
            UmapError::NotFinite { row, col, value, .. } => UmapError::NotFinite { what: "target", row, col, value },
            error => error,
        })?;
        let mut scratch = Vec::new();
        let mut row = |row: usize| points.read([row as u32], &mut scratch)[0][..cols].to_vec();
        Ok(Self::Values { data: (0..points.rows()).flat_map(&mut row).collect(), cols })
    }

    /// Errs unless it is a target of so many rows that `metric` fits; the number of rows whose target is known.
    pub fn check(&self, rows: usize, metric: TargetMetric) -> Result<u32> {
        match self {
            Self::Labels(labels) => {
                if metric != TargetMetric::Categorical {
                    return Err(metric.refused("categorical, for labels"));
                }
                check_rows(rows, labels.len())?;
                match labels.iter().filter(|&&label| label != UNKNOWN).count() {
                    0 => Err(UmapError::parameter("target", "at least one labelled row", "no label")),
                    known => Ok(known as u32),
                }
            }
            Self::Values { data, cols } => {
                if metric == TargetMetric::Categorical {
                    return Err(metric.refused("a metric of numbers, such as euclidean"));
                }
                if *cols == 0 || !data.len().is_multiple_of(*cols) {
                    let got = format!("{} numbers in {cols} columns", data.len());
                    return Err(UmapError::shape("target", "whole rows of at least 1 number", got));
                }
                check_rows(rows, data.len() / cols)?;
                if *cols == 1 && matches!(metric, TargetMetric::Cosine | TargetMetric::Correlation) {
                    return Err(metric.refused("euclidean, manhattan or chebyshev, for one number per row"));
                }
                check_finite("target", data, *cols)?;
                Ok(rows as u32)
            }
        }
    }
}

fn check_rows(rows: usize, got: usize) -> Result<()> {
    if got == rows {
        return Ok(());
    }
    Err(UmapError::shape("target", format!("{rows} rows, as many as the points have"), got.to_string()))
}
