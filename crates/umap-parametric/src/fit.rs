//! ParametricUMAP: the stages put together.

use umap_core::graph::{FittedGraph, GraphFit, GraphInputs};
use umap_core::knn::KnnGraph;
use umap_core::layout::{LayoutFit, LayoutInput};

use umap_core::optimize::LayoutState;
use umap_core::points::Points;
use umap_core::pulse::{Pulse, Stage};
use umap_core::umap::{Diagnostics, FitInputs};
use umap_core::{Result, UmapError};

use crate::model::Networks;
use crate::params::ParametricParams;
use crate::train::{Edges, Trainer, TrainingData};

/// What a caller may bring besides points.
#[derive(Debug, Default)]
pub struct ParametricInputs {
    /// Neighbours, a target: what UMAP takes. An initial layout acts on the layout that is learned first.
    pub umap: FitInputs,
    /// The rows as they were given, where the metric puts points into another form (cosine, correlation, dot): the
    /// encoder learns from these.
    pub rows: Option<Points>,
    /// Where rows should be, row-major; rows with NaN are free.
    pub landmark_positions: Option<Vec<f32>>,
    /// Rows on which the decoder is measured.
    pub validation: Option<Points>,
}

/// A fit, which holds what its stages have found: one that was cancelled goes on from there.
#[derive(Debug)]
pub struct ParametricFit {
    pub(crate) params: ParametricParams,
    pub(crate) rows: Points,
    pub(crate) landmark_positions: Option<Vec<f32>>,
    pub(crate) validation: Option<Points>,
    /// What the networks learn.
    pub(crate) graph: GraphFit,
    /// Where they learn a layout first.
    pub(crate) layout: Option<LayoutFit>,
    edges: Option<Edges>,
    /// What the encoder gets of the rows, while it is trained.
    inputs: Option<Points>,
    /// From the beginning in a model that is trained on.
    pub(crate) trainer: Option<Trainer>,
    pub(crate) is_trained: bool,
    /// After training.
    embedding: Option<Vec<f32>>,
}

/// A fitted ParametricUMAP.
#[derive(Clone, Debug)]
pub struct ParametricModel {
    /// The options.
    pub params: ParametricParams,
    /// The networks, which can be trained on.
    pub trainer: Trainer,
}

/// What a fit found besides the model.
#[derive(Debug)]
pub struct ParametricFitted {
    /// What the encoder makes of the points, row-major.
    pub embedding: Vec<f32>,
    /// The neighbours.
    pub knn: KnnGraph,
    /// The fuzzy graph.
    pub graph: umap_core::csr::Csr,
    /// Steps in which the encoder learned from the graph.
    pub training_steps: u32,
    /// How it went; `n_epochs` and `init` are of the layout that was learned first, 0 and random without one.
    pub diagnostics: Diagnostics,
}

impl ParametricFit {
    /// A fit before its first stage. With a `model` its networks are trained on: from the graph alone, since they have a
    /// layout of their own by now.
    pub fn new(
        points: Points,
        params: ParametricParams,
        inputs: ParametricInputs,
        model: Option<ParametricModel>,
    ) -> Result<Self> {
        let ParametricInputs { umap, rows, landmark_positions, validation } = inputs;
        let rows = match rows {
            Some(rows) => rows,
            None if points.metric().form().is_as_is() => points.clone(),
            None => {
                let expected = "the rows as they are given besides points in the form of the metric";
                return Err(UmapError::shape("points", expected, "nothing"));
            }
        };
        if (rows.rows(), rows.cols()) != (points.rows(), points.cols()) {
            return Err(UmapError::shape("points", format!("{} rows", points.rows()), rows.rows().to_string()));
        }
        params.check(rows.cols())?;
        check_landmark_positions(landmark_positions.as_deref(), rows.rows(), params.umap.n_components as usize)?;
        let learns_layout = params.training.distillation_steps > 0 && model.is_none();
        let FitInputs { precomputed_knn, init, target } = umap;
        let layout = learns_layout.then(|| LayoutFit::new(points.rows(), params.umap.clone(), init)).transpose()?;
        let graph = GraphFit::new(points, params.umap.clone(), GraphInputs { precomputed_knn, target })?;
        let trainer = model.map(|model| model.trainer.with_params(params.training.clone(), &params.umap));
        let fit = Self::of_parts(params, rows, (graph, layout), trainer);
        Ok(Self { landmark_positions, validation, ..fit })
    }

