//! Errors on their way out: plain objects `{ code, message }`, thrown. Whatever else is thrown is a trap.

use js_sys::JSON;
use serde_json::json;
use umap_core::UmapError;
use wasm_bindgen::prelude::*;

/// Result of what JavaScript calls; inside the crate it is [`umap_core::Result`].
pub(crate) type WasmResult<T> = std::result::Result<T, JsValue>;

/// The error as JavaScript gets it.
pub(crate) fn thrown(error: UmapError) -> JsValue {
    let plain = json!({ "code": error.code(), "message": error.to_string() });
    JSON::parse(&plain.to_string()).unwrap_throw()
}
