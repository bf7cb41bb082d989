//! UMAP and DensMAP: points to their graph, the graph to its embedding; the model, and its files.

mod file;
mod fit;
mod fit_file;
mod landmarks;
mod model;
mod of_graph;
mod radii;

pub use file::Loaded;
pub use fit::{FitInputs, UmapFit, fit};
pub use fit_file::Unfinished;
pub(crate) use model::Prepared;
pub use model::{Diagnostics, Fitted, UmapModel};
pub use of_graph::{GraphModel, fit_graph};
