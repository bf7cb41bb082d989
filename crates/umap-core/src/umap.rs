//! UMAP: the stages put together.

use serde::Serialize;

use crate::boxed::boxed;
use crate::curve;
use crate::error::{Result, UmapError};
use crate::fuzzy::{FuzzyGraph, FuzzyParams, fuzzy_simplicial_set};
use crate::init::{self, InitUsed, InitialLayout};
use crate::knn::{KnnGraph, KnnMethod, Neighbors, nearest_neighbors};
use crate::memory;
use crate::metric::Metric;
use crate::optimize::force::UmapForce;
use crate::optimize::schedule::default_epochs;
use crate::optimize::{LayoutParams, LayoutState};
use crate::params::{Params, UmapParams};
use crate::points::{Points, StoreUsed};
use crate::pulse::{Pulse, Stage};

/// What a caller may bring instead of having it computed.
#[derive(Debug, Default)]
pub struct FitInputs {
    /// Neighbours, at least `n_neighbors` per row with the row itself counted.
    pub precomputed_knn: Option<KnnGraph>,
    /// Initial layout, rows x `n_components`.
    pub init: Option<Vec<f32>>,
}

/// What `fit` found.
#[derive(Debug)]
pub struct Fitted {
    /// Coordinates, row-major, rows x `n_components`. Rows without any neighbour (see `disconnectionDistance`) are NaN.
    pub embedding: Vec<f32>,
    /// The neighbours.
    pub knn: KnnGraph,
    /// The fuzzy simplicial set.
    pub fuzzy: FuzzyGraph,
    /// How it went.
    pub diagnostics: Diagnostics,
}

/// How a fit went: what was chosen, what was found, how long it took.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename_all = "camelCase"))]
pub struct Diagnostics {
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
    /// How the initial layout was made.
    pub init: InitUsed,
    /// Epochs of the layout.
    pub n_epochs: u32,
    /// First coefficient of the low-dimensional curve.
    pub a: f64,
    /// Second coefficient.
    pub b: f64,
    /// Rows without any neighbour, whose coordinates are NaN.
    pub disconnected: u32,
    /// Milliseconds of each stage, in their order.
    pub stage_ms: Vec<(Stage, f64)>,
    /// What a user should know: options without effect, values that were cut, fall-backs.
    pub notes: Vec<String>,
}

/// Embeds `points`.
pub async fn fit(points: Points, params: &UmapParams, inputs: FitInputs, pulse: &Pulse) -> Result<Fitted> {
    params.validate()?;
    let (rows, cols, metric, store) = (points.rows(), points.cols(), points.metric(), points.store());
    let mut notes = params.notes();
    let k = clamp_neighbors(params.n_neighbors as usize, rows, &mut notes);
    let dims = params.n_components as usize;
    // Before hours are spent: the initial layout iterates up to seven vectors more than the embedding has.
    memory::check::<f32>(&format!("embedding ({rows} x {dims})"), rows, dims + 7)?;
    KnnGraph::check_size(rows, k)?;

    pulse.begin(Stage::Knn);
    let neighbors = match inputs.precomputed_knn {
        Some(given) => Given::Precomputed(precomputed(given, rows, k, &mut notes, pulse).await?),
        None => {
            let found = boxed(nearest_neighbors(&points, k, params.force_approximation, params.seed, pulse));
            Given::Found(found.await?)
        }
    };
    let (knn, method, recall, quantized) = neighbors.into_parts();

    pulse.begin(Stage::Fuzzy);
    let fuzzy = boxed(fuzzy_simplicial_set(&knn, fuzzy_params(params, metric), pulse)).await?;

    pulse.begin(Stage::Init);
    let InitialLayout { data, used, note } = match inputs.init {
        Some(array) => init::given_layout(&array, rows, dims, params.seed, pulse).await?,
        None => boxed(init::initial_layout(Some(&points), &fuzzy.graph, params.init, dims, params.seed, pulse)).await?,
    };
    notes.extend(note);
    drop(points);

    pulse.begin(Stage::Optimize);
    let (a, b) = curve_of(params);
    let force = UmapForce::new(a, b, params.repulsion_strength);
    // Getting ready takes about as long as two of some hundred epochs.
    let (prepare, run) = (pulse.part(0.0, 0.01), pulse.part(0.01, 1.0));
    let start = LayoutState::new(&fuzzy.graph, data, dims, force, layout_params(params, rows), &prepare);
    let mut layout = boxed(start).await?;
    boxed(layout.run_to(layout.n_epochs(), &run)).await?;

    let disconnected = disconnected_rows(&fuzzy);
    if disconnected > 0 {
        notes.push(format!(
            "{disconnected} rows have no edge in the graph: no neighbour within disconnectionDistance, or none that \
             setOpMixRatio leaves; their coordinates are NaN"
        ));
    }
    check_layout(layout.embedding(), dims, disconnected)?;
    let diagnostics = Diagnostics {
        rows: rows as u32,
        cols: cols as u32,
        store,
        n_neighbors: knn.k as u32,
        knn_method: method,
        knn_recall: recall,
        knn_quantized: quantized,
        init: used,
        n_epochs: layout.n_epochs(),
        a,
        b,
        disconnected,
        stage_ms: pulse.finish(),
        notes,
    };
    Ok(Fitted { embedding: layout.into_embedding(), knn, fuzzy, diagnostics })
}

