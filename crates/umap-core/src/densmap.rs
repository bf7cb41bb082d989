//! DensMAP: what it adds to the stages of UMAP.

use crate::csr::Csr;
use crate::error::Result;
use crate::fuzzy::FuzzyGraph;
use crate::fuzzy::radii::{Radii, log_radii};
use crate::knn::KnnGraph;
use crate::metric::Metric;
use crate::optimize::density::{Density, DensityParams};
use crate::params::UmapParams;
use crate::pulse::Pulse;
use crate::umap::{curve_of, fuzzy_params};

/// Epochs that it has besides where the caller gives none (umap-learn's rule). Without them its correlation on
/// Fashion-MNIST is 0.727, with them 0.748.
pub(crate) const MORE_EPOCHS: u32 = 200;

/// The radii that the layout is to follow, if it is to follow any.
pub(crate) async fn density(
    params: &UmapParams,
    graph: &Csr,
    knn: &KnnGraph,
    pulse: &Pulse,
) -> Result<Option<Density>> {
    if !(cfg!(feature = "densmap") && params.densmap) {
        return Ok(None);
    }
    let radii = log_radii(graph, knn, pulse).await?;
    let (a, b) = curve_of(params);
    let density =
        DensityParams { lambda: params.dens_lambda, frac: params.dens_frac, var_shift: params.dens_var_shift };
    Ok(Some(Density::new(&radii, a, b, density)))
}

/// Whether the radii are part of the result.
pub(crate) fn measures_radii(params: &UmapParams) -> bool {
    cfg!(feature = "densmap") && params.output_dens
}

/// The radii of the points and of the embedding.
pub(crate) async fn radii(
    params: &UmapParams,
    metric: Metric,
    knn: &KnnGraph,
    fuzzy: &FuzzyGraph,
    embedding: &[f32],
    pulse: &Pulse,
) -> Result<Radii> {
    let (dims, how) = (params.n_components as usize, fuzzy_params(params, metric));
    Radii::new(fuzzy, knn, embedding, dims, how, params.seed, pulse).await
}
