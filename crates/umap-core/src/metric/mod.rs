//! Metrics: how rows are put into form once, and the kernel that compares two rows in that form.
//!
//! A metric is a file of this folder, whose [`Facts`] tell the stages what they need to know, and a line of the table below;
//! options, types, docs and files follow. Cosine, correlation, dot and haversine become squared Euclidean distance between
//! rows of length 1 (1 - x.y = |x - y|^2 / 2), so one kernel serves five metrics. Zero rules are umap-learn's
//! (`umap/distances.py`).

mod angular;
mod bray_curtis;
mod canberra;
mod chebyshev;
mod column_map;
mod correlation;
mod cosine;
mod counted;
mod dirichlet;
mod euclidean;
mod facts;
mod form;
mod hamming;
mod haversine;
mod hellinger;
mod inner_product;
mod kernel;
mod manhattan;
mod minkowski;
mod poincare;
mod scaled;
mod spearman;
mod squared;
mod symmetric_kl;
mod wasserstein;

pub use column_map::ColumnMap;
pub(crate) use column_map::{factor, inverse_factor};
pub(crate) use counted::{Counts, Share};
pub(crate) use dirichlet::{dirichlet_of, log_beta, log_single_beta};
pub use facts::Kind;
pub(crate) use facts::{Codes, Facts, Growth, Lies, Means};
pub use form::Form;
pub(crate) use form::{Refused, Rest};
pub use kernel::{Kernel, STRIP};

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use kernel::Parameters;

