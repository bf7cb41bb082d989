//! How well an embedding keeps what the points say.

use umap_core::Result;
use umap_core::evaluate::{Beside, Evaluation, evaluate};
use umap_core::params::EvaluateParams;
use umap_core::points::Store;
use umap_core::pulse::Stage;

use crate::operation::{Call, Entry, with_options};
use crate::output::Js;
use crate::points::Kept;

pub(super) static OPERATIONS: [Entry; 1] =
    [("evaluate", &with_options(run).points(|params, _, _| Ok(Kept::by(params.metric(), Store::Auto))))];

/// Measures it.
async fn run(call: Call<EvaluateParams>) -> Result<Js<Evaluation>> {
    let Call { params, mut input, pulse, .. } = call;
    let points = input.points()?;
    let embedding = input.floats("embedding")?.unwrap_or_default();
    let dims = input.integer("embedding.cols")?.unwrap_or_default();
    let signed = |labels: Vec<u32>| labels.into_iter().map(u32::cast_signed).collect::<Vec<_>>();
    let labels = input.integers("labels")?.map(signed);
    let (reference, cols) = (input.floats("reference")?, input.integer("reference.cols")?.unwrap_or_default());
    pulse.begin(Stage::Evaluate);
    let beside = Beside { labels: labels.as_deref(), reference: reference.as_deref().map(|values| (values, cols)) };
    Ok(Js::plain(&evaluate(&*points, &embedding, dims, beside, &params, &pulse).await?))
}
