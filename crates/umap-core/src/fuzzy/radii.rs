//! Local radii: how far the neighbours of each row are (densMAP: Narayan, Berger and Cho 2021). Logarithms throughout.

use super::graph::FuzzyGraph;
use super::neighbors::ROWS_PER_TASK;
use super::params::FuzzyParams;
use super::simplicial_set::fuzzy_simplicial_set;
use crate::boxed::boxed;
use crate::csr::Csr;
use crate::error::Result;
use crate::knn::{KnnGraph, nearest_neighbors};
use crate::math::ln;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::sorting::{pair, sort, unpair};

/// Mean squared distances below this part of their mean over all rows hardly count as smaller: a thousandth of the
/// distance, as in the scale of memberships. umap-learn adds 1e-8, whatever the unit of the points.
const LEAST_SQUARED: f64 = 1e-6;

/// Local radii of points and of their embedding, by the same definition: the logarithm of the mean squared distance of a
/// row's neighbours in the fuzzy graph, weighted by membership. Where the one is great, so should the other be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Radii {
    /// Of the points, from the graph that the layout is made of; NaN for rows without neighbours.
    pub input: Vec<f32>,
    /// Of the embedding, from a graph of its own that is made like that of the points; NaN for rows without a place.
    pub embedding: Vec<f32>,
}

impl Radii {
    /// Of a fit. The embedding's graph has the neighbours and the options of the points', except that no distance
    /// disconnects.
    pub async fn new(
        fuzzy: &FuzzyGraph,
        knn: &KnnGraph,
        embedding: &[f32],
        dims: usize,
        params: FuzzyParams,
        seed: u32,
        pulse: &Pulse,
    ) -> Result<Self> {
        let input = log_radii(&fuzzy.graph, knn, &pulse.part(0.0, 0.1)).await?;
        let placed: Vec<usize> = (0..input.len()).filter(|row| embedding[row * dims].is_finite()).collect();
        let mut radii = vec![f32::NAN; input.len()];
        if !placed.is_empty() {
            let rows: Vec<f32> = placed.iter().flat_map(|row| &embedding[row * dims..][..dims]).copied().collect();
            let points = Points::from_embedding(&rows, placed.len(), dims)?;
            let k = knn.k.min(placed.len());
            let found = boxed(nearest_neighbors(&points, k, false, seed, &pulse.part(0.1, 0.9))).await?.graph;
            let params = FuzzyParams { disconnection_distance: f32::INFINITY, signed_distances: false, ..params };
            let fuzzy = boxed(fuzzy_simplicial_set(&found, params, &pulse.part(0.9, 0.95))).await?;
            let found = log_radii(&fuzzy.graph, &found, &pulse.part(0.95, 1.0)).await?;
            placed.into_iter().zip(found).for_each(|(row, radius)| radii[row] = radius);
        }
        Ok(Self { input, embedding: radii })
    }
}

/// The radius of each row of `graph`; NaN where no neighbour has a distance: edges of a target join rows that are no
/// neighbours in `knn`.
pub async fn log_radii(graph: &Csr, knn: &KnnGraph, pulse: &Pulse) -> Result<Vec<f32>> {
    let mut squares = vec![f64::NAN; graph.rows()];
    let tasks = squares.chunks_mut(ROWS_PER_TASK).enumerate();
    parallel::for_each(pulse, tasks, |(task, squares)| {
        let mut scratch = Vec::with_capacity(knn.k);
        for (square, row) in squares.iter_mut().zip(task * ROWS_PER_TASK..) {
            *square = mean_squared(graph, knn, row, &mut scratch);
        }
    })
    .await?;
    Ok(logs(&squares))
}

/// Logarithms of mean squared distances; NaN stays NaN.
pub(crate) fn logs(squares: &[f64]) -> Vec<f32> {
    let known = squares.iter().filter(|square| square.is_finite());
    let (sum, count) = known.fold((0.0, 0_u32), |(sum, count), square| (sum + square, count + 1));
    let least = if sum > 0.0 { LEAST_SQUARED * sum / f64::from(count) } else { 1.0 };
    squares.iter().map(|square| ln(least + square) as f32).collect()
}

/// `scratch` is for the row's own neighbours in the order of their numbers.
fn mean_squared(graph: &Csr, knn: &KnnGraph, row: usize, scratch: &mut Vec<u64>) -> f64 {
    let entries = |row: usize| {
        let (indices, distances) = knn.row(row);
        indices.iter().copied().zip(distances.iter().copied())
    };
    scratch.clear();
    scratch.extend(entries(row).map(|(index, distance)| pair(index, distance.to_bits())));
    sort(scratch);
    let mut own = scratch.iter().map(|&entry| unpair(entry)).peekable();
    let (mut sum, mut total) = (0.0, 0.0);
    let (columns, weights) = graph.row(row);
    for (&column, &weight) in columns.iter().zip(weights) {
        while own.next_if(|&(index, _)| index < column).is_some() {}
        let found = match own.peek() {
            Some(&(index, bits)) if index == column => Some(f32::from_bits(bits)),
            _ => entries(column as usize).find(|&(index, _)| index as usize == row).map(|(_, distance)| distance),
        };
        if let Some(distance) = found.map(f64::from).filter(|distance| distance.is_finite()) {
            let weight = f64::from(weight);
            (sum, total) = (sum + weight * distance * distance, total + weight);
        }
    }
    sum / total
}