/// Rows that the layout has no place for. A single row has one.
fn disconnected_rows(fuzzy: &FuzzyGraph) -> u32 {
    if fuzzy.graph.rows() == 1 { 0 } else { fuzzy.disconnected.len() as u32 }
}

/// No coordinates but those of disconnected rows are NaN: extreme options can drive a layout out of f32's range.
fn check_layout(embedding: &[f32], dims: usize, disconnected: u32) -> Result<()> {
    let lost = embedding.chunks_exact(dims).filter(|row| row.iter().any(|x| !x.is_finite())).count();
    if lost <= disconnected as usize {
        return Ok(());
    }
    let expected = "values that keep the layout within 32-bit floats";
    let got = format!("{} rows that are not finite", lost - disconnected as usize);
    Err(UmapError::parameter("learningRate, repulsionStrength, negativeSampleRate, a, b", expected, got))
}

enum Given {
    Precomputed(KnnGraph),
    Found(Neighbors),
}

impl Given {
    fn into_parts(self) -> (KnnGraph, Option<KnnMethod>, Option<f64>, bool) {
        match self {
            Self::Precomputed(graph) => (graph, None, None, false),
            Self::Found(found) => (found.graph, Some(found.method), Some(found.recall), found.quantized),
        }
    }
}

fn clamp_neighbors(wanted: usize, rows: usize, notes: &mut Vec<String>) -> usize {
    if wanted > rows {
        notes.push(format!("nNeighbors {wanted} was cut to the {rows} rows there are"));
    }
    wanted.min(rows)
}

/// Neighbours that were given, in the form that the stages expect: `k` columns, the row itself first.
async fn precomputed(
    given: KnnGraph,
    rows: usize,
    k: usize,
    notes: &mut Vec<String>,
    pulse: &Pulse,
) -> Result<KnnGraph> {
    given.validate(rows, &pulse.part(0.0, 0.5)).await?;
    if given.k < k {
        let expected = format!("at least nNeighbors ({k}) columns");
        return Err(UmapError::shape("precomputedKnn", expected, given.k.to_string()));
    }
    let (knn, without_self) = given.with_self_first(k, &pulse.part(0.5, 1.0)).await?;
    if without_self > 0 {
        notes.push(format!(
            "precomputedKnn: {without_self} rows did not contain themselves; their farthest neighbour made room"
        ));
    }
    Ok(knn)
}

fn fuzzy_params(params: &UmapParams, metric: Metric) -> FuzzyParams {
    let limit = params.disconnection_distance.map(|d| d as f32);
    FuzzyParams {
        set_op_mix_ratio: params.set_op_mix_ratio,
        local_connectivity: params.local_connectivity,
        disconnection_distance: limit.unwrap_or(metric.disconnection_distance()),
        signed_distances: metric == Metric::InnerProduct,
    }
}

fn curve_of(params: &UmapParams) -> (f64, f64) {
    match (params.a, params.b) {
        (Some(a), Some(b)) => (a, b),
        _ => curve::find_ab(params.spread, params.min_dist),
    }
}

fn layout_params(params: &UmapParams, rows: usize) -> LayoutParams {
    LayoutParams {
        n_epochs: params.n_epochs.unwrap_or(default_epochs(rows)),
        learning_rate: params.learning_rate,
        negative_sample_rate: params.negative_sample_rate,
        seed: params.seed,
    }
}
