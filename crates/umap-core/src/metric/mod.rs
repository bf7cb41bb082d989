//! Metrics: how rows are put into form once, and the kernel that compares two rows in that form.
//!
//! Cosine, correlation and dot become squared Euclidean distance between rows of length 1 (1 - x.y = |x - y|^2 / 2), so
//! four kernels serve seven metrics. Zero rules are umap-learn's (`umap/distances.py`).

mod kernel;

pub use kernel::STRIP;

use serde::{Deserialize, Serialize};

/// How far two rows are from each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Square root of the sum of squared differences.
    #[default]
    #[serde(alias = "l2")]
    Euclidean,
    /// 1 - cosine of the angle, 0 to 2. Two zero rows are at 0, a zero row and another at 1.
    Cosine,
    /// Cosine of the rows less their own means. Constant rows count as zero rows.
    Correlation,
    /// Sum of absolute differences.
    #[serde(alias = "l1", alias = "taxicab")]
    Manhattan,
    /// Greatest absolute difference.
    #[serde(alias = "linfinity", alias = "linfty", alias = "linf")]
    Chebyshev,
    /// 1 - x.y of the rows scaled to length 1, as in pynndescent: the same values as `cosine`.
    Dot,
    /// -x.y: the nearest rows are those with the greatest inner product. Not a metric: distances can be negative.
    InnerProduct,
}

/// What is done to a row before it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Nothing.
    AsIs,
    /// Scaled to length 1; a zero row becomes the unit vector of an extra column.
    Unit,
    /// Less its mean, then as `Unit`.
    CenteredUnit,
}

/// What is accumulated over two rows in their form. Smaller results are nearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KernelKind {
    /// Sum of squared differences.
    SquaredEuclidean,
    /// Sum of absolute differences.
    Manhattan,
    /// Greatest absolute difference.
    Chebyshev,
    /// Minus the inner product.
    InnerProduct,
}

impl Metric {
    /// What is done to rows before they are stored.
    pub fn form(self) -> Form {
        match self {
            Self::Cosine | Self::Dot => Form::Unit,
            Self::Correlation => Form::CenteredUnit,
            Self::Euclidean | Self::Manhattan | Self::Chebyshev | Self::InnerProduct => Form::AsIs,
        }
    }

    /// The kernel for rows in that form.
    pub fn kernel(self) -> KernelKind {
        match self {
            Self::Euclidean | Self::Cosine | Self::Dot | Self::Correlation => KernelKind::SquaredEuclidean,
            Self::Manhattan => KernelKind::Manhattan,
            Self::Chebyshev => KernelKind::Chebyshev,
            Self::InnerProduct => KernelKind::InnerProduct,
        }
    }

    /// The distance, from what the kernel computes.
    #[inline]
    pub fn distance(self, kernel_value: f32) -> f32 {
        match self {
            Self::Euclidean => kernel_value.sqrt(),
            Self::Cosine | Self::Dot | Self::Correlation => kernel_value * 0.5,
            Self::Manhattan | Self::Chebyshev | Self::InnerProduct => kernel_value,
        }
    }

    /// Distance from which on two rows do not count as neighbours, where the caller gives none (umap-learn's table).
    pub fn disconnection_distance(self) -> f32 {
        match self {
            Self::Cosine | Self::Correlation => 2.0,
            _ => f32::INFINITY,
        }
    }
}
