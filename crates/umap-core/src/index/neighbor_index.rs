//! The index itself: its rows, and the graph over them.

use std::any::Any;
use std::sync::Arc;

use super::add::Undo;
use super::graph::SearchGraph;

use crate::boxed::boxed;
use crate::error::{Result, UmapError};
use crate::knn::{KnnGraph, NONE, nearest_neighbors};
use crate::metric::MetricName;
use crate::points::{Points, StoreUsed};
use crate::pulse::Pulse;
use crate::space::Space;

/// All rows are compared with the query up to this product of rows and columns (a row costs as much as 32 columns
/// besides): about 0.1 ms, as long as a search of the graph takes.
const EXACT_COST: u64 = 1 << 20;

/// How rows are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum IndexMethod {
    /// By comparing all.
    Exact,
    /// By a best-first search of a graph.
    Graph,
}

/// What an index is.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename_all = "camelCase"))]
pub struct IndexDiagnostics {
    /// Rows that can be found.
    pub rows: u32,
    /// Their columns.
    pub cols: u32,
    /// How far two rows are from each other.
    pub metric: MetricName,
    /// The order of Minkowski's distance; absent with other metrics.
    pub p: Option<f32>,
    /// What the rows are kept as.
    pub store: StoreUsed,
    /// How rows are found.
    pub method: IndexMethod,
    /// Whether the search runs on 7-bit rows; distances are exact all the same.
    pub quantized: bool,
}

/// Rows that can be searched. What is found for a row depends on that row alone: not on the others of its batch, their
/// order or the number of threads.
#[derive(Debug)]
pub struct NeighborIndex {
    pub(super) space: Arc<dyn Space>,
    pub(super) graph: Option<SearchGraph>,
    /// Neighbours of each row that the graph was made from, the row itself included.
    pub(super) k: usize,
    pub(super) seed: u32,
}

impl NeighborIndex {
    /// An index of rows whose neighbours are known, as a UMAP fit leaves them.
    pub async fn from_neighbors(
        space: impl Into<Arc<dyn Space>>,
        knn: &KnnGraph,
        seed: u32,
        pulse: &Pulse,
    ) -> Result<Self> {
        let space = space.into();
        check_neighbors(knn, space.rows())?;
        let graph = match needs_graph(&*space) {
            true => Some(boxed(SearchGraph::new(&*space, knn, seed, pulse)).await?),
            false => None,
        };
        pulse.tick(1.0).await?;
        Ok(Self { space, graph, k: knn.k, seed })
    }

    /// An index of rows, of each of which `k` neighbours (itself counted) are found first. More make better searches
    /// possible and take longer to find.
    pub async fn build(space: impl Into<Arc<dyn Space>>, k: usize, seed: u32, pulse: &Pulse) -> Result<Self> {
        let space = space.into();
        let graph = build_graph(&*space, k, seed, pulse).await?;
        Ok(Self { space, graph, k: k.max(1), seed })
    }

    /// The rows.
    pub fn space(&self) -> &dyn Space {
        &*self.space
    }

    /// What it is, as it is now.
    pub fn diagnostics(&self) -> IndexDiagnostics {
        let info = self.space.info();
        IndexDiagnostics {
            rows: self.space.rows() as u32,
            cols: info.cols as u32,
            metric: info.metric.name(),
            p: info.metric.p(),
            store: info.store,
            method: if self.graph.is_some() { IndexMethod::Graph } else { IndexMethod::Exact },
            quantized: self.graph.as_ref().is_some_and(|graph| graph.quantized.is_some()),
        }
    }

    /// The `k` nearest rows of the index for each of `queries`, nearest first, equal distances in the order of the rows;
    /// `k` is cut to the number of rows. A greater `epsilon` finds more of them and takes longer: the search goes through
    /// rows that are up to `1 + epsilon` times as far as the last one found, by the square of Euclidean distance. Distances are in the
    /// metric's units.
    pub async fn query(&self, queries: &dyn Space, k: usize, epsilon: f32, pulse: &Pulse) -> Result<KnnGraph> {
        self.space.check_queries(queries)?;
        if !(epsilon.is_finite() && epsilon >= 0.0) {
            return Err(UmapError::parameter("epsilon", "a finite number, at least 0", epsilon));
        }
        let k = k.clamp(1, self.space.rows());
        KnnGraph::check_size(queries.rows(), k)?;
        match &self.graph {
            Some(graph) => boxed(graph.query(&*self.space, queries, k, epsilon, pulse)).await,
            None => boxed(super::exact::query(&*self.space, queries, k, pulse)).await,
        }
    }

