//! Stage 4: fuzzy simplicial set and initial layout to the embedding (UMAP paper, section 3.2 and algorithm 5).
//!
//! Every vertex sums the forces on it from the positions before the epoch (its own edges, and random vertices), then all
//! move at once by Adam. So an epoch is one parallel loop without shared writes, the threads cannot matter, and an epoch
//! needs no per-edge state. Against umap-learn's sequential descent trustworthiness and the share of neighbours kept are
//! higher (see `schedule.rs`).
//!
//! An epoch costs the edges that act in it, each with `negative_sample_rate` random vertices, and a move of every vertex.
//! Force laws are tables by squared distance, so that no power is computed per pair; random vertices are drawn for blocks of
//! vertices, so that repulsion reads memory in order. Kept are the edges with their rates (8 bytes each) and, per coordinate,
//! two positions and Adam's two means.

mod adam;
mod axes;
mod balance;
pub mod density;
mod epoch;
pub mod force;
pub mod joint;
mod layout_state;
mod params;
pub mod radii;
pub mod schedule;
mod tasks;

pub use layout_state::{LayoutProgress, LayoutState};
pub use params::LayoutParams;
