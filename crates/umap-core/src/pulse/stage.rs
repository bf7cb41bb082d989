//! The stages of a computation.

/// The stages of a computation, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Rows are copied in and put into the metric's form.
    Points,
    /// Nearest neighbours.
    Knn,
    /// Fuzzy simplicial set.
    Fuzzy,
    /// Initial layout.
    Init,
    /// Layout.
    Optimize,
    /// A network learns.
    Train,
    /// Local radii, for `outputDens`.
    Radii,
    /// Rows go through a network.
    Transform,
    /// Quality measures.
    Evaluate,
    /// A model becomes a file.
    Save,
    /// A file becomes a model.
    Load,
}