    /// Appends rows, which get the numbers that follow. Rows of 32-bit floats are stored as those of the index are if that
    /// keeps their values; otherwise all are stored as 32-bit floats from then on. If it errs (or is dropped before it has
    /// ended) the index is as it was.
    pub async fn add(&mut self, rows: &dyn Space, pulse: &Pulse) -> Result<()> {
        self.space.check_queries(rows)?;
        let (Some(points), Some(rows)) = (own_points(&mut self.space), rows.dense()) else {
            return Err(UmapError::parameter("points", "rows of numbers, to which rows can be added", "other rows"));
        };
        let storing = pulse.part(0.0, 0.02);
        let rows = &boxed(stored_alike(points, rows, &storing)).await?;
        let old = match rows.store() == points.store() {
            true => None,
            false => {
                let wide = boxed(points.in_store(rows.store(), &storing)).await?;
                Some(std::mem::replace(points, wide))
            }
        };
        let mut grown = Grown { before: points.rows(), points, old, is_done: false };
        boxed(grown.points.append(rows, &pulse.part(0.02, 0.05))).await?;
        let (counting, pulse) = (pulse.part(0.05, 0.1), pulse.part(0.1, 1.0));
        let suits = match &mut self.graph {
            Some(graph) => boxed(graph.suits(grown.points, self.seed, &counting)).await?,
            None => false,
        };
        match &mut self.graph {
            Some(graph) if suits => {
                let mut undo = Undo::new(graph);
                boxed(SearchGraph::add(&mut undo, grown.points, self.k, &pulse)).await?;
                undo.keep();
            }
            graph => *graph = build_graph(grown.points, self.k, self.seed, &pulse).await?,
        }
        grown.is_done = true;
        Ok(())
    }
}

/// The rows of an index, if they are rows of numbers, for it to change; those that a model shares are shared no more.
fn own_points(space: &mut Arc<dyn Space>) -> Option<&mut Points> {
    if Arc::get_mut(space).is_none() {
        *space = space.dense()?.clone().into();
    }
    (Arc::get_mut(space)? as &mut dyn Any).downcast_mut()
}

/// Rows in the store of the index, or as 32-bit floats where only those keep their values.
async fn stored_alike(points: &Points, rows: &Points, pulse: &Pulse) -> Result<Points> {
    let store = points.store();
    match rows.store() {
        own if own == store => Ok(rows.clone()),
        StoreUsed::F32 => Ok(rows.losslessly(store, pulse).await?.unwrap_or_else(|| rows.clone())),
        own => Err(UmapError::parameter("store", format!("{store:?}, as the index has"), format!("{own:?}"))),
    }
}

/// Points that rows were appended to; without them again when dropped before all is done.
struct Grown<'a> {
    points: &'a mut Points,
    before: usize,
    /// The points as they were, if they were in another store.
    old: Option<Points>,
    is_done: bool,
}

impl Drop for Grown<'_> {
    fn drop(&mut self) {
        match self.old.take() {
            _ if self.is_done => {}
            Some(old) => *self.points = old,
            None => self.points.truncate(self.before),
        }
    }
}

fn needs_graph(space: &dyn Space) -> bool {
    !space.is_compared_exactly() && (space.rows() as u64).saturating_mul(space.cost() as u64 + 32) > EXACT_COST
}

/// None for few rows.
async fn build_graph(space: &dyn Space, k: usize, seed: u32, pulse: &Pulse) -> Result<Option<SearchGraph>> {
    if !needs_graph(space) {
        pulse.tick(1.0).await?;
        return Ok(None);
    }
    let found = boxed(nearest_neighbors(space, k.max(2), false, seed, &pulse.part(0.0, 0.9))).await?;
    boxed(SearchGraph::new(space, &found.graph, seed, &pulse.part(0.9, 1.0))).await.map(Some)
}

/// Distances are not looked at: those that are needed are computed.
fn check_neighbors(knn: &KnnGraph, rows: usize) -> Result<()> {
    if knn.k == 0 || knn.indices.len() as u64 != rows as u64 * knn.k as u64 {
        let expected = format!("{rows} x k (k = {}) indices", knn.k);
        return Err(UmapError::shape("knn", expected, knn.indices.len().to_string()));
    }
    match knn.indices.iter().position(|&id| id != NONE && id as usize >= rows) {
        Some(at) => {
            let got = format!("{} in row {}", knn.indices[at], at / knn.k);
            Err(UmapError::parameter("knn.indices", format!("-1 or 0 to {}", rows - 1), got))
        }
        None => Ok(()),
    }
}
