//! The nearest neighbours of every point.

use umap_core::Result;
use umap_core::knn::nearest_neighbors;
use umap_core::params::{KnnParams, Params};
use umap_core::pulse::{Pulse, Stage};
use wasm_bindgen::prelude::*;

use crate::input::Input;
use crate::operation::{Entry, Kept, Operation};
use crate::output;

struct NearestNeighbors(KnnParams);

/// Finds them.
pub static NEAREST_NEIGHBORS: Entry = Entry::of::<NearestNeighbors>();

impl Operation for NearestNeighbors {
    const NAME: &'static str = "nearest-neighbors";

    fn new(options: &str, _: u32) -> Result<Self> {
        KnnParams::from_json(options).map(Self)
    }

    fn points(&self, _: usize) -> Result<Kept> {
        Ok(Kept::by(self.0.metric(), self.0.store))
    }

    async fn run(self, mut input: Input, _: u32, pulse: &Pulse) -> Result<JsValue> {
        let (Self(params), points) = (self, input.points()?);
        pulse.begin(Stage::Knn);
        let k = params.k as usize;
        output::neighbors(nearest_neighbors(&points, k, params.force_approximation, params.seed, pulse).await?)
    }
}
