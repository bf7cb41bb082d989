//! All measures of an embedding.

use super::centroids;
use super::distances;
use super::evaluation::Evaluation;
use super::measured::ENTRY_BYTES;
use super::measured::in_blocks;
use super::task::Beside;
use super::task::Task;
use super::task::check;
use super::task::reference;
use crate::boxed::boxed;
use crate::error::Result;
use crate::memory;
use crate::params::{EvaluateParams, Params};
use crate::points::Points;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};
use crate::space::Space;

/// Measures `embedding` (row-major, `dims` columns) against the points it was made from. Distances in the input are those
/// of the points' metric, in the embedding Euclidean; equal ones are ranked by row number. A row of the embedding with a
/// NaN or infinite coordinate is infinitely far from every other, and no part of its class's mean. `k` is cut to below half
/// the number of points, where trustworthiness is defined; that takes 3 points.
pub async fn evaluate(
    points: &dyn Space,
    embedding: &[f32],
    dims: usize,
    beside: Beside<'_>,
    params: &EvaluateParams,
    pulse: &Pulse,
) -> Result<Evaluation> {
    params.validate()?;
    check(points, embedding, dims, beside.labels)?;
    let n = points.rows();
    let layout = Points::from_embedding(embedding, n, dims)?;
    let reference = beside.reference.map(|given| reference(given, n, params.reference_metric.into())).transpose()?;
    let task = Task {
        points,
        layout: &layout,
        reference: reference.as_ref(),
        labels: beside.labels,
        k: (params.k as usize).min((n - 1) / 2),
        triplets: params.triplets,
        random: Random::new(params.seed, Stream::Triplets),
    };
    let rows = Random::new(params.seed, Stream::Sample).sample(n as u32, params.sample);
    let most = memory::block_rows(task.k * ENTRY_BYTES);
    let found = in_blocks(&task, &rows, most, &pulse.part(0.0, 0.9)).await?;
    let centroid_correlation = boxed(centroids(&task, embedding, &pulse.part(0.9, 0.95))).await?;
    let [distance_correlation, reference_correlation] =
        boxed(distances(&task, params.sample, &pulse.part(0.95, 1.0))).await?;
    Ok(Evaluation {
        centroid_correlation,
        distance_correlation,
        reference_correlation,
        ..found.evaluation(rows.len(), n, task.k, task.labels.is_some())
    })
}

/// The correlation of distances between the means of classes.
pub(super) async fn centroids(task: &Task<'_>, embedding: &[f32], pulse: &Pulse) -> Result<Option<f64>> {
    let (Some(labels), Some(points)) = (task.labels, task.points.dense()) else { return Ok(None) };
    let dims = task.layout.cols();
    let has_place = |row: usize| embedding[row * dims..][..dims].iter().all(|value| value.is_finite());
    let classes = centroids::classes(labels, task.points.cost(), task.random, has_place);
    let all: Vec<u32> = (0..classes.len() as u32).collect();
    let mut ranks = [Vec::new(), Vec::new()];
    for (side, points) in [points, task.layout].into_iter().enumerate() {
        let pulse = pulse.part(0.5 * side as f64, 0.5 * (side + 1) as f64);
        let means = centroids::means(points, &classes, &pulse.part(0.0, 0.9)).await?;
        ranks[side] = distances::ranks(&means, &all, &pulse.part(0.9, 1.0)).await?;
    }
    Ok(distances::correlation(&ranks[0], &ranks[1]))
}

/// The correlation of distances in the embedding with those in the input, and in the reference.
pub(super) async fn distances(task: &Task<'_>, sample: u32, pulse: &Pulse) -> Result<[Option<f64>; 2]> {
    let rows = task.random.sample(task.points.rows() as u32, sample.min(distances::MOST_ROWS));
    let found = distances::ranks(task.layout, &rows, &pulse.part(0.0, 0.3)).await?;
    let reference = match task.reference {
        Some(points) => distances::correlation(&distances::ranks(points, &rows, &pulse.part(0.3, 0.5)).await?, &found),
        None => None,
    };
    let input = distances::ranks(task.points, &rows, &pulse.part(0.5, 1.0)).await?;
    Ok([distances::correlation(&input, &found), reference])
}
