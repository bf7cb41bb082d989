//! UMAP as a WebAssembly module: typed arrays and options in, typed arrays out, no mathematics.
//!
//! One source, two builds, each with and without networks (the feature `parametric`). With the feature `threads` the memory
//! is shared and rayon runs on a pool of workers that JavaScript starts; without it everything runs in the one worker that
//! holds the module. That worker makes a [`job::Job`], fills in its input and drives it by `step`, so that it hears messages
//! between slices: the other side is `ts/worker/host.ts`.

#![cfg_attr(not(feature = "aligned"), allow(unused, reason = "input and output that only such jobs have"))]

#[cfg(all(feature = "threads", target_arch = "wasm32", not(target_feature = "atomics")))]
compile_error!("the feature `threads` needs shared memory: build with `npm run build`, not with a plain cargo build");

#[cfg(feature = "aligned")]
mod aligned_task;
mod alloc;
mod error;
mod file_out;
mod index_task;
mod input;
pub mod job;
mod model_task;
mod output;
#[cfg(feature = "parametric")]
mod parametric_task;
mod provoke;
pub mod residents;
mod task;

#[cfg(feature = "threads")]
pub use wasm_bindgen_rayon::init_thread_pool;

use wasm_bindgen::prelude::*;

#[wasm_bindgen(raw_module = "umap-wasm/last-words")]
extern "C" {
    // What a dying module still tells the worker it lives in (ts/worker/last-words.ts): a panic, and an allocation for
    // which there was no room. A trap follows, which says nothing.
    fn panicked(message: &str);
    #[wasm_bindgen(js_name = allocationFailed)]
    fn allocation_failed(bytes: f64);
}

/// Called once for each memory, before anything else.
#[wasm_bindgen]
pub fn initialize() {
    std::panic::set_hook(Box::new(|info| panicked(&info.to_string())));
}
