//! A fit, and going on with one that was interrupted.

use umap_core::Result;
use umap_core::params::UmapParams;
use umap_core::umap::{FitInputs, UmapFit};

use crate::answers::FitAnswer;
use crate::operation::{Call, Entry, of, with_options};
use crate::points::Kept;

pub(super) static OPERATIONS: [Entry; 2] =
    [("fit", &with_options(fit).points(|params, _, _| Ok(Kept::of(params)))), ("resume", &of(resume))];

/// Embeds points; keeps the model.
async fn fit(mut call: Call<UmapParams>) -> Result<FitAnswer> {
    let (params, points) = (call.params.clone(), call.input.points()?);
    let rows = points.rows();
    let inputs = FitInputs {
        precomputed_knn: call.input.knn(rows)?,
        init: call.input.matrix_of("init", rows, params.n_components as usize)?,
        target: call.input.target(None, params.target_metric)?,
    };
    run(UmapFit::new(points, params, inputs)?, call).await
}

/// Goes on with an interrupted fit.
async fn resume(call: Call<()>) -> Result<FitAnswer> {
    run(call.interrupted()?, call).await
}

async fn run<P>(mut fit: UmapFit, call: Call<P>) -> Result<FitAnswer> {
    let ran = fit.run(&call.pulse).await;
    let model = call.finished(fit, ran)?.into_model(&call.pulse)?;
    FitAnswer::of_points(&call.keep(model))
}
