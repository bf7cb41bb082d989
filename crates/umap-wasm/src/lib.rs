//! UMAP as a WebAssembly module: typed arrays and options in, typed arrays out, no mathematics.
//!
//! One source, two builds. With the feature `threads` the memory is shared and rayon runs on a pool of workers
//! that JavaScript starts; without it everything runs in the one worker that holds the module.
//!
//! A job is started by [`job::Job`]'s constructor and driven by `step`, so that the worker hears messages (abort)
//! between slices. See `ts/worker/host.ts` for the other side.

#[cfg(all(feature = "threads", not(target_feature = "atomics")))]
compile_error!("the feature `threads` needs shared memory: build with scripts/build.mjs, not with a plain cargo build");

mod alloc;
mod error;
mod job;
mod kernel;
mod marshal;

#[cfg(feature = "threads")]
pub use wasm_bindgen_rayon::init_thread_pool;

use std::panic;
use wasm_bindgen::prelude::*;

/// What a dying module still tells the worker it lives in (`ts/worker/last-words.ts`).
#[wasm_bindgen(raw_module = "umap-wasm/last-words")]
extern "C" {
    /// A panic, with its message and place; the trap follows.
    fn panicked(message: &str);
    /// The allocator found no room for so many bytes; a trap follows unless the caller can do without.
    #[wasm_bindgen(js_name = allocationFailed)]
    pub(crate) fn allocation_failed(bytes: f64);
}

/// Called once for each memory, before anything else.
#[wasm_bindgen]
pub fn initialize() {
    panic::set_hook(Box::new(|info| panicked(&info.to_string())));
}
