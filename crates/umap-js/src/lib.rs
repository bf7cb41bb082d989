//! UMAP for the drop-in for umap-js (`ts/umap-js`): what that package has and no more, so that a page loads little.
//!
//! A module of its own beside `umap-wasm`: no files, other metrics, stores, measures, JSON or threads. Everything runs on the
//! thread that holds the module, as far and as long as it is told to.

mod fit;
mod options;
mod rows;

use umap_core::UmapError;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(raw_module = "umap-js/thrown")]
extern "C" {
    // What to throw, from the name of an error's code and its message.
    fn thrown(code: &str, message: &str) -> JsValue;
    // A trap follows, which says nothing.
    fn panicked(message: &str);
}

/// Result of what JavaScript calls; inside the crate it is [`umap_core::Result`].
type WasmResult<T> = Result<T, JsValue>;

fn to_js(error: UmapError) -> JsValue {
    thrown(&format!("{:?}", error.code()), &error.to_string())
}

/// Called once, before anything else.
#[wasm_bindgen]
pub fn initialize() {
    std::panic::set_hook(Box::new(|info| panicked(&info.to_string())));
}
