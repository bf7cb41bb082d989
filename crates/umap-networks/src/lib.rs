//! Operations on networks, for the module of `ParametricUMAP`: as `umap-wasm` has those on all else.

pub mod answers;
mod networks;
mod training;

use umap_wasm::operation::Entry;

/// All of them.
pub static OPERATIONS: [&[Entry]; 2] = [&training::OPERATIONS, &networks::OPERATIONS];
