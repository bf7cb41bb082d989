//! Metrics: how rows are put into form once, and the kernel that compares two rows in that form.
//!
//! A metric is a file of this folder, whose [`Facts`] tell the stages what they need to know, and a line of the table below;
//! options, types, docs and files follow. Cosine, correlation, dot and haversine become squared Euclidean distance between
//! rows of length 1 (1 - x.y = |x - y|^2 / 2), so one kernel serves five metrics. Zero rules are umap-learn's
//! (`umap/distances.py`).

mod canberra;
mod chebyshev;
mod correlation;
mod cosine;
mod euclidean;
mod facts;
mod hamming;
mod haversine;
mod inner_product;
mod kernel;
mod manhattan;
mod minkowski;

pub use facts::Form;
pub(crate) use facts::{Codes, Facts, Lies};
pub use kernel::{Kernel, STRIP};

use serde::{Deserialize, Serialize};

macro_rules! metrics {
    ($($(#[doc = $about:literal])* $name:ident: $facts:path $(, also $($alias:literal),+)?;)*) => {
        /// How far two rows are from each other.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
        #[cfg_attr(feature = "bindings", ts(rename = "Metric"))]
        #[serde(rename_all = "snake_case")]
        pub enum MetricName {
            $(
                $(#[doc = $about])*
                $($(#[serde(alias = $alias)])+)?
                $name,
            )*
        }

        impl MetricName {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// And what each is.
            pub const ABOUT: &[&str] = &[$(concat!($($about),*)),*];

            fn facts(self) -> &'static Facts {
                match self {
                    $(Self::$name => &$facts,)*
                }
            }
        }

        #[expect(non_upper_case_globals, reason = "they read as the names that options have for them")]
        impl Metric {
            $(
                /// See [`MetricName`].
                pub const $name: Self = Self { name: MetricName::$name, p: P(2.0f32.to_bits()) };
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
    /// Root of order p of the sum of absolute differences to the power of p (`metricOptions`; 2 if it is not given).
    Minkowski: minkowski::FACTS;
    /// Sum of |x - y| / (|x| + |y|) over the columns, where 0 / 0 counts as 0: for counts, in which small values matter as
    /// much as large ones.
    Canberra: canberra::FACTS;
    /// Share of the columns that differ, 0 to 1: for categories, codes and bits.
    Hamming: hamming::FACTS;
    /// Angle between two positions on a sphere, given as latitude and longitude in radians: times 6371 it is kilometres on Earth.
    /// Rows have these two columns.
    Haversine: haversine::FACTS;
    /// 1 - x.y of the rows scaled to length 1, as in pynndescent: the same values as `cosine`.
    Dot: cosine::DOT;
    /// -x.y: the nearest rows are those with the greatest inner product. Not a metric: distances can be negative.
    InnerProduct: inner_product::FACTS;
}

/// A metric with its parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    name: MetricName,
    /// Of `Minkowski`.
    p: P,
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
            p => Self { p: P(p.to_bits()), ..Self::Minkowski },
        }
    }

    /// Its name in options.
    pub fn name(self) -> MetricName {
        self.name
    }

    /// The order, for Minkowski's distance.
    pub fn p(self) -> Option<f32> {
        (self.name == MetricName::Minkowski).then_some(f32::from_bits(self.p.0))
    }

    /// What the stages ask of it.
    pub(crate) fn facts(self) -> &'static Facts {
        self.name.facts()
    }

    /// Between means of rows in their form, as rows of as many columns.
    pub(crate) fn between_means(self) -> Self {
        match self.facts() {
            Facts { form: Form::Sphere, .. } => Self::Cosine,
            Facts { has_means: false, .. } => Self::Euclidean,
            _ => self,
        }
    }

    /// What is done to rows before they are stored.
    pub fn form(self) -> Form {
        self.facts().form
    }

    /// The kernel for rows in that form.
    pub fn kernel(self) -> Kernel {
        Kernel::new(self.facts().strip, f32::from_bits(self.p.0))
    }

    /// The distance, from what the kernel computes; of some a share of the columns is yet to be taken, see `Points::distance`.
    #[inline]
    pub fn distance(self, kernel_value: f32) -> f32 {
        (self.facts().distance)(kernel_value)
    }

    /// Distance from which on two rows do not count as neighbours, unless the user gives one (umap-learn's table).
    pub fn disconnection_distance(self) -> f32 {
        self.facts().disconnection_distance
    }
}

impl Default for Metric {
    fn default() -> Self {
        Self::Euclidean
    }
}

impl From<MetricName> for Metric {
    /// With the parameter's default.
    fn from(name: MetricName) -> Self {
        match name {
            MetricName::Minkowski => Self::minkowski(2.0),
            name => Self { name, ..Self::Euclidean },
        }
    }
}
