//! How well an embedding keeps neighbours, measured on sampled rows against all rows, and what it says at large.

mod centroids;
mod density;
mod distances;
mod labels;
mod ranks;
mod triplets;

use serde::Serialize;

use crate::boxed::boxed;
use crate::error::{Result, UmapError};
use crate::knn::{Nearest, nearest_others};
use crate::matrix::check_finite;
use crate::memory;
use crate::metric::Metric;
use crate::parallel;
use crate::params::{EvaluateParams, Params};
use crate::points::Points;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};
use triplets::Triplets;

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
    /// Share of random triplets of rows (i, a, b) in which a and b are in the same order from i in the input and in the
    /// embedding (Wang, Huang, Rudin and Shaposhnik 2021, "Understanding How Dimension Reduction Tools Work"). Those with equal
    /// distances in the input are left out, equal ones in the embedding count as half. 0.5 for a random layout. Absent where
    /// all distances are equal.
    pub random_triplets: Option<f64>,
    /// Spearman's correlation of the distances in the input and in the embedding, of all pairs of `sample` rows, at most 1000
    /// of them (Kobak and Berens 2019, "The art of using t-SNE for single-cell transcriptomics": CPD). -1 to 1, 0 for a
    /// random layout. Absent where all distances are equal.
    pub distance_correlation: Option<f64>,
    /// The same of the distances between the means of classes. Kobak and Berens measure by these means the share of nearest
    /// classes that are kept (KNC), which depends on how many count as near. Of more than 1000 classes 1000 are drawn. Absent
    /// without labels, and of fewer than 3 classes.
    pub centroid_correlation: Option<f64>,
    /// `randomTriplets` against the distances of the `reference` instead of those of the input. Absent without it.
    pub reference_triplets: Option<f64>,
    /// `distanceCorrelation` against the distances of the `reference`. Absent without it.
    pub reference_correlation: Option<f64>,
    /// Neighbours per row: as asked for, but below half the number of points.
    pub k: u32,
    /// Rows measured.
    pub rows: u32,
}

/// What an embedding is held against beside the points.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// A class for each row.
    pub labels: Option<&'a [i32]>,
    /// Coordinates that are known of each row, and how many: places on a sheet, times along a path.
    pub reference: Option<(&'a [f32], usize)>,
}

/// Measures `embedding` (row-major, `dims` columns) against the points it was made from. Distances in the input are those
/// of the points' metric, in the embedding Euclidean; equal ones are ranked by row number. A row of the embedding with a
/// NaN or infinite coordinate is infinitely far from every other, and no part of its class's mean. `k` is cut to below half
/// the number of points, where trustworthiness is defined; that takes 3 points.
pub async fn evaluate(
    points: &Points,
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

/// What is measured.
struct Task<'a> {
    points: &'a Points,
    layout: &'a Points,
    reference: Option<&'a Points>,
    labels: Option<&'a [i32]>,
    k: usize,
    /// For each row.
    triplets: u32,
    random: Random,
}

/// Measures rows, so many at a time.
async fn in_blocks(task: &Task<'_>, rows: &[u32], most: usize, pulse: &Pulse) -> Result<Measured> {
    let (mut found, mut done) = (Measured::default(), 0);
    let at = |done: usize| done as f64 / rows.len() as f64;
    for block in rows.chunks(most) {
        let pulse = pulse.part(at(done), at(done + block.len()));
        found.append(boxed(measure(task, block, &pulse)).await?);
        done += block.len();
    }
    Ok(found)
}

/// The correlation of distances between the means of classes.
async fn centroids(task: &Task<'_>, embedding: &[f32], pulse: &Pulse) -> Result<Option<f64>> {
    let Some(labels) = task.labels else { return Ok(None) };
    let dims = task.layout.cols();
    let has_place = |row: usize| embedding[row * dims..][..dims].iter().all(|value| value.is_finite());
    let classes = centroids::classes(labels, task.points.stride(), task.random, has_place);
    let all: Vec<u32> = (0..classes.len() as u32).collect();
    let mut ranks = [Vec::new(), Vec::new()];
    for (side, points) in [task.points, task.layout].into_iter().enumerate() {
        let pulse = pulse.part(0.5 * side as f64, 0.5 * (side + 1) as f64);
        let means = centroids::means(points, &classes, &pulse.part(0.0, 0.9)).await?;
        ranks[side] = distances::ranks(&means, &all, &pulse.part(0.9, 1.0)).await?;
    }
    Ok(distances::correlation(&ranks[0], &ranks[1]))
}

/// The correlation of distances in the embedding with those in the input, and in the reference.
async fn distances(task: &Task<'_>, sample: u32, pulse: &Pulse) -> Result<[Option<f64>; 2]> {
    let rows = task.random.sample(task.points.rows() as u32, sample.min(distances::MOST_ROWS));
    let found = distances::ranks(task.layout, &rows, &pulse.part(0.0, 0.3)).await?;
    let reference = match task.reference {
        Some(points) => distances::correlation(&distances::ranks(points, &rows, &pulse.part(0.3, 0.5)).await?, &found),
        None => None,
    };
    let input = distances::ranks(task.points, &rows, &pulse.part(0.5, 1.0)).await?;
    Ok([distances::correlation(&input, &found), reference])
}

/// Bytes that a neighbour takes of a row that is measured: twice up to `2 k` entries, one of its targets, its rank and its
/// number, the latter twice while they are put together.
const ENTRY_BYTES: usize = 2 * 2 * 8 + 8 + 4 + 2 * 4;

