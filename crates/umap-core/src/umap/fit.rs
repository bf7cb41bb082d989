//! A fit of UMAP: the stages up to the graph, and those from there.

use std::sync::Arc;

use super::model::{Diagnostics, Fitted, UmapModel};
use super::radii::measure_radii;
use crate::checkpoint::Checkpoint;
use crate::error::Result;
use crate::fuzzy::radii::Radii;
use crate::fuzzy::target::Target;
use crate::graph::{FittedGraph, FoundNeighbors, GraphFit, GraphInputs};
use crate::knn::KnnGraph;
use crate::layout::{FittedLayout, LayoutFit, LayoutInput};
use crate::optimize::LayoutState;
use crate::params::UmapParams;
use crate::pulse::Pulse;
use crate::space::Space;

/// What a caller may bring instead of having it computed.
#[derive(Debug, Default)]
pub struct FitInputs {
    /// Neighbours, at least `n_neighbors` per row with the row itself counted.
    pub precomputed_knn: Option<KnnGraph>,
    /// Initial layout, rows x `n_components`.
    pub init: Option<Vec<f32>>,
    /// What to learn from besides the points.
    pub target: Option<Target>,
}

/// Embeds `points`.
pub async fn fit(
    points: impl Into<Arc<dyn Space>>,
    params: &UmapParams,
    inputs: FitInputs,
    pulse: &Pulse,
) -> Result<Fitted> {
    let mut fit = UmapFit::new(points, params.clone(), inputs)?;
    fit.run(pulse).await?;
    Ok(fit.into_model(pulse)?.fitted)
}

/// A fit, which holds what its stages have found: one that was cancelled goes on from there.
#[derive(Debug)]
pub struct UmapFit {
    /// Up to the graph.
    pub graph: GraphFit,
    /// From there.
    pub layout: LayoutFit,
    radii: Checkpoint<Radii>,
}

impl UmapFit {
    /// A fit before its first stage.
    pub fn new(points: impl Into<Arc<dyn Space>>, params: UmapParams, inputs: FitInputs) -> Result<Self> {
        let space = points.into();
        let FitInputs { precomputed_knn, init, target } = inputs;
        let layout = LayoutFit::new(space.rows(), params.clone(), init)?;
        let graph = GraphFit::new(space, params, GraphInputs { precomputed_knn, target })?;
        Ok(Self::of_parts(graph, layout))
    }

    pub(super) fn of_parts(graph: GraphFit, layout: LayoutFit) -> Self {
        Self { graph, layout, radii: Checkpoint::default() }
    }

    /// The points.
    pub fn space(&self) -> &dyn Space {
        &**self.graph.space()
    }

    /// The options.
    pub fn params(&self) -> &UmapParams {
        self.graph.params()
    }

    /// Goes on to the end. If it errs because the work was cancelled it can be run again: a stage that was not done starts
    /// anew, the layout goes on where it was, and the result is that of a fit that was not cancelled, bit for bit.
    pub async fn run(&mut self, pulse: &Pulse) -> Result<()> {
        self.run_to(u32::MAX, pulse).await
    }

    /// As [`run`](Self::run), but no further than to `epoch` epochs of the layout; with 0 to the initial layout.
    pub async fn run_to(&mut self, epoch: u32, pulse: &Pulse) -> Result<()> {
        self.graph.run(pulse).await?;
        let Self { graph, layout, radii } = self;
        let input = LayoutInput::of(graph)?;
        layout.run_to(epoch, input, pulse).await?;
        let state = layout.state().expect("it was run");
        measure_radii(radii, graph.params(), graph.space().geometry(), input, state, pulse).await
    }

    /// Goes on to the initial layout.
    pub(crate) async fn start(&mut self, pulse: &Pulse) -> Result<&mut LayoutState> {
        self.graph.run(pulse).await?;
        let Self { graph, layout, .. } = self;
        layout.start(LayoutInput::of(graph)?, pulse).await
    }

    /// Epochs of the layout.
    pub fn n_epochs(&self) -> u32 {
        self.layout.n_epochs()
    }

    /// The layout as it is now, row-major; None before it has been started.
    pub fn embedding(&self) -> Option<&[f32]> {
        self.layout.state().map(LayoutState::embedding)
    }

    /// Errs where [`into_model`](Self::into_model) would.
    pub fn check(&self) -> Result<()> {
        self.layout.check(LayoutInput::of(&self.graph)?.fuzzy)
    }

    /// What a fit that was run to its end found. The pulse has the times of the stages.
    pub fn into_model(self, pulse: &Pulse) -> Result<UmapModel> {
        self.check()?;
        let Self { graph, layout, radii } = self;
        let params = graph.params().clone();
        let (graph, layout) = (graph.finish()?, layout.finish()?);
        let diagnostics = Diagnostics::new(&params, &graph, Some(&layout), pulse);
        let FittedGraph { space, neighbors: FoundNeighbors { knn, .. }, fuzzy, .. } = graph;
        let FittedLayout { embedding, .. } = layout;
        let fitted = Fitted { embedding, knn, fuzzy, radii: radii.into_inner(), diagnostics };
        Ok(UmapModel::new(params, fitted, space, None))
    }
}
