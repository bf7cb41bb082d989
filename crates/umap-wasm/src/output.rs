//! Results on their way out: plain objects of typed arrays, each a copy in JavaScript's own memory.

use std::rc::Rc;

use js_sys::{Float32Array, Int32Array, JSON, Object, Reflect, Uint8Array, Uint32Array};
use serde::Serialize;
use umap_core::aligned::{AlignedModel, Registered};
use umap_core::csr::Csr;
use umap_core::fuzzy::radii::Radii;
use umap_core::knn::{KnnGraph, Neighbors};
use umap_core::model::UmapModel;
use umap_core::params::UmapParams;
use umap_core::transform::Transformed;
use umap_core::umap::Fitted;
use umap_core::{Result, UmapError};
use wasm_bindgen::prelude::*;

#[cfg(feature = "parametric")]
pub(crate) use networks::{LoadedNetworks, trained, weights};

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

/// A sparse matrix by rows.
fn graph(graph: &Csr) -> JsValue {
    object([("indptr", integers(&graph.indptr)), ("indices", integers(&graph.indices)), ("data", floats(&graph.data))])
}

fn knn_fields(graph: &KnnGraph) -> [(&'static str, JsValue); 3] {
    // Signed, so that an absent neighbour reads as -1.
    let indices = Int32Array::new(&Uint32Array::from(graph.indices.as_slice()).buffer());
    [("k", (graph.k as f64).into()), ("indices", indices.into()), ("distances", floats(&graph.distances))]
}

/// Neighbours and their distances.
pub(crate) fn knn(graph: KnnGraph) -> JsValue {
    object(knn_fields(&graph))
}

pub(crate) fn neighbors(found: Neighbors) -> JsValue {
    let how =
        [("method", plain(&found.method)), ("recall", found.recall.into()), ("quantized", found.quantized.into())];
    object(knn_fields(&found.graph).into_iter().chain(how))
}

/// What a model has for JavaScript; without raw data it has neither neighbours nor graph.
pub(crate) fn fitted(model: &UmapModel) -> JsValue {
    let Fitted { embedding, knn, fuzzy, radii, diagnostics } = &model.fitted;
    let all = [
        ("embedding", matrix(embedding, diagnostics.rows as usize)),
        ("diagnostics", plain(diagnostics)),
        ("wasmMemoryBytes", memory_bytes()),
    ];
    let raw = (knn.k > 0).then(|| [("knn", object(knn_fields(knn))), ("graph", graph(&fuzzy.graph))]);
    object(all.into_iter().chain(raw.into_iter().flatten()).chain(radii.as_ref().map(radii_field)))
}

/// What a file turned out to be, with the options that it was made with.
pub(crate) fn loaded((kind, options, model): (&'static str, UmapParams, Option<Rc<UmapModel>>)) -> JsValue {
    let fitted = model.map_or(JsValue::UNDEFINED, |model| fitted(&model));
    object([("kind", kind.into()), ("options", plain(&options)), ("fitted", fitted)])
}

/// A slice: its embedding, its diagnostics, and radii where they were asked for. Neighbours and graphs stay in the module.
fn slice(model: &UmapModel) -> JsValue {
    let Fitted { embedding, radii, diagnostics, .. } = &model.fitted;
    let all = [("embedding", matrix(embedding, diagnostics.rows as usize)), ("diagnostics", plain(diagnostics))];
    object(all.into_iter().chain(radii.as_ref().map(radii_field)))
}

fn radii_field(Radii { input, embedding }: &Radii) -> (&'static str, JsValue) {
    ("radii", object([("input", floats(input)), ("embedding", floats(embedding))]))
}

fn of_slices<'a>(
    model: &AlignedModel,
    slices: impl Iterator<Item = &'a Rc<UmapModel>>,
) -> [(&'static str, JsValue); 5] {
    let slices = slices.map(|model| slice(model)).collect::<js_sys::Array>();
    [
        ("slices", slices.into()),
        ("diagnostics", plain(&model.diagnostics)),
        ("reach", (model.reach() as f64).into()),
        ("targetMetric", plain(&model.slices.last().map(|slice| slice.params.target_metric))),
        ("wasmMemoryBytes", memory_bytes()),
    ]
}

/// What an aligned model has for JavaScript.
pub(crate) fn aligned(model: &AlignedModel) -> JsValue {
    object(of_slices(model, model.slices.iter()))
}

/// The same with only the last slice: those before it are as they were.
pub(crate) fn updated(model: &AlignedModel) -> JsValue {
    object(of_slices(model, model.slices.last().into_iter()))
}

/// What a file held, with the options of its last slice, which those of a further one follow.
pub(crate) fn loaded_aligned(model: &AlignedModel, ids: &[u8]) -> JsValue {
    let options: Vec<_> = model.slices.iter().map(|slice| &slice.params).collect();
    let more =
        [("options", plain(&options)), ("alignment", plain(&model.params)), ("ids", Uint8Array::from(ids).into())];
    object(of_slices(model, model.slices.iter()).into_iter().chain(more))
}

/// An embedding that was moved onto another.
pub(crate) fn registered(Registered { embedding, similarity, deviation }: Registered) -> JsValue {
    let rows = embedding.len() / similarity.shift.len();
    let found = matrix(&embedding, rows);
    object([("embedding", found), ("transformation", plain(&similarity)), ("deviation", deviation.into())])
}

/// Places of new points, or their memberships in the `cols` rows of the model.
pub(crate) fn transformed((found, rows, cols): (Transformed, usize, usize)) -> JsValue {
    match found {
        Transformed::Embedding(places) => matrix(&places, rows),
        Transformed::Graph(found) => {
            let shape = [("rows", (rows as f64).into()), ("cols", (cols as f64).into())];
            let result = graph(&found);
            for (name, value) in shape {
                Reflect::set(&result, &name.into(), &value).unwrap_throw();
            }
            result
        }
    }
}

#[cfg(feature = "parametric")]
mod networks {
    use umap_parametric::fit::{ParametricFitted, ParametricModel};
    use umap_parametric::network::Parameter;
    use umap_parametric::params::ParametricParams;
    use umap_parametric::train::Report;

    use super::*;

    /// What a training gave.
    pub(crate) fn trained((model, found): (Rc<ParametricModel>, ParametricFitted)) -> JsValue {
        let ParametricFitted { embedding, knn, graph, diagnostics } = found;
        object([
            ("embedding", matrix(&embedding, diagnostics.rows as usize)),
            ("knn", object(knn_fields(&knn))),
            ("graph", super::graph(&graph)),
            ("diagnostics", plain(&diagnostics)),
            ("history", plain(&model.trainer.history())),
            ("wasmMemoryBytes", memory_bytes()),
        ])
    }

    /// What was read: options, losses, and how many rows there are if it is an interrupted fit.
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    pub(crate) struct LoadedNetworks {
        options: serde_json::Map<String, serde_json::Value>,
        history: Vec<Report>,
        interrupted_rows: Option<u32>,
    }

    impl LoadedNetworks {
        pub(crate) fn new(params: &ParametricParams, history: &[Report], interrupted_rows: Option<u32>) -> Self {
            Self { options: params.flat(), history: history.to_vec(), interrupted_rows }
        }
    }

    /// All weights by name.
    pub(crate) fn weights(model: &ParametricModel) -> JsValue {
        let all = Object::new();
        for (name, Parameter { shape, values, .. }) in model.trainer.networks.named() {
            let array = object([("data", floats(values)), ("shape", plain(shape))]);
            Reflect::set(&all, &name.into(), &array).unwrap_throw();
        }
        all.into()
    }
}

/// Room for a file, in JavaScript's memory.
pub(crate) fn room(bytes: u64) -> Result<Uint8Array> {
    let refused = |_| UmapError::OutOfMemory { what: "the file".into(), bytes };
    let constructor = Reflect::get(&js_sys::global(), &"Uint8Array".into()).map_err(refused)?;
    let arguments = js_sys::Array::of1(&(bytes as f64).into());
    Reflect::construct(constructor.unchecked_ref::<js_sys::Function>(), &arguments)
        .map(JsCast::unchecked_into)
        .map_err(refused)
}

/// The module's memory, which never shrinks: the most that was needed since it was made.
fn memory_bytes() -> JsValue {
    let buffer = wasm_bindgen::memory().unchecked_into::<js_sys::WebAssembly::Memory>().buffer();
    Reflect::get(&buffer, &"byteLength".into()).unwrap_throw()
}
