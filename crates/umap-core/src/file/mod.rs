//! Files: the container that all kinds of them share, and typed access to what is in it. What a kind of file holds is
//! written beside what it serialises: `umap/file.rs`, `umap/fit_file.rs`, `aligned/file.rs`, `index/file.rs`.

pub(crate) mod container;
mod read;
mod sections;
mod write;

pub use container::{Dtype, FORMAT, VERSION};
pub use read::{Contents, Reader};
pub(crate) use sections::check_shape;
pub use write::{File, Section};

/// Kinds of files: a fitted model,
pub(crate) const UMAP: &str = "umap";
/// a fit that was interrupted,
pub(crate) const FIT: &str = "umap-fit";
/// several datasets that were embedded together,
pub(crate) const ALIGNED: &str = "aligned";
/// a search index. Those of networks are umap-parametric's.
pub(crate) const INDEX: &str = "neighbor-index";
