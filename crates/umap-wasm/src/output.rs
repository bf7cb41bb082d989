//! Results on their way out: plain objects of typed arrays, each a copy in JavaScript's own memory.

use std::rc::Rc;

use js_sys::{Float32Array, Int32Array, JSON, Object, Reflect, Uint8Array, Uint32Array};
use serde::Serialize;
use umap_core::aligned::{AlignedModel, Registered};
use umap_core::csr::Csr;
use umap_core::fuzzy::radii::Radii;
use umap_core::graph::FittedGraph;
use umap_core::knn::{KnnGraph, Neighbors};
use umap_core::params::UmapParams;
use umap_core::transform::Transformed;
use umap_core::umap::{Diagnostics, Fitted, GraphModel, UmapModel};
use umap_core::{Result, UmapError};
use wasm_bindgen::prelude::*;

/// An object of these fields.
#[inline(never)]
pub fn object(fields: impl IntoIterator<Item = (&'static str, JsValue)>) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &name.into(), &value).unwrap_throw();
    }
    object.into()
}

/// An array of floats, copied.
pub fn floats(values: &[f32]) -> Result<JsValue> {
    let array: Float32Array = array("Float32Array", values.len() as f64).map_err(refused(values))?;
    array.copy_from(values);
    Ok(array.into())
}

fn integers(values: &[u32]) -> Result<JsValue> {
    let array: Uint32Array = array("Uint32Array", values.len() as f64).map_err(refused(values))?;
    array.copy_from(values);
    Ok(array.into())
}

fn refused<T>(values: &[T]) -> impl FnOnce(JsValue) -> UmapError {
    let bytes = size_of_val(values) as u64;
    move |_| UmapError::OutOfMemory { what: "the result".into(), bytes }
}

/// What is small and has many fields.
pub fn plain(value: &impl Serialize) -> JsValue {
    JSON::parse(&serde_json::to_string(value).unwrap_throw()).unwrap_throw()
}

/// Row-major values with their shape.
#[inline(never)]
pub fn matrix(values: &[f32], rows: usize) -> Result<JsValue> {
    let cols = values.len() / rows.max(1);
    Ok(object([("data", floats(values)?), ("rows", (rows as f64).into()), ("cols", (cols as f64).into())]))
}

/// A sparse matrix by rows.
pub fn graph(graph: &Csr) -> Result<JsValue> {
    let [indptr, indices] = [&graph.indptr, &graph.indices].map(|values| integers(values));
    Ok(object([("indptr", indptr?), ("indices", indices?), ("data", floats(&graph.data)?)]))
}

