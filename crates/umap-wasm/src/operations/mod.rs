//! The operations on points, graphs, models, indexes and several datasets. Those on networks are
//! crates/umap-parametric-module's.

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

pub use aligned::{AlignedFitOperation, AlignedLoad, AlignedSave, AlignedTransform, AlignedUpdateOperation, Register};
pub use evaluate::Evaluate;
pub use fit::{Fit, Resume};
pub use graph::{FromGraph, GraphOf, LayoutFrom};
pub use index::{IndexAdd, IndexBuild, IndexLoad, IndexQuery, IndexSave};
pub use load::Load;
pub use neighbors::NearestNeighbors;
pub use provoke::Provoke;
pub use save::Save;
pub use transform::Transform;
