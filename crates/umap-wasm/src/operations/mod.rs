//! The operations on points, graphs, models, indexes and several datasets. Those on networks are
//! crates/umap-networks'.

mod aligned;
mod evaluate;
mod fit;
mod graph;
mod index;
mod load;
mod neighbors;
mod provoke;
mod save;
mod transform;

pub use aligned::{ALIGNED_FIT, ALIGNED_LOAD, ALIGNED_SAVE, ALIGNED_TRANSFORM, ALIGNED_UPDATE, REGISTER};
pub use evaluate::EVALUATE;
pub use fit::{FIT, RESUME};
pub use graph::{FROM_GRAPH, FUZZY_GRAPH, LAYOUT_FROM};
pub use index::{INDEX_ADD, INDEX_BUILD, INDEX_LOAD, INDEX_QUERY, INDEX_SAVE};
pub use load::LOAD;
pub use neighbors::NEAREST_NEIGHBORS;
pub use provoke::PROVOKE;
pub use save::SAVE;
pub use transform::TRANSFORM;