fn knn_fields(graph: &KnnGraph) -> Result<[(&'static str, JsValue); 3]> {
    // Signed, so that an absent neighbour reads as -1.
    let indices = Int32Array::new(&integers(&graph.indices)?.unchecked_into::<Uint32Array>().buffer());
    Ok([("k", (graph.k as f64).into()), ("indices", indices.into()), ("distances", floats(&graph.distances)?)])
}

/// Neighbours and their distances.
#[inline(never)]
pub fn knn(graph: &KnnGraph) -> Result<JsValue> {
    Ok(object(knn_fields(graph)?))
}

#[inline(never)]
pub(crate) fn neighbors(found: Neighbors) -> Result<JsValue> {
    let how =
        [("method", plain(&found.method)), ("recall", found.recall.into()), ("quantized", found.quantized.into())];
    Ok(object(knn_fields(&found.graph)?.into_iter().chain(how)))
}

/// What a model has for JavaScript; without raw data it has neither neighbours nor graph.
#[inline(never)]
pub(crate) fn fitted(model: &UmapModel) -> Result<JsValue> {
    let Fitted { embedding, knn, fuzzy, radii, diagnostics } = &model.fitted;
    let all = [
        ("embedding", matrix(embedding, diagnostics.rows as usize)?),
        ("diagnostics", plain(diagnostics)),
        ("wasmMemoryBytes", memory_bytes()),
    ];
    let raw = match knn.k {
        0 => None,
        _ => Some([("knn", object(knn_fields(knn)?)), ("graph", graph(&fuzzy.graph)?)]),
    };
    let radii = radii.as_ref().map(radii_field).transpose()?;
    Ok(object(all.into_iter().chain(raw.into_iter().flatten()).chain(radii)))
}

/// What a file turned out to be: options, and what was fitted unless it was interrupted.
#[inline(never)]
pub(crate) fn loaded(options: &UmapParams, model: Option<&UmapModel>) -> Result<JsValue> {
    let fitted = model.map_or(Ok(JsValue::UNDEFINED), fitted)?;
    Ok(object([("options", plain(options)), ("fitted", fitted)]))
}

/// A graph that was laid out.
#[inline(never)]
pub(crate) fn laid_out(GraphModel { fuzzy, embedding, diagnostics, .. }: &GraphModel) -> Result<JsValue> {
    Ok(object([
        ("embedding", matrix(embedding, diagnostics.rows as usize)?),
        ("graph", graph(&fuzzy.graph)?),
        ("diagnostics", plain(diagnostics)),
        ("wasmMemoryBytes", memory_bytes()),
    ]))
}

/// A graph that was not.
#[inline(never)]
pub(crate) fn fuzzy_graph(found: &FittedGraph, diagnostics: &Diagnostics) -> Result<JsValue> {
    let FittedGraph { neighbors, fuzzy, .. } = found;
    Ok(object([
        ("graph", graph(&fuzzy.graph)?),
        ("rhos", floats(&fuzzy.rhos)?),
        ("sigmas", floats(&fuzzy.sigmas)?),
        ("knn", knn(&neighbors.knn)?),
        ("diagnostics", plain(diagnostics)),
        ("wasmMemoryBytes", memory_bytes()),
    ]))
}

/// A slice: its embedding, its diagnostics, and radii where they were asked for. Neighbours and graphs stay in the module.
fn slice(model: &UmapModel) -> Result<JsValue> {
    let Fitted { embedding, radii, diagnostics, .. } = &model.fitted;
    let all = [("embedding", matrix(embedding, diagnostics.rows as usize)?), ("diagnostics", plain(diagnostics))];
    Ok(object(all.into_iter().chain(radii.as_ref().map(radii_field).transpose()?)))
}

fn radii_field(Radii { input, embedding }: &Radii) -> Result<(&'static str, JsValue)> {
    Ok(("radii", object([("input", floats(input)?), ("embedding", floats(embedding)?)])))
}

fn of_slices<'a>(
    model: &AlignedModel,
    slices: impl Iterator<Item = &'a Rc<UmapModel>>,
) -> Result<[(&'static str, JsValue); 5]> {
    let slices = slices.map(|model| slice(model)).collect::<Result<js_sys::Array>>()?;
    Ok([
        ("slices", slices.into()),
        ("diagnostics", plain(&model.diagnostics)),
        ("reach", (model.reach() as f64).into()),
        ("targetMetric", plain(&model.slices.last().map(|slice| slice.params.target_metric))),
        ("wasmMemoryBytes", memory_bytes()),
    ])
}

/// What an aligned model has for JavaScript.
pub(crate) fn aligned(model: &AlignedModel) -> Result<JsValue> {
    of_slices(model, model.slices.iter()).map(object)
}

/// The same with only the last slice: those before it are as they were.
pub(crate) fn updated(model: &AlignedModel) -> Result<JsValue> {
    of_slices(model, model.slices.last().into_iter()).map(object)
}

/// What a file held, with the options of its last slice, which those of a further one follow.
pub(crate) fn loaded_aligned(model: &AlignedModel, ids: &[u8]) -> Result<JsValue> {
    let options: Vec<_> = model.slices.iter().map(|slice| &slice.params).collect();
    let more =
        [("options", plain(&options)), ("alignment", plain(&model.params)), ("ids", Uint8Array::from(ids).into())];
    Ok(object(of_slices(model, model.slices.iter())?.into_iter().chain(more)))
}

/// An embedding that was moved onto another.
pub(crate) fn registered(Registered { embedding, similarity, deviation }: Registered) -> Result<JsValue> {
    let rows = embedding.len() / similarity.shift.len();
    let found = matrix(&embedding, rows)?;
    Ok(object([("embedding", found), ("transformation", plain(&similarity)), ("deviation", deviation.into())]))
}

/// Places of new points, or their memberships in the `cols` rows of the model.
pub(crate) fn transformed(found: Transformed, rows: usize, cols: usize) -> Result<JsValue> {
    match found {
        Transformed::Embedding(places) => matrix(&places, rows),
        Transformed::Graph(found) => {
            let shape = [("rows", (rows as f64).into()), ("cols", (cols as f64).into())];
            let result = graph(&found)?;
            for (name, value) in shape {
                Reflect::set(&result, &name.into(), &value).unwrap_throw();
            }
            Ok(result)
        }
    }
}

/// Room for a file, in JavaScript's memory.
pub(crate) fn room(bytes: u64) -> Result<Uint8Array> {
    let refused = |_| UmapError::OutOfMemory { what: "the file".into(), bytes };
    array("Uint8Array", bytes as f64).map_err(refused)
}

/// A typed array of JavaScript's. It throws where it has no room, and what is thrown through the module ends it.
fn array<T: JsCast>(constructor: &str, len: f64) -> std::result::Result<T, JsValue> {
    let constructor = Reflect::get(&js_sys::global(), &constructor.into())?;
    let arguments = js_sys::Array::of1(&len.into());
    Reflect::construct(constructor.unchecked_ref::<js_sys::Function>(), &arguments).map(JsCast::unchecked_into)
}

/// The module's memory, which never shrinks: the most that was needed since it was made.
pub fn memory_bytes() -> JsValue {
    let buffer = wasm_bindgen::memory().unchecked_into::<js_sys::WebAssembly::Memory>().buffer();
    Reflect::get(&buffer, &"byteLength".into()).unwrap_throw()
}
