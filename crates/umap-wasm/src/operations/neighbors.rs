//! The nearest neighbours of every point.

use umap_core::Result;
use umap_core::knn::nearest_neighbors;
use umap_core::params::KnnParams;
use umap_core::pulse::Stage;

use crate::answers::Neighbors;
use crate::operation::{Call, Entry, with_options};
use crate::points::Kept;

pub(super) static OPERATIONS: [Entry; 1] = [(
    "nearest-neighbors",
    &with_options(neighbors).points(|params, _, _| Ok(Kept::by(params.metric(), params.store))),
)];

async fn neighbors(call: Call<KnnParams>) -> Result<Neighbors> {
    let Call { params: KnnParams { k, force_approximation, seed, .. }, mut input, pulse, .. } = call;
    let points = input.points()?;
    pulse.begin(Stage::Knn);
    Neighbors::new(&nearest_neighbors(&*points, k as usize, force_approximation, seed, &pulse).await?)
}
