//! Points to their fuzzy simplicial set: neighbours, memberships, and what a target adds (UMAP paper, section 3.1).
//!
//! The graph is where the families meet. UMAP and DensMAP lay it out, ParametricUMAP trains networks on it, AlignedUMAP
//! ties the layouts of several together; none of them looks behind it at the points but for starts and new rows.
//! The search for neighbours is most of the time: of a fit of UMAP in two dimensions more than half (MNIST on two threads:
//! 2.1 of 3.2 s). Each stage is kept in a [`Checkpoint`](crate::checkpoint::Checkpoint), so that a cancelled fit, or one
//! that was read from a file, does not find them again.

mod file;
mod fit;
mod given;

pub(crate) use file::{GraphHead, NeighborsHead};
pub use fit::{FittedGraph, FoundNeighbors, GraphFit, GraphInputs};
pub use given::{Asymmetric, given_graph};
