//! The WebAssembly module of `ParametricUMAP`, which nothing else loads.

pub use umap_wasm::*;

use operation::Entry;
use operations::PROVOKE;
use umap_networks::operations::{
    FIT, INVERSE_TRANSFORM, LOAD, ONNX, PARTIAL_FIT, RESUME, SAVE, SET_WEIGHTS, TRANSFORM, WEIGHTS,
};
use wasm_bindgen::prelude::*;

static OPERATIONS: [&Entry; 11] = [
    &FIT,
    &PARTIAL_FIT,
    &RESUME,
    &TRANSFORM,
    &INVERSE_TRANSFORM,
    &WEIGHTS,
    &SET_WEIGHTS,
    &SAVE,
    &ONNX,
    &LOAD,
    &PROVOKE,
];

/// Called once for each memory, before anything else.
#[wasm_bindgen]
pub fn initialize() {
    start(&OPERATIONS);
}
