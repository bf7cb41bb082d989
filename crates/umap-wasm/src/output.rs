//! Results on their way out: plain objects of typed arrays, each a copy in JavaScript's own memory.

use js_sys::{Float32Array, Int32Array, JSON, Object, Reflect, Uint32Array};
use serde::Serialize;
use umap_core::csr::Csr;
use umap_core::knn::{KnnGraph, Neighbors};
use umap_core::umap::Fitted;
use wasm_bindgen::prelude::*;

pub(crate) fn object(fields: impl IntoIterator<Item = (&'static str, JsValue)>) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &name.into(), &value).unwrap_throw();
    }
    object.into()
}

fn floats(values: &[f32]) -> JsValue {
    Float32Array::from(values).into()
}

fn integers(values: &[u32]) -> JsValue {
    Uint32Array::from(values).into()
}

/// What is small and has many fields.
pub(crate) fn plain(value: &impl Serialize) -> JsValue {
    JSON::parse(&serde_json::to_string(value).unwrap_throw()).unwrap_throw()
}

/// Row-major values with their shape.
pub(crate) fn matrix(values: &[f32], rows: usize) -> JsValue {
    let cols = values.len() / rows.max(1);
    object([("data", floats(values)), ("rows", (rows as f64).into()), ("cols", (cols as f64).into())])
}

/// A square sparse matrix by rows.
fn graph(graph: &Csr) -> JsValue {
    object([("indptr", integers(&graph.indptr)), ("indices", integers(&graph.indices)), ("data", floats(&graph.data))])
}

fn knn_fields(graph: &KnnGraph) -> [(&'static str, JsValue); 3] {
    // Signed, so that an absent neighbour reads as -1.
    let indices = Int32Array::new(&Uint32Array::from(graph.indices.as_slice()).buffer());
    [("k", (graph.k as f64).into()), ("indices", indices.into()), ("distances", floats(&graph.distances))]
}

pub(crate) fn neighbors(found: Neighbors) -> JsValue {
    let how =
        [("method", plain(&found.method)), ("recall", found.recall.into()), ("quantized", found.quantized.into())];
    object(knn_fields(&found.graph).into_iter().chain(how))
}

pub(crate) fn fitted(found: Fitted) -> JsValue {
    object([
        ("embedding", matrix(&found.embedding, found.knn.rows())),
        ("knn", object(knn_fields(&found.knn))),
        ("graph", graph(&found.fuzzy.graph)),
        ("diagnostics", plain(&found.diagnostics)),
        ("wasmMemoryBytes", memory_bytes()),
    ])
}

/// The module's memory, which never shrinks: the most that was needed since it was made.
fn memory_bytes() -> JsValue {
    let buffer = wasm_bindgen::memory().unchecked_into::<js_sys::WebAssembly::Memory>().buffer();
    Reflect::get(&buffer, &"byteLength".into()).unwrap_throw()
}
