//! The WebAssembly module. A crate of its own, because `umap-wasm` is optimised for size and the crate that is linked decides
//! how all of them are optimised together: with that in one crate epochs of a layout took four times as long. What is generic
//! is made where it is used: operations are made there, and only listed here.

pub use umap_wasm::*;

use operation::Entry;
use operations::{
    ALIGNED_FIT, ALIGNED_LOAD, ALIGNED_SAVE, ALIGNED_TRANSFORM, ALIGNED_UPDATE, EVALUATE, FIT, FROM_GRAPH, FUZZY_GRAPH,
    INDEX_ADD, INDEX_BUILD, INDEX_LOAD, INDEX_QUERY, INDEX_SAVE, LAYOUT_FROM, LOAD, NEAREST_NEIGHBORS, PROVOKE,
    REGISTER, RESUME, SAVE, TRANSFORM,
};
use wasm_bindgen::prelude::*;

static OPERATIONS: [&Entry; 22] = [
    &FIT,
    &RESUME,
    &TRANSFORM,
    &SAVE,
    &LOAD,
    &FUZZY_GRAPH,
    &FROM_GRAPH,
    &LAYOUT_FROM,
    &NEAREST_NEIGHBORS,
    &EVALUATE,
    &INDEX_BUILD,
    &INDEX_QUERY,
    &INDEX_ADD,
    &INDEX_SAVE,
    &INDEX_LOAD,
    &ALIGNED_FIT,
    &ALIGNED_UPDATE,
    &ALIGNED_TRANSFORM,
    &ALIGNED_SAVE,
    &ALIGNED_LOAD,
    &REGISTER,
    &PROVOKE,
];

/// Called once for each memory, before anything else.
#[wasm_bindgen]
pub fn initialize() {
    start(&OPERATIONS);
}
