//! AlignedUMAP: embeddings of several slices (datasets) that stay comparable, because corresponding rows are
//! drawn to each other while all are laid out together (umap-learn's `AlignedUMAP`).
//!
//! Each slice has the stages of [`UmapFit`] up to its initial layout, which is turned onto that of the slice before; then
//! all are laid out by [`Joint`]. A slice is a [`UmapModel`] in the end.

mod file;
mod fit;
mod model;
mod register;
pub mod relations;
mod start;
mod update;
pub mod weights;

pub use fit::{AlignedFit, AlignedInputs};
pub use model::{AlignedDiagnostics, AlignedModel};
pub use register::{Registered, register};
pub use update::{AlignedUpdate, UpdateRelations};
