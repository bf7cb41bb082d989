//! What operations on networks give.

use umap_core::Result;
use umap_core::umap::Diagnostics;
use umap_parametric::fit::{ParametricFitted, ParametricModel};
use umap_parametric::network::Parameter;
use umap_parametric::params::ParametricParams;
use umap_parametric::train::Report;
use umap_wasm::answers::{Embedding, KnnGraph, SparseGraph};
use umap_wasm::objects;
use umap_wasm::output::{Floats, Js, Output, floats, memory_bytes, object, plain};

objects! {
    /// Of a training.
    TrainingAnswer(model in &ParametricModel, found in &ParametricFitted) {
        embedding: Embedding = Embedding::new(&found.embedding, found.diagnostics.rows as usize)?,
        knn: KnnGraph = KnnGraph::new(&found.knn)?,
        graph: SparseGraph = SparseGraph::new(&found.graph)?,
        diagnostics: Js<Diagnostics> = Js::plain(&found.diagnostics),
        trainingSteps: u32 = found.training_steps,
        history: Js<[Report]> = Js::plain(model.trainer.history()),
        wasmMemoryBytes: f64 = memory_bytes(),
    }

    /// Of a file of networks.
    LoadedNetworks(params in &ParametricParams, reports in &[Report], rows in Option<usize>) {
        options: Js<ParametricParams> = Js::of(plain(&params.flat())),
        history: Js<[Report]> = Js::plain(reports),
        /// Rows of a fit that was interrupted.
        interruptedRows: Option<u32> = rows.map(|rows| rows as u32),
    }

    /// Values of one array of weights, row-major, with its sides.
    NamedWeights(parameter in &Parameter) {
        data: Js<Floats> = floats(&parameter.values)?,
        shape: Js<[usize]> = Js::plain(&parameter.shape),
    }
}

/// All weights by name.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(rename = "Record<string, NamedWeights>"))]
pub struct Weights;

pub(crate) fn weights(model: &ParametricModel) -> Result<Js<Weights>> {
    let all = model.trainer.networks.named();
    let all = all.into_iter().map(|(name, parameter)| Ok((name, NamedWeights::new(parameter)?.into_js())));
    let all: Vec<_> = all.collect::<Result<_>>()?;
    Ok(Js::of(object(&all.iter().map(|(name, array)| (name.as_str(), array.clone())).collect::<Vec<_>>())))
}
