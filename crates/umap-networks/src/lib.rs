//! Operations on networks, for the module of `ParametricUMAP`: as `umap-wasm` has those on all else.

pub mod operations;
mod results;
