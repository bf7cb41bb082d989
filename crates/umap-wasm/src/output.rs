//! Results on their way out: plain objects of typed arrays, each a copy in JavaScript's own memory.

use js_sys::{Float32Array, Int32Array, JSON, Object, Reflect, Uint32Array};
use serde::Serialize;
use umap_core::knn::KnnGraph;
use wasm_bindgen::prelude::*;

pub(crate) fn object(fields: impl IntoIterator<Item = (&'static str, JsValue)>) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &name.into(), &value).unwrap_throw();
    }
    object.into()
}

pub(crate) fn floats(values: &[f32]) -> JsValue {
    Float32Array::from(values).into()
}

pub(crate) fn integers(values: &[u32]) -> JsValue {
    Uint32Array::from(values).into()
}

/// What is small and has many fields.
pub(crate) fn plain(value: &impl Serialize) -> JsValue {
    JSON::parse(&serde_json::to_string(value).unwrap_throw()).unwrap_throw()
}

pub(crate) fn knn(graph: &KnnGraph) -> JsValue {
    // Signed, so that an absent neighbour reads as -1.
    let indices = Int32Array::new(&Uint32Array::from(graph.indices.as_slice()).buffer());
    object([("k", (graph.k as f64).into()), ("indices", indices.into()), ("distances", floats(&graph.distances))])
}
