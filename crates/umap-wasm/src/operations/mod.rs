//! The operations on points, graphs, models, indexes and several datasets. Those on networks are
//! crates/umap-networks'.

mod aligned;
mod evaluate;
mod fit;
mod graph;
mod index;
mod model;
mod neighbors;
pub mod provoke;

use crate::operation::Entry;

/// All of them.
pub static ALL: [&[Entry]; 8] = [
    &fit::OPERATIONS,
    &model::OPERATIONS,
    &graph::OPERATIONS,
    &neighbors::OPERATIONS,
    &evaluate::OPERATIONS,
    &index::OPERATIONS,
    &aligned::OPERATIONS,
    &provoke::OPERATIONS,
];
