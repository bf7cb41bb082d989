//! The WebAssembly module. A crate of its own, because `umap-wasm` is optimised for size and the crate that is linked decides
//! how all of them are optimised together: with that in one crate epochs of a layout took four times as long.

pub use umap_wasm::*;
