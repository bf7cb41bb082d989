//! The WebAssembly module. A crate of its own, because `umap-wasm` is optimised for size and the crate that is linked decides
//! how all of them are optimised together: with that in one crate epochs of a layout took four times as long.

pub use umap_wasm::*;

use operation::Entry;
use operations::{
    AlignedFitOperation, AlignedLoad, AlignedSave, AlignedTransform, AlignedUpdateOperation, Evaluate, Fit, FromGraph,
    GraphOf, IndexAdd, IndexBuild, IndexLoad, IndexQuery, IndexSave, LayoutFrom, Load, NearestNeighbors, Provoke,
    Register, Resume, Save, Transform,
};
use wasm_bindgen::prelude::*;

static OPERATIONS: [Entry; 22] = [
    Entry::of::<Fit>(),
    Entry::of::<Resume>(),
    Entry::of::<Transform>(),
    Entry::of::<Save>(),
    Entry::of::<Load>(),
    Entry::of::<GraphOf>(),
    Entry::of::<FromGraph>(),
    Entry::of::<LayoutFrom>(),
    Entry::of::<NearestNeighbors>(),
    Entry::of::<Evaluate>(),
    Entry::of::<IndexBuild>(),
    Entry::of::<IndexQuery>(),
    Entry::of::<IndexAdd>(),
    Entry::of::<IndexSave>(),
    Entry::of::<IndexLoad>(),
    Entry::of::<AlignedFitOperation>(),
    Entry::of::<AlignedUpdateOperation>(),
    Entry::of::<AlignedTransform>(),
    Entry::of::<AlignedSave>(),
    Entry::of::<AlignedLoad>(),
    Entry::of::<Register>(),
    Entry::of::<Provoke>(),
];

/// Called once for each memory, before anything else.
#[wasm_bindgen]
pub fn initialize() {
    start(&OPERATIONS);
}
