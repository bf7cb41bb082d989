//! The WebAssembly module. A crate of its own, because `umap-wasm` is optimised for size and the crate that is linked decides
//! how all of them are optimised together: with that in one crate epochs of a layout took four times as long. What is generic
//! is made where it is used: operations are made there, and only listed here.

pub use umap_wasm::*;

use wasm_bindgen::prelude::*;

/// Called once for each memory, before anything else.
#[wasm_bindgen]
pub fn initialize() {
    start(&operations::ALL);
}
