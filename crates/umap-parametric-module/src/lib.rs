//! The WebAssembly module of `ParametricUMAP`, which nothing else loads.

pub use umap_wasm::*;

use operation::Entry;
use wasm_bindgen::prelude::*;

static OPERATIONS: [&[Entry]; 3] =
    [umap_networks::OPERATIONS[0], umap_networks::OPERATIONS[1], &operations::provoke::OPERATIONS];

/// Called once for each memory, before anything else.
#[wasm_bindgen]
pub fn initialize() {
    start(&OPERATIONS);
}
