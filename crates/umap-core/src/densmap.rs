//! DensMAP: what it adds to the stages of UMAP. Without the feature it adds nothing.
#![cfg_attr(not(feature = "densmap"), allow(unused_variables))]

use crate::csr::Csr;
use crate::error::Result;
use crate::knn::KnnGraph;
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
