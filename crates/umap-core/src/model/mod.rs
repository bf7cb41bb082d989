//! What is left of a fit: the points with their places, by which new points find theirs. And its file.

mod aligned_file;
mod container;
mod fit_file;
mod index_file;
mod landmarks;
mod read;
mod sections;
mod umap_file;
mod write;

pub use container::{Dtype, FORMAT, VERSION};
pub use read::{Contents, Reader};
pub use umap_file::Loaded;
pub use write::{File, Section};

use std::cell::OnceCell;

use crate::boxed::boxed;
use crate::error::Result;
use crate::fuzzy::Bipartite;
use crate::index::NeighborIndex;
use crate::knn::nearest_neighbors;
use crate::matrix::gather;
use crate::params::UmapParams;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::umap::{Fitted, fuzzy_params};

/// A fitted UMAP.
#[derive(Debug)]
pub struct UmapModel {
    /// The options of the fit.
    pub params: UmapParams,
    /// What it found. Neighbours and graph are empty in a model that was saved without raw data.
    pub fitted: Fitted,
    pub(crate) points: Points,
    /// The rows that `points` are, if not all.
    pub(crate) landmarks: Option<Vec<u32>>,
    prepared: OnceCell<Prepared>,
}

/// What placing new rows needs, and a model that is only looked at does not.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) index: NeighborIndex,
    pub(crate) bipartite: Bipartite,
    /// The places of the rows of `index`, if those are not all rows.
    places: Option<Vec<f32>>,
}

impl UmapModel {
    pub(crate) fn new(params: UmapParams, fitted: Fitted, points: Points, landmarks: Option<Vec<u32>>) -> Self {
        Self { params, fitted, points, landmarks, prepared: OnceCell::new() }
    }

    /// The points, in the form of the metric; the landmarks in a model that was saved without raw data.
    pub fn points(&self) -> &Points {
        &self.points
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
        let (params, points) = (&self.params, &self.points);
        let k = (self.fitted.diagnostics.n_neighbors as usize).min(points.rows());
        let found;
        let knn = if self.landmarks.is_none() {
            &self.fitted.knn
        } else {
            found = boxed(nearest_neighbors(points, k, false, params.seed, &pulse.part(0.0, 0.6))).await?.graph;
            &found
        };
        let fuzzy = fuzzy_params(params, points.metric());
        let bipartite = Bipartite::new(knn, fuzzy, &pulse.part(0.6, 0.65)).await?;
        let building = pulse.part(0.65, 1.0);
        let index = boxed(NeighborIndex::from_neighbors(points.clone(), knn, params.seed, &building)).await?;
        let dims = params.n_components as usize;
        let places = self.landmarks.as_ref().map(|rows| gather(&self.fitted.embedding, rows, dims));
        Ok(Prepared { index, bipartite, places })
    }
}

impl Prepared {
    /// The places of the rows of the index.
    pub(crate) fn places<'a>(&'a self, model: &'a UmapModel) -> &'a [f32] {
        self.places.as_deref().unwrap_or(&model.fitted.embedding)
    }
}
