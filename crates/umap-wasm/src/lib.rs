//! UMAP as a WebAssembly module: typed arrays and options in, typed arrays out, no mathematics.
//!
//! A library of operations ([`operation`]), of which a module is a list: crates/umap-module and crates/umap-parametric-module.
//! One source, two builds: with the feature `threads` the memory is shared and rayon runs on a pool of workers that JavaScript
//! starts; without it everything runs in the one worker that holds the module. That worker makes a [`job::Job`], fills in its
//! input and drives it by `step`, so that it hears messages between slices: the other side is `ts/worker/host.ts`.

#[cfg(all(feature = "threads", target_arch = "wasm32", not(target_feature = "atomics")))]
compile_error!("the feature `threads` needs shared memory: build with `npm run build`, not with a plain cargo build");

mod alloc;
pub mod answers;
pub mod arrays;
pub mod input;
pub mod job;
pub mod operation;
pub mod operations;
pub mod output;
pub mod points;
pub mod residents;

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

/// Must be called once for each memory, before anything else, with what the module can do.
pub fn start(operations: &'static [&'static [operation::Entry]]) {
    std::panic::set_hook(Box::new(|info| panicked(&info.to_string())));
    operation::register(operations);
}
