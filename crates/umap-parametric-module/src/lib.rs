//! The WebAssembly module of `ParametricUMAP`, which nothing else loads.

mod networks;
mod results;

pub use umap_wasm::*;

use networks::{Fit, InverseTransform, Load, Onnx, PartialFit, Resume, Save, SetWeights, Transform, Weights};
use operation::Entry;
use umap_wasm::operations::Provoke;
use wasm_bindgen::prelude::*;

static OPERATIONS: [Entry; 11] = [
    Entry::of::<Fit>(),
    Entry::of::<PartialFit>(),
    Entry::of::<Resume>(),
    Entry::of::<Transform>(),
    Entry::of::<InverseTransform>(),
    Entry::of::<Weights>(),
    Entry::of::<SetWeights>(),
    Entry::of::<Save>(),
    Entry::of::<Load>(),
    Entry::of::<Onnx>(),
    Entry::of::<Provoke>(),
];

/// Called once for each memory, before anything else.
#[wasm_bindgen]
pub fn initialize() {
    start(&OPERATIONS);
}
