//! How well an embedding keeps neighbours, measured on sampled rows against all rows, and what it says at large.
//!
//! Trustworthiness is Venna and Kaski's (2001), the share of random triplets Wang et al.'s (2021), the correlation of distances
//! Kobak and Berens' (2019), local radii are compared as in densMAP (Narayan et al. 2021). No measure says all: neighbours can be
//! kept where the arrangement is lost, and the other way round.
//!
//! The cost is rows sampled x all rows x columns, for exact ranks of neighbours: an approximate search would measure itself.
//! Ranks are counted while the distances come by, so that nothing of the size of all rows is sorted; rows are measured in
//! blocks that bound the memory.

mod centroids;
mod density;
mod distances;
mod evaluation;
mod labels;
mod measured;
mod ranks;
mod run;
mod task;
mod triplets;

pub use evaluation::Evaluation;
pub use run::evaluate;
pub use task::Beside;
