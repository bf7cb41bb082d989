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
mod counts;
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
mod measure;
mod minkowski;
mod name;
mod poincare;
mod scaled;
mod spearman;
mod squared;
mod symmetric_kl;
mod wasserstein;

pub use column_map::ColumnMap;
pub(crate) use column_map::{factor, inverse_factor};
pub(crate) use counts::{Counts, Share};
pub(crate) use dirichlet::{dirichlet_of, log_beta, log_single_beta};
pub use facts::Kind;
pub(crate) use facts::{Codes, Facts, Growth, Lies, Means};
pub use form::Form;
pub(crate) use form::{Refused, Rest};
pub use kernel::{Kernel, STRIP};
pub use measure::Metric;
pub use name::MetricName;
