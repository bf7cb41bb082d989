//! Graphs without layouts, and layouts of graphs.

use std::rc::Rc;

use umap_core::csr::Csr;
use umap_core::graph::{Asymmetric, GraphFit, GraphInputs};
use umap_core::params::{Init, OF_GRAPH, UmapParams};
use umap_core::pulse::Pulse;
use umap_core::umap::{Diagnostics, GraphModel, UmapModel, fit_graph};
use umap_core::{Result, UmapError};
use wasm_bindgen::prelude::*;

use crate::input::Input;
use crate::operation::{Entry, Kept, Operation};
use crate::{output, residents};

struct GraphOf(UmapParams);

/// The fuzzy simplicial set of points.
pub static FUZZY_GRAPH: Entry = Entry::of::<GraphOf>();

impl Operation for GraphOf {
    const NAME: &'static str = "fuzzy-graph";

    fn new(options: &str, _: u32) -> Result<Self> {
        UmapParams::of_part(&OF_GRAPH, options).map(Self)
    }

    fn points(&self, _: usize) -> Result<Kept> {
        Ok(Kept::by(self.0.metric(), self.0.store))
    }

    async fn run(self, mut input: Input, _: u32, pulse: &Pulse) -> Result<JsValue> {
        let Self(params) = self;
        let points = input.points()?;
        let inputs =
            GraphInputs { precomputed_knn: input.knn(points.rows()), target: input.target(params.target_metric)? };
        let mut fit = GraphFit::new(points, params.clone(), inputs)?;
        fit.run(pulse).await?;
        let found = fit.finish()?;
        let diagnostics = Diagnostics::new(&params, &found, None, pulse);
        output::fuzzy_graph(&found, &diagnostics)
    }
}

struct FromGraph(UmapParams, Asymmetric);

/// The layout of a graph that the caller brings; keeps the graph.
pub static FROM_GRAPH: Entry = Entry::of::<FromGraph>();

impl Operation for FromGraph {
    const NAME: &'static str = "from-graph";

    fn new(options: &str, _: u32) -> Result<Self> {
        let (params, symmetrize) = UmapParams::of_graph_layout(options)?;
        let asymmetric =
            if symmetrize { Asymmetric::Mixed(params.set_op_mix_ratio as f32) } else { Asymmetric::Refused };
        Ok(Self(params, asymmetric))
    }

    async fn run(self, mut input: Input, resident: u32, pulse: &Pulse) -> Result<JsValue> {
        let Self(params, asymmetric) = self;
        let matrix = Csr {
            indptr: input.unsigned("graph.indptr").unwrap_or_default(),
            indices: input.unsigned("graph.indices").unwrap_or_default(),
            data: input.floats("graph.data").unwrap_or_default(),
        };
        let init = input.matrix_of("init", matrix.rows(), params.n_components as usize)?;
        let model = Rc::new(fit_graph(matrix, asymmetric, params, init, pulse).await?);
        residents::put(resident, model.clone());
        output::laid_out(&model)
    }
}

struct LayoutFrom(GraphOwner, Init);

enum GraphOwner {
    Model(Rc<UmapModel>),
    Graph(Rc<GraphModel>),
}

/// The graph of a model laid out from another start; takes the model's place.
pub static LAYOUT_FROM: Entry = Entry::of::<LayoutFrom>();

impl Operation for LayoutFrom {
    const NAME: &'static str = "layout-from";

    fn new(options: &str, resident: u32) -> Result<Self> {
        let UmapParams { init, .. } = UmapParams::of_part(&["init"], options)?;
        let owner = residents::get(resident).map(GraphOwner::Model);
        let owner = owner.or_else(|| residents::get(resident).map(GraphOwner::Graph));
        let missing = || UmapError::NotFitted("there is no fitted model".into());
        Ok(Self(owner.ok_or_else(missing)?, init))
    }

    async fn run(self, mut input: Input, resident: u32, pulse: &Pulse) -> Result<JsValue> {
        let Self(owner, init) = self;
        let with_init = |params: &UmapParams| UmapParams { init, ..params.clone() };
        match owner {
            GraphOwner::Model(model) => {
                let params = with_init(&model.params);
                let rows = model.fitted.diagnostics.rows as usize;
                let start = input.matrix_of("init", rows, params.n_components as usize)?;
                let model = Rc::new(model.from_start(params, start, pulse).await?);
                residents::put(resident, model.clone());
                output::fitted(&model)
            }
            GraphOwner::Graph(model) => {
                let params = with_init(&model.params);
                let rows = model.fuzzy.graph.rows();
                let start = input.matrix_of("init", rows, params.n_components as usize)?;
                let model = Rc::new(model.from_start(params, start, pulse).await?);
                residents::put(resident, model.clone());
                output::laid_out(&model)
            }
        }
    }
}
