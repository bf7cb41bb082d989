//! A fit: the graph, the layout that is learned first, the training.

use serde::Serialize;
use umap_core::fuzzy::FuzzyGraph;
use umap_core::knn::{KnnGraph, KnnMethod};
use umap_core::params::UmapParams;
use umap_core::points::{Points, StoreUsed};
use umap_core::pulse::{Pulse, Stage};
use umap_core::umap::{FitInputs, FitParts, UmapFit};
use umap_core::{Result, UmapError};

use crate::model::Networks;
use crate::params::ParametricParams;
use crate::train::{Edges, Trainer, TrainingData};

/// Networks with all that is needed to train them further.
#[derive(Clone, Debug)]
pub struct ParametricModel {
    /// The options.
    pub params: ParametricParams,
    /// The networks.
    pub trainer: Trainer,
}

/// What a caller may bring to a training.
#[derive(Debug, Default)]
pub struct TrainingInputs {
    /// For the graph and the layout.
    pub graph: FitInputs,
    /// Where rows should be, rows x `nComponents`; rows with NaN are free.
    pub landmarks: Option<Vec<f32>>,
    /// Rows on which the decoder is measured.
    pub validation: Option<Points>,
}

/// What a training gave.
#[derive(Debug)]
pub struct Trained {
    /// The networks.
    pub model: ParametricModel,
    /// Where they put the rows, row-major.
    pub embedding: Vec<f32>,
    /// The neighbours of the rows.
    pub knn: KnnGraph,
    /// The graph that was learned.
    pub fuzzy: FuzzyGraph,
    /// How it went.
    pub diagnostics: ParametricDiagnostics,
}

/// How a training went.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename_all = "camelCase"))]
pub struct ParametricDiagnostics {
    /// Rows of the input.
    pub rows: u32,
    /// Columns of the input.
    pub cols: u32,
    /// What the points were kept as.
    pub store: StoreUsed,
    /// Neighbours per point that were used, the point itself included.
    pub n_neighbors: u32,
    /// How neighbours were found; absent if they were given.
    pub knn_method: Option<KnnMethod>,
    /// Share of true neighbours found, estimated on a sample of rows against an exact search; absent if they were given.
    pub knn_recall: Option<f64>,
    /// Whether the search ran on 7-bit rows (distances are recomputed in 32 bits either way).
    pub knn_quantized: bool,
    /// Points whose target was known; absent without a target.
    pub labelled: Option<u32>,
    /// Rows without any neighbour, of which nothing was learned; they have places all the same.
    pub disconnected: u32,
    /// Whether the encoder first learned the layout that UMAP made.
    pub distilled: bool,
    /// Steps in this training.
    pub steps: u32,
    /// Weights of the encoder and the decoder.
    pub weights: u32,
    /// Milliseconds of each stage, in their order.
    pub stage_ms: Vec<(Stage, f64)>,
    /// What a user should know: options without effect, values that were cut, fall-backs.
    pub notes: Vec<String>,
}

impl ParametricModel {
    /// Trains new networks on `points`. They first learn the layout that UMAP makes of the same graph, unless there are
    /// landmarks, near which that layout would not be.
    pub async fn fit(
        points: Points,
        params: ParametricParams,
        inputs: TrainingInputs,
        pulse: &Pulse,
    ) -> Result<Trained> {
        let (dims, seed) = (params.umap.n_components as usize, params.umap.seed);
        let networks = Networks::new(&params.training, &points, dims, seed, pulse).await?;
        let trainer = Trainer::new(networks, params.training.clone(), &params.umap);
        let distils = params.training.distillation_steps > 0 && inputs.landmarks.is_none();
        train(Self { params, trainer }, points, inputs, distils, pulse).await
    }

    /// Trains on `points` from where the networks are. This model stays as it is.
    pub async fn partial_fit(
        &self,
        points: Points,
        changes: ParametricParams,
        inputs: TrainingInputs,
        pulse: &Pulse,
    ) -> Result<Trained> {
        let trainer = self.trainer.clone().with_params(changes.training.clone(), &changes.umap);
        train(Self { params: changes, trainer }, points, inputs, false, pulse).await
    }
}

async fn train(
    model: ParametricModel,
    points: Points,
    inputs: TrainingInputs,
    distils: bool,
    pulse: &Pulse,
) -> Result<Trained> {
    let ParametricModel { params, mut trainer } = model;
    check_landmarks(inputs.landmarks.as_deref(), points.rows(), params.umap.n_components as usize)?;
    let umap = UmapParams { learning_rate: UmapParams::default().learning_rate, ..params.umap.clone() };
    let mut graph = UmapFit::new(points, umap, inputs.graph)?;
    if distils {
        graph.run(pulse).await?;
    } else {
        graph.run_to_graph(pulse).await?;
    }
    let parts = graph.into_parts()?;
    pulse.begin(Stage::Train);
    let before = trainer.steps_done();
    let edges = Edges::new(&parts.fuzzy.graph, &pulse.part(0.0, 0.01)).await?;
    let data = TrainingData {
        points: &parts.points,
        edges: &edges,
        layout: parts.embedding.as_deref(),
        landmarks: inputs.landmarks.as_deref(),
        validation: inputs.validation.as_ref(),
    };
    trainer.run(&data, &pulse.part(0.01, 0.97)).await?;
    let embedding = trainer.networks.transform(&parts.points, &pulse.part(0.97, 1.0)).await?;
    drop(edges);
    let FitParts { points, knn, knn_method, knn_recall, knn_quantized, fuzzy, labelled, notes, .. } = parts;
    let weights = trainer.networks.parameters().map(|parameter| parameter.values.len() as u32).sum();
    let diagnostics = ParametricDiagnostics {
        rows: points.rows() as u32,
        cols: points.cols() as u32,
        store: points.store(),
        n_neighbors: knn.k as u32,
        knn_method,
        knn_recall,
        knn_quantized,
        labelled,
        disconnected: fuzzy.disconnected.len() as u32,
        distilled: distils,
        steps: trainer.steps_done() - before,
        weights,
        stage_ms: pulse.finish(),
        notes,
    };
    Ok(Trained { model: ParametricModel { params, trainer }, embedding, knn, fuzzy, diagnostics })
}

/// Before the graph is made.
fn check_landmarks(landmarks: Option<&[f32]>, rows: usize, dims: usize) -> Result<()> {
    let Some(landmarks) = landmarks else { return Ok(()) };
    if landmarks.len() != rows * dims {
        let got = format!("{} values", landmarks.len());
        return Err(UmapError::shape("landmarkPositions", format!("{rows} x {dims} values"), got));
    }
    match landmarks.iter().position(|value| value.is_infinite()) {
        None => Ok(()),
        Some(at) => Err(UmapError::NotFinite {
            what: "landmarkPositions",
            row: at / dims,
            col: at % dims,
            value: landmarks[at].into(),
        }),
    }
}