macro_rules! metrics {
    ($($(#[doc = $about:literal])* $(#[serde($named:meta)])? $name:ident: $facts:path $(, also $($alias:literal),+)?;)*) => {
        /// How far two rows are from each other.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
        #[cfg_attr(feature = "bindings", ts(rename = "Metric"))]
        #[serde(rename_all = "snake_case")]
        pub enum MetricName {
            $(
                $(#[doc = $about])*
                $(#[serde($named)])?
                $($(#[serde(alias = $alias)])+)?
                $name,
            )*
        }

        impl MetricName {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// Other names that some have.
            pub const ALIASES: &[(&str, Self)] = &[$($($(($alias, Self::$name)),+,)?)*];
            /// What each is.
            pub const ABOUT: &[&str] = &[$(concat!($($about),*)),*];

            fn facts(self) -> &'static Facts {
                match self {
                    $(Self::$name if Self::$name.is_compiled() => &$facts,)*
                    _ => unreachable!("there are no points of other metrics (`PointsBuilder::new`)"),
                }
            }
        }

        #[expect(non_upper_case_globals, reason = "they read as the names that options have for them")]
        impl Metric {
            $(
                /// See [`MetricName`].
                pub const $name: Self = Self { name: MetricName::$name, p: P(MetricName::$name.default_parameter()), columns: None };
            )*
        }
    };
}

metrics! {
    /// Square root of the sum of squared differences.
    Euclidean: euclidean::FACTS, also "l2";
    /// 1 - cosine of the angle, 0 to 2. Two zero rows are at 0, a zero row and another at 1.
    Cosine: cosine::FACTS;
    /// Cosine of the rows less their own means. Constant rows count as zero rows.
    Correlation: correlation::FACTS;
    /// Sum of absolute differences.
    Manhattan: manhattan::FACTS, also "l1", "taxicab";
    /// Greatest absolute difference.
    Chebyshev: chebyshev::FACTS, also "linfinity", "linfty", "linf";
    /// Root of order p of the sum of w |x - y|^p (`metricOptions`; `p` is 2 and each column's weight `w` is 1 if they are not
    /// given).
    Minkowski: minkowski::FACTS, also "wminkowski", "weighted_minkowski";
    /// Square root of the sum of (x - y)^2 / V, where `V` (or `sigma`) in `metricOptions` are the variances of the columns.
    Seuclidean: scaled::FACTS, also "standardised_euclidean", "standardized_euclidean";
    /// Square root of d' VI d of the difference d, where `metricOptions` give the matrix `VI`, or its inverse `V`, the covariance
    /// of the columns.
    Mahalanobis: scaled::FACTS;
    /// Sum of squared differences: neighbours as by `euclidean`, at distances that grow faster.
    Sqeuclidean: squared::FACTS;
    /// Sum of |x - y| / (|x| + |y|) over the columns, where 0 / 0 counts as 0: for counts, in which small values matter as
    /// much as large ones.
    Canberra: canberra::FACTS;
    /// Sum of |x - y| divided by the sum of |x + y|, 0 where both are 0: for abundances.
    Braycurtis: bray_curtis::FACTS;
    /// Share of the columns that differ, 0 to 1: for categories, codes and bits.
    Hamming: hamming::FACTS;
    /// Angle between two positions on a sphere, given as latitude and longitude in radians: times 6371 it is kilometres on Earth.
    /// Rows have these two columns.
    Haversine: haversine::FACTS;
    /// Hellinger distance of rows as shares of their sums, 0 to 1: for counts and histograms. Values are at least 0. Two zero
    /// rows are at 0, a zero row and another at 1.
    Hellinger: hellinger::FACTS;
    /// `hellinger` of the softmax of rows: for logits.
    SoftmaxHellinger: hellinger::SOFTMAX;
    /// Half the Kullback-Leibler divergences of rows as shares of their sums, one way and the other, after `z` (1e-11) was added
    /// to each value. Values are at least 0.
    SymmetricKl: symmetric_kl::FACTS;
    /// Earth mover's distance of rows as histograms whose bins are one apart. Values are at least 0.
    #[serde(rename = "wasserstein_1d")]
    Wasserstein1d: wasserstein::FACTS, also "kantorovich_1d";
    /// Log-likelihood distance of rows as counts of a Dirichlet-multinomial model (umap-learn's). Values are at least 0.
    LlDirichlet: dirichlet::FACTS;
    /// Distance in the Poincaré ball, between rows shorter than 1.
    Poincare: poincare::FACTS;
    /// Correlation of the ranks of the values in their rows: 1 - Spearman's coefficient, 0 to 2.
    Spearmanr: spearman::FACTS;
    /// Angle between rows divided by a half turn, 0 to 1.
    TrueAngular: angular::FACTS;
    /// Share of the columns that are true (not 0) in one of two rows only.
    Matching: counted::MATCHING;
    /// Of the columns that are true in one of two rows or both, the share that is true in one only; 0 of two zero rows.
    Jaccard: counted::JACCARD;
    /// As `jaccard`, where columns that are true in both count twice.
    Dice: counted::DICE;
    /// umap-learn's: (d - t + n) / (d + n) of n columns, d of which differ and t are true in both; 0 if none differs.
    Kulsinski: counted::KULSINSKI;
    /// 2d / (n + d) of n columns, d of which differ in truth.
    Rogerstanimoto: counted::ROGERSTANIMOTO, also "sokalmichener";
    /// Share of the columns that are not true in both rows; 0 of rows that are true in the same.
    Russellrao: counted::RUSSELLRAO;
    /// As `jaccard`, where columns that are true in both count half.
    Sokalsneath: counted::SOKALSNEATH;
    /// 2ab / (tf + ab) of columns that are true in the first row only (a), in the second only (b), in both (t), in neither (f).
    Yule: counted::YULE;
    /// Number of bits that differ between rows of packed bits (a Uint8Array).
    BitHamming: facts::BITS;
    /// Of the bits that are set in one of two rows of packed bits (a Uint8Array) or both, the share that is set in one only.
    BitJaccard: facts::BITS_UP_TO_1;
    /// Least number of code points to insert, delete or replace that make one string of the other. Rows are strings.
    Levenshtein: facts::STRINGS;
    /// Distances that are known: rows are those of a matrix of distances, all or some.
    Precomputed: facts::DISTANCES;
    /// 1 - x.y of the rows scaled to length 1, as in pynndescent: the same values as `cosine`.
    Dot: cosine::DOT;
    /// -x.y: the nearest rows are those with the greatest inner product. Not a metric: distances can be negative.
    InnerProduct: inner_product::FACTS;
}

impl MetricName {
    /// The name as options have it.
    pub fn label(self) -> String {
        crate::json::text(&self).trim_matches('"').into()
    }

    /// Whether this build has its kernel: all builds have that of Euclidean distance, which serves four.
    pub(crate) const fn is_compiled(self) -> bool {
        cfg!(feature = "all-metrics") || matches!(self, Self::Euclidean | Self::Cosine | Self::Correlation | Self::Dot)
    }

    /// Bits of the parameter where the user gives none.
    const fn default_parameter(self) -> u32 {
        match self {
            Self::SymmetricKl => symmetric_kl::Z.to_bits(),
            _ => 2.0f32.to_bits(),
        }
    }
}

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

    /// What may be taken from values before they are rounded.
    pub(crate) fn lies(&self) -> Lies {
        if self.columns.is_some() { Lies::Nowhere } else { self.facts().lies }
    }

    /// Between means of rows in their form, as rows of as many columns.
    pub(crate) fn between_means(&self) -> Self {
        match self.facts().means {
            Means::Near => Self { columns: None, ..self.clone() },
            Means::NearBy(name) => name.into(),
            Means::Unlike => Self::Euclidean,
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
