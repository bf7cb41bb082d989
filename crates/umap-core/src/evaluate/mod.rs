//! How well an embedding keeps neighbours, measured on sampled rows against all rows.

mod density;
mod labels;
mod ranks;

use serde::Serialize;

use crate::error::{Result, UmapError};
use crate::knn::{Nearest, nearest_others};
use crate::memory;
use crate::metric::Metric;
use crate::parallel;
use crate::params::{EvaluateParams, Params};
use crate::points::Points;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};

/// Measures of an embedding. Better is greater, 1 is best.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Evaluation {
    /// How near in the input the embedding's neighbours are (Venna and Kaski 2001; scikit-learn's `trustworthiness`):
    /// 1 less the neighbours' ranks beyond `k`, scaled by the worst sum there can be. 0.5 or so for a random layout.
    pub trustworthiness: f64,
    /// Mean share of a row's `k` neighbours in the input that are among its `k` in the embedding.
    pub neighbor_preservation: f64,
    /// How far local radii of the embedding follow those of the input: the correlation (Pearson) of the logarithms of the
    /// rows' mean squared distances to their `k` nearest. -1 to 1; near 0 for UMAP, and what `DensMAP` raises. Absent where all
    /// radii are the same, and with the metric inner_product, which is no distance.
    pub density_correlation: Option<f64>,
    /// Share of rows whose label is the most frequent among their `k` neighbours in the embedding, the row itself left
    /// out; of equally frequent labels the smallest counts. Absent without labels.
    pub label_accuracy: Option<f64>,
    /// Neighbours per row: as asked for, but below half the number of points.
    pub k: u32,
    /// Rows measured.
    pub rows: u32,
}

/// Measures `embedding` (row-major, `dims` columns) against the points it was made from. Distances in the input are those
/// of the points' metric, in the embedding Euclidean; equal ones are ranked by row number. A row of the embedding with a
/// NaN or infinite coordinate is infinitely far from every other. `k` is cut to below half the number of points, where
/// trustworthiness is defined; that takes 3 points.
pub async fn evaluate(
    points: &Points,
    embedding: &[f32],
    dims: usize,
    labels: Option<&[i32]>,
    params: &EvaluateParams,
    pulse: &Pulse,
) -> Result<Evaluation> {
    params.validate()?;
    check(points, embedding, dims, labels)?;
    let n = points.rows();
    let k = (params.k as usize).min((n - 1) / 2);
    let rows = Random::new(params.seed, Stream::Sample).sample(n as u32, params.sample);
    memory::check::<u64>(&format!("{k} neighbors of {} rows", rows.len()), rows.len(), 2 * k)?;
    let layout = Points::from_embedding(embedding, n, dims)?;
    // By multiplications, but not below a tenth: short rows cost more than their arithmetic.
    let layout_share = (dims as f64 / (dims + points.cols()) as f64).max(0.1);
    let near = nearest_others(&layout, &rows, k, &pulse.part(0.0, 0.98 * layout_share)).await?;
    let sorting = pulse.part(0.98 * layout_share, layout_share);
    let ids = |row: &Nearest| row.clone().into_sorted().map(|(_, id)| id).collect::<Vec<_>>();
    let neighbors = parallel::map(&sorting, &near, ids).await?.concat();
    let (ranks, nearest) = ranks::ranks(points, &rows, &neighbors, k, &pulse.part(layout_share, 0.98)).await?;
    let density_correlation = match points.metric() {
        Metric::InnerProduct => None,
        metric => {
            let input = density::mean_squared(&nearest, metric, &pulse.part(0.98, 0.985)).await?;
            let output = density::mean_squared(&near, layout.metric(), &pulse.part(0.985, 0.99)).await?;
            density::correlation(&input, &output)
        }
    };
    let label_accuracy = match labels {
        Some(labels) => Some(labels::accuracy(labels, &rows, &neighbors, k, &pulse.part(0.99, 1.0)).await?),
        None => None,
    };
    Ok(Evaluation {
        trustworthiness: trustworthiness(&ranks, rows.len(), n, k),
        neighbor_preservation: ranks.iter().filter(|&&rank| rank as usize <= k).count() as f64 / ranks.len() as f64,
        density_correlation,
        label_accuracy,
        k: k as u32,
        rows: rows.len() as u32,
    })
}

fn trustworthiness(ranks: &[u32], rows: usize, n: usize, k: usize) -> f64 {
    let beyond: u64 = ranks.iter().map(|&rank| u64::from(rank).saturating_sub(k as u64)).sum();
    let (n, k) = (n as f64, k as f64);
    1.0 - beyond as f64 * (2.0 / (rows as f64 * k * (2.0 * n - 3.0 * k - 1.0)))
}

fn check(points: &Points, embedding: &[f32], dims: usize, labels: Option<&[i32]>) -> Result<()> {
    let n = points.rows();
    if n < 3 {
        return Err(UmapError::shape("points", "at least 3 rows", format!("{n}")));
    }
    if dims == 0 || n.checked_mul(dims) != Some(embedding.len()) {
        let expected = format!("{n} rows of at least 1 column");
        return Err(UmapError::shape("embedding", expected, format!("{} values in {dims} columns", embedding.len())));
    }
    if !embedding.chunks_exact(dims).any(|row| row.iter().all(|value| value.is_finite())) {
        return Err(UmapError::parameter("embedding", "rows with finite coordinates", "none"));
    }
    if let Some(labels) = labels.filter(|labels| labels.len() != n) {
        return Err(UmapError::shape("labels", format!("{n} values"), format!("{}", labels.len())));
    }
    Ok(())
}
