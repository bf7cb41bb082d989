//! What is left of a fit: the points with their coordinates, by which new points find theirs.

use std::cell::OnceCell;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::boxed::boxed;
use crate::error::Result;
use crate::fuzzy::radii::Radii;
use crate::fuzzy::{Bipartite, FuzzyGraph};
use crate::graph::{FittedGraph, FoundNeighbors};
use crate::index::NeighborIndex;
use crate::init::InitUsed;
use crate::knn::{KnnGraph, KnnMethod, nearest_neighbors};
use crate::layout::{FittedLayout, disconnected_rows};
use crate::matrix::gather;
use crate::params::UmapParams;
use crate::points::StoreUsed;
use crate::pulse::{Pulse, Stage};
use crate::space::Space;

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
    /// Columns of the input; 0 where a graph was laid out.
    pub cols: u32,
    /// What the points were kept as.
    pub store: StoreUsed,
    /// Neighbours per point that were used, the point itself included; 0 where a graph was laid out.
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

impl Diagnostics {
    /// Of a fit that was run to its end; without a layout `init` and `n_epochs` say random and 0. The pulse has the times.
    pub fn new(params: &UmapParams, graph: &FittedGraph, layout: Option<&FittedLayout>, pulse: &Pulse) -> Self {
        let FittedGraph { space, neighbors: FoundNeighbors { knn, method, recall, quantized }, .. } = graph;
        let info = space.info();
        Self {
            cols: info.cols as u32,
            store: info.store,
            n_neighbors: knn.k as u32,
            knn_method: *method,
            knn_recall: *recall,
            knn_quantized: *quantized,
            labelled: graph.labelled,
            ..Self::of_graph(params, &graph.fuzzy, graph.notes.clone(), layout, pulse)
        }
    }

    /// Of a graph that no points are known of.
    pub fn of_graph(
        params: &UmapParams,
        fuzzy: &FuzzyGraph,
        mut notes: Vec<String>,
        layout: Option<&FittedLayout>,
        pulse: &Pulse,
    ) -> Self {
        let disconnected = disconnected_rows(fuzzy);
        notes.extend(layout.iter().flat_map(|layout| layout.notes.iter().cloned()));
        if disconnected > 0 {
            notes.push(format!(
                "{disconnected} rows have no edge in the graph: no neighbour within disconnectionDistance, or none that \
                 setOpMixRatio or the target leaves; their coordinates are NaN"
            ));
        }
        let (a, b) = params.curve();
        Self {
            rows: fuzzy.graph.rows() as u32,
            cols: 0,
            store: StoreUsed::F32,
            n_neighbors: 0,
            knn_method: None,
            knn_recall: None,
            knn_quantized: false,
            labelled: None,
            init: layout.map_or(InitUsed::Random, |layout| layout.init),
            n_epochs: layout.map_or(0, |layout| layout.n_epochs),
            a,
            b,
            disconnected,
            stage_ms: pulse.finish(),
            notes,
        }
    }
}

/// A fitted UMAP.
#[derive(Debug)]
pub struct UmapModel {
    /// The options of the fit.
    pub params: UmapParams,
    /// What it found. Neighbours and graph are empty in a model that was saved without raw data.
    pub fitted: Fitted,
    pub(crate) space: Arc<dyn Space>,
    /// The rows that are in `space`, if not all.
    pub(crate) landmarks: Option<Vec<u32>>,
    prepared: OnceCell<Prepared>,
}

/// What placing new rows needs, and a model that is only looked at does not.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) index: NeighborIndex,
    pub(crate) bipartite: Bipartite,
    /// The coordinates of the rows of `index`, if those are not all rows.
    coordinates: Option<Vec<f32>>,
}

impl UmapModel {
    pub(crate) fn new(params: UmapParams, fitted: Fitted, space: Arc<dyn Space>, landmarks: Option<Vec<u32>>) -> Self {
        Self { params, fitted, space, landmarks, prepared: OnceCell::new() }
    }

    /// The points, in the form of the metric; the landmarks in a model that was saved without raw data.
    pub fn space(&self) -> &dyn Space {
        &*self.space
    }

    /// What placing new rows needs; made the first time.
    pub(crate) async fn prepared(&self, pulse: &Pulse) -> Result<&Prepared> {
        if self.prepared.get().is_none() {
            let prepared = boxed(self.prepare(pulse)).await?;
            // Another call may have been faster, with the same.
            let _ = self.prepared.set(prepared);
        }
        Ok(self.prepared.get().expect("just set"))
    }

    async fn prepare(&self, pulse: &Pulse) -> Result<Prepared> {
        let (params, space) = (&self.params, &self.space);
        let k = (self.fitted.diagnostics.n_neighbors as usize).min(space.rows());
        let found;
        let knn = if self.landmarks.is_none() {
            &self.fitted.knn
        } else {
            found = boxed(nearest_neighbors(&**space, k, false, params.seed, &pulse.part(0.0, 0.6))).await?.graph;
            &found
        };
        let fuzzy = params.fuzzy(space.geometry());
        let bipartite = Bipartite::new(knn, fuzzy, &pulse.part(0.6, 0.65)).await?;
        let building = pulse.part(0.65, 1.0);
        let index = boxed(NeighborIndex::from_neighbors(Arc::clone(space), knn, params.seed, &building)).await?;
        let dims = params.n_components as usize;
        let coordinates = self.landmarks.as_ref().map(|rows| gather(&self.fitted.embedding, rows, dims));
        Ok(Prepared { index, bipartite, coordinates })
    }
}

impl Prepared {
    /// The coordinates of the rows of the index.
    pub(crate) fn coordinates<'a>(&'a self, model: &'a UmapModel) -> &'a [f32] {
        self.coordinates.as_deref().unwrap_or(&model.fitted.embedding)
    }
}
