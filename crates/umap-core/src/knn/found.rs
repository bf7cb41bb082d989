//! What a search for neighbours returns.

use super::graph::KnnGraph;

/// How neighbours were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum KnnMethod {
    /// By comparing all pairs.
    Exact,
    /// By NN-descent from the cells of a k-means partition.
    NnDescent,
}

/// Neighbours and how good they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbors {
    /// The neighbours.
    pub graph: KnnGraph,
    /// Share of the true neighbours that were found, measured on a sample of rows; 1 if the search was exact. Where there
    /// are rows that 7 bits do not tell from their neighbours, a sample of those is measured too, and this is the lesser.
    pub recall: f64,
    /// How they were found.
    pub method: KnnMethod,
    /// Whether the search ran in 7 bits per value (distances are exact all the same).
    pub quantized: bool,
}