/// What was found for some of the rows.
#[derive(Debug, Default, PartialEq)]
struct Measured {
    /// Ranks of neighbours beyond `k`, less `k`, summed.
    beyond: u64,
    /// Neighbours that are kept.
    kept: usize,
    /// Mean squared distances of each row's neighbours, in the input and in the embedding.
    squares: [Vec<f64>; 2],
    /// Rows whose label is their neighbours'.
    right: usize,
    /// Of the points and of the reference.
    triplets: [Triplets; 2],
}

impl Measured {
    fn append(&mut self, more: Self) {
        self.beyond += more.beyond;
        self.kept += more.kept;
        self.squares.iter_mut().zip(more.squares).for_each(|(all, more)| all.extend(more));
        self.right += more.right;
        self.triplets.iter_mut().zip(more.triplets).for_each(|(all, more)| all.append(more));
    }

    /// What the neighbours and triplets say.
    fn evaluation(&self, rows: usize, n: usize, k: usize, has_labels: bool) -> Evaluation {
        Evaluation {
            trustworthiness: trustworthiness(self.beyond, rows, n, k),
            neighbor_preservation: self.kept as f64 / (rows * k) as f64,
            density_correlation: density::correlation(&self.squares[0], &self.squares[1]),
            label_accuracy: has_labels.then(|| self.right as f64 / rows as f64),
            random_triplets: self.triplets[0].share(),
            distance_correlation: None,
            centroid_correlation: None,
            reference_triplets: self.triplets[1].share(),
            reference_correlation: None,
            k: k as u32,
            rows: rows as u32,
        }
    }
}

/// Measures some rows against all: in the points, and in the layout.
async fn measure(task: &Task<'_>, rows: &[u32], pulse: &Pulse) -> Result<Measured> {
    let &Task { points, layout, labels, k, .. } = task;
    let dims = layout.cols();
    // By multiplications, but not below a tenth: short rows cost more than their arithmetic.
    let layout_share = (dims as f64 / (dims + points.cols()) as f64).max(0.1);
    let near = nearest_others(layout, rows, k, &pulse.part(0.0, 0.98 * layout_share)).await?;
    let sorting = pulse.part(0.98 * layout_share, layout_share);
    let ids = |row: &Nearest| row.clone().into_sorted().map(|(_, id)| id).collect::<Vec<_>>();
    let neighbors = parallel::map(&sorting, &near, ids).await?.concat();
    let (ranks, nearest) = ranks::ranks(points, rows, &neighbors, k, &pulse.part(layout_share, 0.98)).await?;
    let squares = if points.metric().facts().is_signed {
        Default::default()
    } else {
        let input = density::mean_squared(&nearest, points, &pulse.part(0.98, 0.983)).await?;
        let output = density::mean_squared(&near, layout, &pulse.part(0.983, 0.986)).await?;
        [input, output]
    };
    let right = match labels {
        Some(labels) => labels::right(labels, rows, &neighbors, k, &pulse.part(0.986, 0.99)).await?,
        None => 0,
    };
    let triplets = triplets::triplets(task, rows, &pulse.part(0.99, 1.0)).await?;
    Ok(Measured {
        beyond: ranks.iter().map(|&rank| u64::from(rank).saturating_sub(k as u64)).sum(),
        kept: ranks.iter().filter(|&&rank| rank as usize <= k).count(),
        squares,
        right,
        triplets,
    })
}

fn trustworthiness(beyond: u64, rows: usize, n: usize, k: usize) -> f64 {
    let (n, k) = (n as f64, k as f64);
    1.0 - beyond as f64 * (2.0 / (rows as f64 * k * (2.0 * n - 3.0 * k - 1.0)))
}

/// Known coordinates as points.
fn reference((values, cols): (&[f32], usize), n: usize, metric: Metric) -> Result<Points> {
    if cols == 0 || n.checked_mul(cols) != Some(values.len()) {
        let got = format!("{} values in {cols} columns", values.len());
        return Err(UmapError::shape("reference", format!("{n} rows of at least 1 column"), got));
    }
    check_finite("reference", values, cols)?;
    Points::from_slice(values, n, cols, metric)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pulse::block_on;

    /// 20,000 rows with 9,999 neighbours each took 9 GB at a time, and the module's end.
    #[test]
    fn rows_measured_in_blocks_have_the_same_measures() {
        let random = Random::new(3, Stream::Layout);
        let values = |len: u32, seed: u32| (0..len).map(|i| random.at(seed).uniform(i)).collect::<Vec<_>>();
        let points = Points::from_slice(&values(300 * 5, 1), 300, 5, Metric::Euclidean).unwrap();
        let layout = Points::from_embedding(&values(300 * 2, 2), 300, 2).unwrap();
        let labels: Vec<i32> = values(300, 3).iter().map(|&x| (x * 4.0) as i32).collect();
        let rows: Vec<u32> = (0..300).step_by(2).collect();
        let task = Task {
            points: &points,
            layout: &layout,
            reference: Some(&points),
            labels: Some(&labels),
            k: 20,
            triplets: 5,
            random,
        };
        let measured = |most: usize| block_on(async |pulse| in_blocks(&task, &rows, most, pulse).await).unwrap();
        let together = measured(150);
        assert!(together.kept > 0 && together.right > 0 && together.squares[1].len() == 150);
        [1, 7, 149].iter().for_each(|&most| assert_eq!(measured(most), together));
    }
}
