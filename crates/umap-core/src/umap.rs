//! UMAP: the stages put together.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::boxed::boxed;
use crate::csr::Csr;
use crate::curve;
use crate::densmap;
use crate::error::{Result, UmapError};
use crate::fuzzy::radii::Radii;
use crate::fuzzy::target::{Target, TargetParams, intersect};
use crate::fuzzy::{FuzzyGraph, FuzzyParams, fuzzy_simplicial_set};
use crate::init::{self, InitUsed, InitialLayout};
use crate::knn::{KnnGraph, KnnMethod, Neighbors, nearest_neighbors};
use crate::memory;
use crate::metric::Metric;
use crate::model::UmapModel;
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
    /// What to learn from besides the points.
    pub target: Option<Target>,
    /// The force law of the options, which several fits may share.
    pub force: Option<Rc<UmapForce>>,
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
    /// Local radii, where they were asked for.
    pub radii: Option<Radii>,
    /// How it went.
    pub diagnostics: Diagnostics,
}

/// How a fit went: what was chosen, what was found, how long it took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// Points whose target was known; absent without a target.
    pub labelled: Option<u32>,
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
    let mut fit = UmapFit::new(points, params.clone(), inputs)?;
    fit.run(pulse).await?;
    Ok(fit.into_model(pulse)?.fitted)
}

/// A fit, which holds what its stages have found: one that was cancelled goes on from there.
#[derive(Debug)]
pub struct UmapFit {
    pub(crate) params: UmapParams,
    pub(crate) points: Points,
    pub(crate) inputs: FitInputs,
    pub(crate) notes: Vec<String>,
    pub(crate) labelled: Option<u32>,
    pub(crate) neighbors: Option<FitNeighbors>,
    pub(crate) fuzzy: Option<FuzzyGraph>,
    pub(crate) layout: Option<FitLayout>,
    radii: Option<Radii>,
}

/// Neighbours, and how they were found unless they were given.
#[derive(Debug)]
pub(crate) struct FitNeighbors {
    pub(crate) knn: KnnGraph,
    pub(crate) method: Option<KnnMethod>,
    pub(crate) recall: Option<f64>,
    pub(crate) quantized: bool,
}

/// The layout, and where it started.
#[derive(Debug)]
pub(crate) struct FitLayout {
    pub(crate) init: InitUsed,
    pub(crate) state: LayoutState,
}

impl UmapFit {
    /// A fit before its first stage.
    pub fn new(points: Points, params: UmapParams, inputs: FitInputs) -> Result<Self> {
        params.validate()?;
        let mut notes = params.notes();
        notes.extend(points.note());
        let (rows, dims) = (points.rows(), params.n_components as usize);
        let k = params.n_neighbors as usize;
        if k > rows {
            notes.push(format!("nNeighbors {k} was cut to the {rows} rows there are"));
        }
        // Before hours are spent: the initial layout iterates up to seven vectors more than the embedding has.
        memory::check::<f32>(&format!("embedding ({rows} x {dims})"), rows, dims + 7)?;
        KnnGraph::check_size(rows, k.min(rows))?;
        let labelled = inputs.target.as_ref().map(|target| target.check(rows, params.target_metric)).transpose()?;
        Ok(Self { params, points, inputs, notes, labelled, neighbors: None, fuzzy: None, layout: None, radii: None })
    }

    /// The points.
    pub fn points(&self) -> &Points {
        &self.points
    }

    /// The options.
    pub fn params(&self) -> &UmapParams {
        &self.params
    }

    /// Stages and epochs that are done.
    pub fn stages_done(&self) -> u32 {
        let epochs = self.layout.as_ref().map_or(0, |layout| 1 + layout.state.epoch());
        u32::from(self.neighbors.is_some()) + u32::from(self.fuzzy.is_some()) + epochs
    }

    /// Whether it was interrupted within an epoch.
    pub fn is_within_epoch(&self) -> bool {
        self.layout.as_ref().is_some_and(|layout| !layout.state.progress().moved.is_empty())
    }

    /// Goes on to the end. If it errs because the work was cancelled it can be run again: a stage that was not done starts
    /// anew, the layout goes on where it was, and the result is that of a fit that was not cancelled, bit for bit.
    pub async fn run(&mut self, pulse: &Pulse) -> Result<()> {
        self.run_to(u32::MAX, pulse).await
    }

