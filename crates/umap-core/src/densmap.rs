//! DensMAP: what it adds to the stages of UMAP. Without the feature it adds nothing.
#![cfg_attr(not(feature = "densmap"), allow(unused_variables))]

use crate::csr::Csr;
use crate::error::Result;
#[cfg(feature = "densmap")]
use crate::fuzzy::{FuzzyGraph, radii::Radii};
use crate::knn::KnnGraph;
#[cfg(feature = "densmap")]
use crate::metric::Metric;
use crate::optimize::density::Density;
use crate::params::UmapParams;
use crate::pulse::Pulse;

/// The radii that the layout is to follow, if it is to follow any.
pub(crate) async fn density(
    params: &UmapParams,
    graph: &Csr,
    knn: Option<&KnnGraph>,
    pulse: &Pulse,
) -> Result<Option<Density>> {
    #[cfg(feature = "densmap")]
    if params.densmap {
        let knn = knn.ok_or_else(|| {
            let expected = "false: a graph alone has no distances to take local radii from";
            crate::UmapError::parameter("densmap", expected, true)
        })?;
        let radii = crate::fuzzy::radii::log_radii(graph, knn, pulse).await?;
        let (a, b) = params.curve();
        return Ok(Some(Density::new(&radii, a, b, params.density())));
    }
    Ok(None)
}

/// The radii of the points and of the embedding, for a fit with `outputDens`.
#[cfg(feature = "densmap")]
pub(crate) async fn radii(
    params: &UmapParams,
    metric: Metric,
    knn: &KnnGraph,
    fuzzy: &FuzzyGraph,
    embedding: &[f32],
    pulse: &Pulse,
) -> Result<Radii> {
    let (dims, how) = (params.n_components as usize, params.fuzzy(metric));
    Radii::new(fuzzy, knn, embedding, dims, how, params.seed, pulse).await
}
