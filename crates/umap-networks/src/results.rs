//! Results on networks on their way out.

use js_sys::{Object, Reflect};
use serde::Serialize;
use umap_core::Result;
use umap_parametric::fit::{ParametricFitted, ParametricModel};
use umap_parametric::network::Parameter;
use umap_parametric::params::ParametricParams;
use umap_parametric::train::Report;
use umap_wasm::output::{floats, graph, knn, matrix, memory_bytes, object, plain};
use wasm_bindgen::prelude::*;

/// What a training gave.
pub(crate) fn trained(model: &ParametricModel, found: &ParametricFitted) -> Result<JsValue> {
    let ParametricFitted { training_steps, diagnostics, .. } = found;
    Ok(object([
        ("embedding", matrix(&found.embedding, diagnostics.rows as usize)?),
        ("knn", knn(&found.knn)?),
        ("graph", graph(&found.graph)?),
        ("diagnostics", plain(diagnostics)),
        ("trainingSteps", plain(training_steps)),
        ("history", plain(&model.trainer.history())),
        ("wasmMemoryBytes", memory_bytes()),
    ]))
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
pub(crate) fn weights(model: &ParametricModel) -> Result<JsValue> {
    let all = Object::new();
    for (name, Parameter { shape, values, .. }) in model.trainer.networks.named() {
        let array = object([("data", floats(values)?), ("shape", plain(shape))]);
        Reflect::set(&all, &name.into(), &array).unwrap_throw();
    }
    Ok(all.into())
}