    /// As [`run`](Self::run), but no further than to `epoch` epochs of the layout; with 0 to the initial layout.
    pub async fn run_to(&mut self, epoch: u32, pulse: &Pulse) -> Result<()> {
        self.start(pulse).await?;
        let FitLayout { state, .. } = self.layout.as_mut().expect("started");
        if pulse.stage() != Stage::Optimize {
            pulse.begin(Stage::Optimize);
        }
        boxed(state.run_to(epoch, &pulse.part(0.01, 1.0))).await?;
        if self.radii.is_none() && state.epoch() == state.n_epochs() {
            let (knn, fuzzy) = (&self.neighbors.as_ref().expect("found").knn, self.fuzzy.as_ref().expect("made"));
            let metric = self.points.metric();
            self.radii = boxed(densmap::radii(&self.params, metric, knn, fuzzy, state.embedding(), pulse)).await?;
        }
        Ok(())
    }

    /// The stages before the layout, whose state is there then.
    pub(crate) async fn start(&mut self, pulse: &Pulse) -> Result<()> {
        if self.neighbors.is_none() {
            pulse.begin(Stage::Knn);
            self.neighbors = Some(boxed(self.find_neighbors(pulse)).await?);
        }
        if self.fuzzy.is_none() {
            pulse.begin(Stage::Fuzzy);
            self.fuzzy = Some(boxed(self.make_graph(pulse)).await?);
        }
        if self.layout.is_none() {
            pulse.begin(Stage::Init);
            self.layout = Some(boxed(self.start_layout(pulse)).await?);
        }
        Ok(())
    }

    /// Epochs of the layout.
    pub fn n_epochs(&self) -> u32 {
        layout_params(&self.params, self.points.rows()).n_epochs
    }

    /// The layout as it is now, row-major; None before it has been started.
    pub fn embedding(&self) -> Option<&[f32]> {
        self.layout.as_ref().map(|layout| layout.state.embedding())
    }

    /// The graph; must have been made.
    pub fn graph(&self) -> &Csr {
        &self.fuzzy.as_ref().expect("the graph was made").graph
    }

    /// The layout; must have been started.
    pub(crate) fn layout_mut(&mut self) -> &mut LayoutState {
        self.graph_and_layout().1
    }

    /// Both.
    pub(crate) fn graph_and_layout(&mut self) -> (&Csr, &mut LayoutState) {
        let (fuzzy, layout) = (self.fuzzy.as_ref(), self.layout.as_mut());
        (&fuzzy.expect("the graph was made").graph, &mut layout.expect("the layout was started").state)
    }

    async fn find_neighbors(&mut self, pulse: &Pulse) -> Result<FitNeighbors> {
        let (points, params) = (&self.points, &self.params);
        let k = (params.n_neighbors as usize).min(points.rows());
        if let Some(given) = &self.inputs.precomputed_knn {
            let knn = precomputed(given, points, k, &mut self.notes, pulse).await?;
            self.inputs.precomputed_knn = None;
            return Ok(FitNeighbors { knn, method: None, recall: None, quantized: false });
        }
        let found = boxed(nearest_neighbors(points, k, params.force_approximation, params.seed, pulse)).await?;
        let Neighbors { graph, recall, method, quantized } = found;
        Ok(FitNeighbors { knn: graph, method: Some(method), recall: Some(recall), quantized })
    }

    async fn make_graph(&mut self, pulse: &Pulse) -> Result<FuzzyGraph> {
        let knn = &self.neighbors.as_ref().expect("the stage before this one is done").knn;
        let params = fuzzy_params(&self.params, self.points.metric());
        let Some(target) = &self.inputs.target else {
            return boxed(fuzzy_simplicial_set(knn, params, pulse)).await;
        };
        let fuzzy = boxed(fuzzy_simplicial_set(knn, params, &pulse.part(0.0, 0.5))).await?;
        let params = target_params(&self.params, knn.k);
        let fuzzy = boxed(intersect(fuzzy, target, params, &pulse.part(0.5, 1.0))).await?;
        self.inputs.target = None;
        Ok(fuzzy)
    }

    async fn start_layout(&mut self, pulse: &Pulse) -> Result<FitLayout> {
        let (params, points) = (&self.params, &self.points);
        let graph = &self.fuzzy.as_ref().expect("the stage before this one is done").graph;
        let (rows, dims) = (points.rows(), params.n_components as usize);
        let InitialLayout { data, used, note } = match &self.inputs.init {
            Some(array) => init::given_layout(array, rows, dims, params.seed, pulse).await?,
            None => boxed(init::initial_layout(Some(points), graph, params.init, dims, params.seed, pulse)).await?,
        };
        pulse.begin(Stage::Optimize);
        let (a, b) = curve_of(params);
        let force =
            self.inputs.force.take().unwrap_or_else(|| Rc::new(UmapForce::new(a, b, params.repulsion_strength)));
        // Getting ready takes about as long as two of some hundred epochs.
        let prepare = pulse.part(0.0, 0.01);
        let knn = &self.neighbors.as_ref().expect("so is the one before").knn;
        let density = densmap::density(params, graph, knn, &prepare).await?;
        let state = LayoutState::new(graph, data, dims, force, layout_params(params, rows), &prepare).await?;
        let state = state.balanced().with_density(density);
        self.inputs.init = None;
        self.notes.extend(note);
        Ok(FitLayout { init: used, state })
    }

