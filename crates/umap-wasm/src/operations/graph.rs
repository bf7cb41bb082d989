//! Graphs without layouts, and layouts of graphs.

use std::rc::Rc;

use umap_core::Result;
use umap_core::csr::Csr;
use umap_core::graph::{Asymmetric, GraphFit, GraphInputs};
use umap_core::params::{OF_GRAPH, UmapParams};
use umap_core::umap::{Diagnostics, GraphModel, UmapModel, fit_graph};

use crate::answers::{FitAnswer, FuzzyGraphAnswer};
use crate::operation::{Call, Either, Entry, Resident, reading};
use crate::points::Kept;

pub(super) static OPERATIONS: [Entry; 3] = [
    (
        "fuzzy-graph",
        &reading(|json, _| UmapParams::of_part(&OF_GRAPH, json), fuzzy_graph)
            .points(|params, _, _| Ok(Kept::of(params)))
            .typed("FuzzyGraphOptions"),
    ),
    ("from-graph", &reading(|json, _| UmapParams::of_graph_layout(json), from_graph).typed("GraphLayoutOptions")),
    ("layout-from", &reading(|json, _| UmapParams::of_part(&["init"], json), layout_from).typed("{ init?: Init }")),
];

/// The fuzzy simplicial set of points.
async fn fuzzy_graph(call: Call<UmapParams>) -> Result<FuzzyGraphAnswer> {
    let Call { params, mut input, pulse, .. } = call;
    let points = input.points()?;
    let (precomputed_knn, target) = (input.knn(points.rows())?, input.target(None, params.target_metric)?);
    let mut fit = GraphFit::new(points, params.clone(), GraphInputs { precomputed_knn, target })?;
    fit.run(&pulse).await?;
    let found = fit.finish()?;
    FuzzyGraphAnswer::new(&found, &Diagnostics::new(&params, &found, None, &pulse))
}

/// The layout of a graph that the caller brings; keeps the graph.
async fn from_graph(mut call: Call<(UmapParams, bool)>) -> Result<FitAnswer> {
    let matrix = Csr {
        indptr: call.input.integers("graph.indptr")?.unwrap_or_default(),
        indices: call.input.integers("graph.indices")?.unwrap_or_default(),
        data: call.input.floats("graph.data")?.unwrap_or_default(),
    };
    let (params, symmetrize) = call.params.clone();
    let mixed = Asymmetric::Mixed(params.set_op_mix_ratio as f32);
    let asymmetric = if symmetrize { mixed } else { Asymmetric::Refused };
    let init = call.input.matrix_of("init", matrix.rows(), params.n_components as usize)?;
    let model = fit_graph(matrix, asymmetric, params, init, &call.pulse).await?;
    FitAnswer::of_graph(&call.keep(model))
}

impl Resident for GraphModel {}

/// The graph of a model laid out from another start; takes the model's place.
async fn layout_from(mut call: Call<UmapParams, Either<Rc<UmapModel>, Rc<GraphModel>>>) -> Result<FitAnswer> {
    let (params, rows) = match &call.on {
        Either::One(model) => (&model.params, model.fitted.diagnostics.rows as usize),
        Either::Other(model) => (&model.params, model.fuzzy.graph.rows()),
    };
    let params = UmapParams { init: call.params.init, ..params.clone() };
    let start = call.input.matrix_of("init", rows, params.n_components as usize)?;
    match &call.on {
        Either::One(model) => {
            let model = model.from_start(params, start, &call.pulse).await?;
            FitAnswer::of_points(&call.keep(model))
        }
        Either::Other(model) => {
            let model = model.from_start(params, start, &call.pulse).await?;
            FitAnswer::of_graph(&call.keep(model))
        }
    }
}
