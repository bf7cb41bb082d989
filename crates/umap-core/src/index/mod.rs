//! A search index: the nearest of its rows for rows that need not be in it.
//!
//! Few rows are all compared with the query. Many are joined by a graph with edges to near rows in different
//! directions, in which a search goes from row to nearer row, in 7 bits where they serve; what it finds is put in order by exact
//! distances.

mod add;
mod exact;
mod file;
mod fit;
mod graph;
mod links;
mod neighbor_index;
mod outside;
mod parts;
mod query_keys;
mod reach;
mod search;
mod starts;

pub use neighbor_index::{IndexDiagnostics, IndexMethod, NeighborIndex};
pub use parts::{GraphParts, IndexParts};
