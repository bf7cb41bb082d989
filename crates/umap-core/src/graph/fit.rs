//! The stages from points to the graph.

use crate::boxed::boxed;
use crate::checkpoint::Checkpoint;
use crate::error::{Result, UmapError};
use crate::fuzzy::target::{Target, intersect};
use crate::fuzzy::{FuzzyGraph, fuzzy_simplicial_set};
use crate::knn::{KnnGraph, KnnMethod, Neighbors, nearest_neighbors};
use crate::params::{Params, UmapParams};
use crate::pulse::{Pulse, Stage};
use crate::space::{Geometry, Space};
use std::sync::Arc;

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
    pub(super) params: UmapParams,
    pub(super) space: Arc<dyn Space>,
    pub(super) inputs: GraphInputs,
    pub(super) notes: Vec<String>,
    pub(super) labelled: Option<u32>,
    pub(super) neighbors: Checkpoint<FoundNeighbors>,
    pub(super) fuzzy: Checkpoint<FuzzyGraph>,
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
    pub space: Arc<dyn Space>,
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
    pub fn new(space: impl Into<Arc<dyn Space>>, params: UmapParams, inputs: GraphInputs) -> Result<Self> {
        let space = space.into();
        params.validate()?;
        let mut notes = params.notes();
        notes.extend(space.note());
        let (rows, k) = (space.rows(), params.n_neighbors as usize);
        if k > rows {
            notes.push(format!("nNeighbors {k} was cut to the {rows} rows there are"));
        }
        KnnGraph::check_size(rows, k.min(rows))?;
        let labelled = inputs.target.as_ref().map(|target| target.check(rows, params.target_metric)).transpose()?;
        let (neighbors, fuzzy) = (Checkpoint::default(), Checkpoint::default());
        Ok(Self { params, space, inputs, notes, labelled, neighbors, fuzzy })
    }

    /// Goes on until there is a graph.
    pub async fn run(&mut self, pulse: &Pulse) -> Result<()> {
        let Self { params, space, inputs, notes, neighbors, fuzzy, .. } = self;
        let find = async || find_neighbors(params, &**space, &mut inputs.precomputed_knn, notes, pulse).await;
        let found = neighbors.reach(Stage::Knn, pulse, find).await?;
        let make = async || make_graph(params, space.geometry(), &found.knn, &mut inputs.target, pulse).await;
        fuzzy.reach(Stage::Fuzzy, pulse, make).await.map(drop)
    }

    /// The options.
    pub fn params(&self) -> &UmapParams {
        &self.params
    }

    /// The points.
    pub fn space(&self) -> &Arc<dyn Space> {
        &self.space
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
        let Self { space, notes, labelled, neighbors, fuzzy, .. } = self;
        let (Some(neighbors), Some(fuzzy)) = (neighbors.into_inner(), fuzzy.into_inner()) else {
            return Err(UmapError::NotFitted("the fit has not been run to its end".into()));
        };
        Ok(FittedGraph { space, neighbors, fuzzy, labelled, notes })
    }
}

async fn find_neighbors(
    params: &UmapParams,
    space: &dyn Space,
    given: &mut Option<KnnGraph>,
    notes: &mut Vec<String>,
    pulse: &Pulse,
) -> Result<FoundNeighbors> {
    let k = (params.n_neighbors as usize).min(space.rows());
    if let Some(all) = given {
        let knn = precomputed(all, space, k, notes, pulse).await?;
        *given = None;
        return Ok(FoundNeighbors { knn, method: None, recall: None, quantized: false });
    }
    let found = boxed(nearest_neighbors(space, k, params.force_approximation, params.seed, pulse)).await?;
    let Neighbors { graph, recall, method, quantized } = found;
    Ok(FoundNeighbors { knn: graph, method: Some(method), recall: Some(recall), quantized })
}

async fn make_graph(
    params: &UmapParams,
    geometry: Geometry,
    knn: &KnnGraph,
    target: &mut Option<Target>,
    pulse: &Pulse,
) -> Result<FuzzyGraph> {
    let how = params.fuzzy(geometry);
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
    space: &dyn Space,
    k: usize,
    notes: &mut Vec<String>,
    pulse: &Pulse,
) -> Result<KnnGraph> {
    let rows = space.rows();
    given.validate(rows, rows, &pulse.part(0.0, 0.5)).await?;
    let negative = given.distances.iter().find(|&&distance| distance < 0.0);
    if let Some(negative) = negative.filter(|_| !space.geometry().is_signed) {
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