    /// Errs where [`into_model`](Self::into_model) would.
    pub fn check(&self) -> Result<()> {
        let (Some(fuzzy), Some(layout)) = (&self.fuzzy, &self.layout) else {
            return Err(UmapError::NotFitted("the fit has not been run to its end".into()));
        };
        check_layout(layout.state.embedding(), self.params.n_components as usize, disconnected_rows(fuzzy))
    }

    /// What a fit that was run to its end found. The pulse has the times of the stages.
    pub fn into_model(self, pulse: &Pulse) -> Result<UmapModel> {
        self.check()?;
        let Self { params, points, mut notes, labelled, neighbors, fuzzy, layout, radii, .. } = self;
        let neighbors = neighbors.expect("checked");
        let (fuzzy, FitLayout { init, state }) = (fuzzy.expect("checked"), layout.expect("checked"));
        let disconnected = disconnected_rows(&fuzzy);
        if disconnected > 0 {
            notes.push(format!(
                "{disconnected} rows have no edge in the graph: no neighbour within disconnectionDistance, or none that \
                 setOpMixRatio or the target leaves; the layout has no place for them (NaN)"
            ));
        }
        let FitNeighbors { knn, method, recall, quantized } = neighbors;
        let (a, b) = curve_of(&params);
        let diagnostics = Diagnostics {
            rows: points.rows() as u32,
            cols: points.cols() as u32,
            store: points.store(),
            n_neighbors: knn.k as u32,
            knn_method: method,
            knn_recall: recall,
            knn_quantized: quantized,
            labelled,
            init,
            n_epochs: state.n_epochs(),
            a,
            b,
            disconnected,
            stage_ms: pulse.finish(),
            notes,
        };
        let fitted = Fitted { embedding: state.into_embedding(), knn, fuzzy, radii, diagnostics };
        Ok(UmapModel::new(params, fitted, points, None))
    }
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

/// Neighbours that were given, in the form that the stages expect: `k` columns, the row itself first.
async fn precomputed(
    given: &KnnGraph,
    points: &Points,
    k: usize,
    notes: &mut Vec<String>,
    pulse: &Pulse,
) -> Result<KnnGraph> {
    let rows = points.rows();
    given.validate(rows, rows, &pulse.part(0.0, 0.5)).await?;
    let negative = given.distances.iter().find(|&&distance| distance < 0.0);
    if let Some(negative) = negative.filter(|_| points.metric() != Metric::InnerProduct) {
        return Err(UmapError::parameter("precomputedKnn.distances", "numbers, at least 0", negative));
    }
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

pub(crate) fn fuzzy_params(params: &UmapParams, metric: Metric) -> FuzzyParams {
    let limit = params.disconnection_distance.map(|d| d as f32);
    FuzzyParams {
        set_op_mix_ratio: params.set_op_mix_ratio,
        local_connectivity: params.local_connectivity,
        disconnection_distance: limit.unwrap_or(metric.disconnection_distance()),
        signed_distances: metric == Metric::InnerProduct,
    }
}

fn target_params(params: &UmapParams, n_neighbors: usize) -> TargetParams {
    TargetParams {
        metric: params.target_metric,
        weight: params.target_weight,
        n_neighbors: usize::try_from(params.target_n_neighbors).unwrap_or(n_neighbors),
        seed: params.seed,
    }
}

pub(crate) fn curve_of(params: &UmapParams) -> (f64, f64) {
    match (params.a, params.b) {
        (Some(a), Some(b)) => (a, b),
        _ => curve::find_ab(params.spread, params.min_dist),
    }
}

pub(crate) fn layout_params(params: &UmapParams, rows: usize) -> LayoutParams {
    LayoutParams {
        n_epochs: params.n_epochs.unwrap_or(default_epochs(rows) + densmap::more_epochs(params)),
        learning_rate: params.learning_rate,
        negative_sample_rate: params.negative_sample_rate,
        seed: params.seed,
    }
}
