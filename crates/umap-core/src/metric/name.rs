//! The table of metrics: their names in options, what they are, and what the stages ask of them.

use serde::{Deserialize, Serialize};

use super::angular;
use super::bray_curtis;
use super::canberra;
use super::chebyshev;
use super::correlation;
use super::cosine;
use super::counted;
use super::dirichlet;
use super::euclidean;
use super::facts::{self, Facts};
use super::hamming;
use super::haversine;
use super::hellinger;
use super::inner_product;
use super::manhattan;
use super::minkowski;
use super::poincare;
use super::scaled;
use super::spearman;
use super::squared;
use super::symmetric_kl;
use super::wasserstein;

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

            pub(super) fn facts(self) -> &'static Facts {
                match self {
                    $(Self::$name if Self::$name.is_compiled() => &$facts,)*
                    _ => unreachable!("there are no points of other metrics (`PointsBuilder::new`)"),
                }
            }
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
    pub(super) const fn default_parameter(self) -> u32 {
        match self {
            Self::SymmetricKl => symmetric_kl::Z.to_bits(),
            _ => 2.0f32.to_bits(),
        }
    }
}