    /// The options.
    pub fn params(&self) -> &ParametricParams {
        &self.params
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows.rows()
    }

    /// Before its first stage, or as far as its parts are.
    pub(crate) fn of_parts(
        params: ParametricParams,
        rows: Points,
        (graph, layout): (GraphFit, Option<LayoutFit>),
        trainer: Option<Trainer>,
    ) -> Self {
        Self {
            params,
            rows,
            landmark_positions: None,
            validation: None,
            graph,
            layout,
            edges: None,
            inputs: None,
            trainer,
            is_trained: false,
            embedding: None,
        }
    }

    /// Goes on to the end. If it errs because the work was cancelled it can be run again, and the result is that of a fit
    /// that was not cancelled, bit for bit.
    pub async fn run(&mut self, pulse: &Pulse) -> Result<()> {
        self.graph.run(pulse).await?;
        let input = LayoutInput::of(&self.graph)?;
        if let Some(layout) = &mut self.layout {
            layout.run_to(u32::MAX, input, pulse).await?;
            layout.check(input.fuzzy)?;
        }
        pulse.begin(Stage::Train);
        let edges = self.edges.get_or_insert_with(|| Edges::new(input.fuzzy.graph.clone()));
        edges.prepare(pulse).await?;
        let ParametricParams { umap, training } = &self.params;
        if self.trainer.is_none() {
            let dims = umap.n_components as usize;
            let networks = Networks::new(training, &self.rows, dims, umap.seed, &pulse.part(0.0, 0.01)).await?;
            self.trainer = Some(Trainer::new(networks, training.clone(), umap));
        }
        let trainer = self.trainer.as_mut().expect("just set");
        if !self.is_trained {
            if self.inputs.is_none() {
                self.inputs = trainer.networks.inputs(&self.rows, &pulse.part(0.01, 0.02)).await?;
            }
            // Without epochs it is only a start, which tells the networks nothing.
            let layout = self.layout.as_ref().filter(|layout| layout.n_epochs() > 0).and_then(LayoutFit::state);
            let data = TrainingData {
                points: &self.rows,
                inputs: self.inputs.as_ref(),
                edges,
                layout: layout.map(LayoutState::embedding),
                landmark_positions: self.landmark_positions.as_deref(),
                validation: self.validation.as_ref(),
            };
            trainer.run(&data, &pulse.part(0.02, 0.98)).await?;
            self.is_trained = true;
            self.inputs = None;
        }
        trainer.fold(pulse).await?;
        if self.embedding.is_none() {
            self.embedding = Some(trainer.networks.transform(&self.rows, &pulse.part(0.98, 1.0)).await?);
        }
        Ok(())
    }

    /// What a fit that was run to its end found, and the model.
    pub fn finish(self, pulse: &Pulse) -> Result<(ParametricModel, ParametricFitted)> {
        let (Some(trainer), Some(embedding)) = (self.trainer, self.embedding) else {
            return Err(UmapError::NotFitted("the fit has not been run to its end".into()));
        };
        let (graph, layout) = (self.graph.finish()?, self.layout.map(LayoutFit::finish).transpose()?);
        let mut diagnostics = Diagnostics::new(&self.params.umap, &graph, layout.as_ref(), pulse);
        let FittedGraph { neighbors, fuzzy, .. } = graph;
        if self.validation.is_some() && trainer.networks.decoder.is_none() {
            diagnostics.notes.push("validation has no effect without a decoder".into());
        }
        let training_steps = trainer.learned();
        let fitted =
            ParametricFitted { embedding, knn: neighbors.knn, graph: fuzzy.graph, training_steps, diagnostics };
        Ok((ParametricModel { params: self.params, trainer }, fitted))
    }
}

/// Before the graph is made.
pub(crate) fn check_landmark_positions(landmark_positions: Option<&[f32]>, rows: usize, dims: usize) -> Result<()> {
    let Some(landmark_positions) = landmark_positions else { return Ok(()) };
    if landmark_positions.len() != rows * dims {
        let got = format!("{} values", landmark_positions.len());
        return Err(UmapError::shape("landmarkPositions", format!("{rows} x {dims} values"), got));
    }
    let is_wrong = |value: &f32| value.is_infinite();
    landmark_positions.iter().position(is_wrong).map_or(Ok(()), |at| {
        let (row, col, value) = (at / dims, at % dims, landmark_positions[at].into());
        Err(UmapError::NotFinite { what: "landmarkPositions", row, col, value })
    })
}
