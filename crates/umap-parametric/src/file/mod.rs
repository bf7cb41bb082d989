//! ParametricUMAP in files: the container of umap-core's models, of the kinds `parametric` and `parametric-fit`.

mod fitted;
mod loaded;
mod trainer;
mod unfinished;

pub use fitted::KIND;
pub use loaded::Loaded;
