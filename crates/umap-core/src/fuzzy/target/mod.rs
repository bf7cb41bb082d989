//! What a fit learns from besides the points: labels or numbers of the rows, intersected with their graph (McInnes et al.,
//! umap-learn's supervised and semi-supervised UMAP). What is near in both stays near.
//!
//! Labels weaken edges of the graph that is there, in one pass. Numbers are a space of their own: they get neighbours and a
//! fuzzy set, and what is an edge in either set is one in the intersection. After that every row is fully connected to its
//! nearest again, so that the layout holds each of them as it did before.

mod given;
mod intersect;
mod labels;
mod line;
mod reset;
mod values;

pub use given::{Target, TargetMetric, TargetParams, UNKNOWN};
pub use intersect::intersect;
