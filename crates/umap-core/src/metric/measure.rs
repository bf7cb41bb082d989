//! A metric as the stages have it.

use std::sync::Arc;

use super::column_map::ColumnMap;
use super::counts::Share;
use super::facts::{Facts, Growth, Kind, Lies, Means};
use super::form::{Form, Given, Refused};
use super::kernel::{Kernel, Parameters};
use super::name::MetricName;
use crate::error::{Result, UmapError};

/// A metric with its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    name: MetricName,
    /// The order of `Minkowski`, or z of `SymmetricKl`.
    p: P,
    /// What rows are multiplied by.
    columns: Option<Arc<ColumnMap>>,
}

/// The bits of a float that is not NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct P(u32);

impl Metric {
    /// Minkowski's, of order `p`, at least 1; those of orders that have a name are the metrics of that name.
    pub fn minkowski(p: f32) -> Self {
        match p {
            1.0 => Self::Manhattan,
            2.0 => Self::Euclidean,
            f32::INFINITY => Self::Chebyshev,
            p => Self::Minkowski.with_parameter(p),
        }
    }

    /// With another number as its parameter.
    pub(crate) fn with_parameter(self, p: f32) -> Self {
        Self { p: P(p.to_bits()), ..self }
    }

    /// Between rows that are multiplied by something first.
    #[must_use]
    pub fn of_columns(self, map: ColumnMap) -> Self {
        Self { columns: Some(Arc::new(map)), ..self }
    }

    /// Its name in options.
    pub fn name(&self) -> MetricName {
        self.name
    }

    /// Its name as options have it, for messages.
    pub fn label(&self) -> String {
        self.name.label()
    }

    /// The order, for Minkowski's distance.
    pub fn p(&self) -> Option<f32> {
        (self.name == MetricName::Minkowski).then_some(self.parameter())
    }

    /// Whether it has a number as its parameter.
    pub(crate) fn has_parameter(&self) -> bool {
        matches!(self.name, MetricName::Minkowski | MetricName::SymmetricKl)
    }

    /// Whether it is nothing without numbers of the columns.
    pub(crate) fn needs_columns(&self) -> bool {
        matches!(self.name, MetricName::Seuclidean | MetricName::Mahalanobis)
    }

    /// Its number, where it has one.
    pub(crate) fn parameter(&self) -> f32 {
        f32::from_bits(self.p.0)
    }

    /// What rows are multiplied by.
    pub(crate) fn columns(&self) -> Option<&ColumnMap> {
        self.columns.as_deref()
    }

    /// What the stages ask of it.
    pub(crate) fn facts(&self) -> &'static Facts {
        self.name.facts()
    }

    /// What rows consist of.
    pub fn kind(&self) -> Kind {
        self.name.facts().kind
    }

    /// Of a metric of counts, the distance from them.
    pub(crate) fn share(&self) -> Option<Share> {
        self.facts().share
    }

    /// The distance between rows of so many columns, from what the kernel computes of rows that are in no frame.
    pub(crate) fn distance_of(&self, kernel_value: f32, cols: usize) -> f32 {
        let share = if self.facts().growth == Growth::Count { 1.0 / cols as f32 } else { 1.0 };
        self.distance(kernel_value) * share
    }

    /// Errs unless its numbers of the columns, if it has some, are of so many.
    pub(crate) fn check_columns(&self, cols: usize) -> Result<()> {
        match self.columns().filter(|map| map.cols() != cols) {
            None => Ok(()),
            Some(map) => {
                let expected = format!("numbers of {cols} columns, as points have");
                Err(UmapError::shape("metricOptions", expected, format!("of {}", map.cols())))
            }
        }
    }

    /// Parameters that its form needs.
    pub(crate) fn given(&self) -> Given<'_> {
        Given { p: self.parameter(), columns: self.columns() }
    }

    /// What may be taken from values before they are rounded.
    pub(crate) fn lies(&self) -> Lies {
        if self.columns.is_some() { Lies::Nowhere } else { self.facts().lies }
    }

    /// Between means of rows in their form, as rows of as many columns.
    pub(crate) fn between_means(&self) -> Self {
        match self.facts().means {
            Means::Near => Self { columns: None, ..self.clone() },
            Means::NearByCosine => Self::Cosine,
            Means::NearByEuclidean | Means::Unlike => Self::Euclidean,
        }
    }

    /// What is done to rows before they are stored.
    pub fn form(&self) -> Form {
        if self.columns.is_some() { Form::MAPPED } else { self.facts().form }
    }

    /// The kernel for rows of so many columns, in that form.
    pub fn kernel(&self, cols: usize) -> Kernel {
        let Facts { strip, share, .. } = *self.facts();
        Kernel::new(strip, Parameters { p: self.parameter(), cols: cols as u32, share })
    }

    /// The distance, from what the kernel computes; of some a share of the columns is yet to be taken, see `Points::distance`.
    #[inline]
    pub fn distance(&self, kernel_value: f32) -> f32 {
        (self.facts().distance)(kernel_value)
    }

    /// Distance from which on two rows do not count as neighbours, unless the user gives one (umap-learn's table).
    pub fn disconnection_distance(&self) -> f32 {
        self.facts().disconnection_distance
    }
}

impl Default for Metric {
    fn default() -> Self {
        Self::Euclidean
    }
}

impl From<MetricName> for Metric {
    /// With the parameters' defaults.
    fn from(name: MetricName) -> Self {
        match name {
            MetricName::Minkowski => Self::minkowski(2.0),
            name => Self { name, ..Self::Euclidean }.with_parameter(f32::from_bits(name.default_parameter())),
        }
    }
}

impl Refused {
    /// With the metric, and the row and column and value that it has no distance for.
    pub(crate) fn error(self, metric: &Metric, [row, col]: [usize; 2], value: f32) -> UmapError {
        let got = format!("points[{row}, {col}] = {value}");
        UmapError::parameter("points", format!("{} with {}", self.expected, metric.label()), got)
    }
}

/// Names as options have them.
macro_rules! constants {
    ($($name:ident),*) => {
        #[expect(non_upper_case_globals, reason = "they read as the names that options have for them")]
        impl Metric {
            $(
                /// See [`MetricName`].
                pub const $name: Self = Self { name: MetricName::$name, p: P(MetricName::$name.default_parameter()), columns: None };
            )*
        }
    };
}

constants! {
    Euclidean, Cosine, Correlation, Manhattan, Chebyshev, Minkowski, Seuclidean, Mahalanobis, Sqeuclidean, Canberra, Braycurtis, Hamming, Haversine, Hellinger, SoftmaxHellinger, SymmetricKl, Wasserstein1d, LlDirichlet, Poincare, Spearmanr, TrueAngular, Matching, Jaccard, Dice, Kulsinski, Rogerstanimoto, Russellrao, Sokalsneath, Yule, BitHamming, BitJaccard, Levenshtein, Precomputed, Dot, InnerProduct
}
