//! Points to their fuzzy simplicial set: neighbours, memberships, and what a target adds (UMAP paper, section 3.1).
//!
//! The graph is where the families meet. UMAP and DensMAP lay it out, ParametricUMAP trains networks on it, AlignedUMAP
//! ties the layouts of several together; none of them looks behind it at the points but for starts and new rows.
//! The search for neighbours is most of the time, and of a fit of UMAP in two dimensions more than half.

mod file;
mod given;

use crate::boxed::boxed;
use crate::checkpoint::Checkpoint;
use crate::error::{Result, UmapError};
use crate::fuzzy::target::{Target, intersect};
use crate::fuzzy::{FuzzyGraph, fuzzy_simplicial_set};
use crate::knn::{KnnGraph, KnnMethod, Neighbors, nearest_neighbors};
use crate::metric::Metric;
use crate::params::{Params, UmapParams};
use crate::points::Points;
use crate::pulse::{Pulse, Stage};

pub(crate) use file::{GraphHead, NeighborsHead};
pub use given::{Asymmetric, given_graph};

/// What a caller may bring besides the points.
#[derive(Debug, Default)]
pub struct GraphInputs {
    /// Neighbours, at least `n_neighbors` per row with the row itself counted.
    pub precomputed_knn: Option<KnnGraph>,
    /// What to learn from besides the points.
    pub target: Option<Target>,
}

/// The stages up to the graph. One that was cancelled goes on from the last stage that ended.
#[derive(Debug)]
pub struct GraphFit {
    params: UmapParams,
    points: Points,
    inputs: GraphInputs,
    notes: Vec<String>,
    labelled: Option<u32>,
    neighbors: Checkpoint<FoundNeighbors>,
    fuzzy: Checkpoint<FuzzyGraph>,
}

/// Neighbours, and how they were found unless they were given.
#[derive(Clone, Debug)]
pub struct FoundNeighbors {
    /// The neighbours.
    pub knn: KnnGraph,
    /// How they were found; None if they were given.
    pub method: Option<KnnMethod>,
    /// Share of true neighbours found, on a sample of rows; None if they were given.
    pub recall: Option<f64>,
    /// Whether the search ran on 7-bit rows.
    pub quantized: bool,
}

/// What the stages found.
#[derive(Debug)]
pub struct FittedGraph {
    /// The points.
    pub points: Points,
    /// Their neighbours.
    pub neighbors: FoundNeighbors,
    /// Their fuzzy simplicial set.
    pub fuzzy: FuzzyGraph,
    /// Points whose target was known; None without a target.
    pub labelled: Option<u32>,
    /// What a user should know.
    pub notes: Vec<String>,
}

impl GraphFit {
    /// A fit before its first stage; checks what was given.
    pub fn new(points: Points, params: UmapParams, inputs: GraphInputs) -> Result<Self> {
        params.validate()?;
        let mut notes = params.notes();
        notes.extend(points.note());
        let (rows, k) = (points.rows(), params.n_neighbors as usize);
        if k > rows {
            notes.push(format!("nNeighbors {k} was cut to the {rows} rows there are"));
        }
        KnnGraph::check_size(rows, k.min(rows))?;
        let labelled = inputs.target.as_ref().map(|target| target.check(rows, params.target_metric)).transpose()?;
        let (neighbors, fuzzy) = (Checkpoint::default(), Checkpoint::default());
        Ok(Self { params, points, inputs, notes, labelled, neighbors, fuzzy })
    }

    /// Goes on until there is a graph.
    pub async fn run(&mut self, pulse: &Pulse) -> Result<()> {
        let Self { params, points, inputs, notes, neighbors, fuzzy, .. } = self;
        let find = async || find_neighbors(params, points, &mut inputs.precomputed_knn, notes, pulse).await;
        let found = neighbors.reach(Stage::Knn, pulse, find).await?;
        let make = async || make_graph(params, points.metric(), &found.knn, &mut inputs.target, pulse).await;
        fuzzy.reach(Stage::Fuzzy, pulse, make).await.map(drop)
    }

    /// The options.
    pub fn params(&self) -> &UmapParams {
        &self.params
    }

    /// The points.
    pub fn points(&self) -> &Points {
        &self.points
    }

    /// The neighbours, once they are found.
    pub fn neighbors(&self) -> Option<&FoundNeighbors> {
        self.neighbors.get()
    }

    /// The graph, once it is made.
    pub fn fuzzy(&self) -> Option<&FuzzyGraph> {
        self.fuzzy.get()
    }

    /// What a fit that was run to its end found.
    pub fn finish(self) -> Result<FittedGraph> {
        let Self { points, notes, labelled, neighbors, fuzzy, .. } = self;
        let (Some(neighbors), Some(fuzzy)) = (neighbors.into_inner(), fuzzy.into_inner()) else {
            return Err(UmapError::NotFitted("the fit has not been run to its end".into()));
        };
        Ok(FittedGraph { points, neighbors, fuzzy, labelled, notes })
    }
}

async fn find_neighbors(
    params: &UmapParams,
    points: &Points,
    given: &mut Option<KnnGraph>,
    notes: &mut Vec<String>,
    pulse: &Pulse,
) -> Result<FoundNeighbors> {
    let k = (params.n_neighbors as usize).min(points.rows());
    if let Some(all) = given {
        let knn = precomputed(all, points, k, notes, pulse).await?;
        *given = None;
        return Ok(FoundNeighbors { knn, method: None, recall: None, quantized: false });
    }
    let found = boxed(nearest_neighbors(points, k, params.force_approximation, params.seed, pulse)).await?;
    let Neighbors { graph, recall, method, quantized } = found;
    Ok(FoundNeighbors { knn: graph, method: Some(method), recall: Some(recall), quantized })
}

async fn make_graph(
    params: &UmapParams,
    metric: Metric,
    knn: &KnnGraph,
    target: &mut Option<Target>,
    pulse: &Pulse,
) -> Result<FuzzyGraph> {
    let how = params.fuzzy(metric);
    let Some(labels) = target else {
        return boxed(fuzzy_simplicial_set(knn, how, pulse)).await;
    };
    let fuzzy = boxed(fuzzy_simplicial_set(knn, how, &pulse.part(0.0, 0.5))).await?;
    let fuzzy = boxed(intersect(fuzzy, labels, params.target(knn.k), &pulse.part(0.5, 1.0))).await?;
    *target = None;
    Ok(fuzzy)
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
    if let Some(negative) = negative.filter(|_| !points.metric().facts().is_signed) {
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
