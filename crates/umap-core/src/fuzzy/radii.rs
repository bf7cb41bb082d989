//! Local radii: how far the neighbours of each row are (densMAP: Narayan, Berger and Cho 2021).

use super::ROWS_PER_TASK;
use crate::csr::Csr;
use crate::error::Result;
use crate::knn::KnnGraph;
use crate::math::ln;
use crate::parallel;
use crate::pulse::Pulse;

/// Mean squared distances below this part of their mean over all rows do not count as smaller: so is no distance a
/// thousandth of the mean, as in the scale of memberships. umap-learn's least is 1e-8, whatever the unit of the points.
const LEAST_SQUARED: f64 = 1e-6;

/// For each row the logarithm of the mean squared distance of its neighbours in `graph`, weighted by membership; NaN where
/// no neighbour has a distance: edges of a target join rows that are no neighbours in `knn`.
pub async fn log_radii(graph: &Csr, knn: &KnnGraph, pulse: &Pulse) -> Result<Vec<f32>> {
    let mut squares = vec![f64::NAN; graph.rows()];
    let tasks = squares.chunks_mut(ROWS_PER_TASK).enumerate();
    let measuring = pulse.part(0.0, 0.9);
    let sums = parallel::map(&measuring, tasks, |(task, squares)| {
        let mut room = Vec::with_capacity(knn.k);
        let (mut sum, mut count) = (0.0, 0);
        for (square, row) in squares.iter_mut().zip(task * ROWS_PER_TASK..) {
            *square = mean_squared(graph, knn, row, &mut room);
            if square.is_finite() {
                (sum, count) = (sum + *square, count + 1);
            }
        }
        (sum, count)
    });
    // In the order of the tasks.
    let (sum, count) = sums.await?.into_iter().fold((0.0, 0), |(s, c), (sum, count)| (s + sum, c + count));
    let mean = sum / f64::from(count.max(1));
    let least = if mean > 0.0 { LEAST_SQUARED * mean } else { 1.0 };
    let tasks = squares.chunks(ROWS_PER_TASK);
    let logs = |squares: &[f64]| squares.iter().map(|square| ln(least + square) as f32).collect::<Vec<_>>();
    Ok(parallel::map(&pulse.part(0.9, 1.0), tasks, logs).await?.concat())
}

/// `room` is for the row's own neighbours in the order of their numbers.
fn mean_squared(graph: &Csr, knn: &KnnGraph, row: usize, room: &mut Vec<(u32, f32)>) -> f64 {
    let entries = |row: usize| {
        let (indices, distances) = knn.row(row);
        indices.iter().copied().zip(distances.iter().copied())
    };
    room.clear();
    room.extend(entries(row));
    room.sort_unstable_by_key(|&(index, distance)| (index, distance.to_bits()));
    let mut own = room.iter().peekable();
    let (mut sum, mut total) = (0.0, 0.0);
    let (columns, weights) = graph.row(row);
    for (&column, &weight) in columns.iter().zip(weights) {
        while own.next_if(|&&(index, _)| index < column).is_some() {}
        let found = match own.peek() {
            Some(&&(index, distance)) if index == column => Some(distance),
            _ => entries(column as usize).find(|&(index, _)| index as usize == row).map(|(_, distance)| distance),
        };
        if let Some(distance) = found.map(f64::from).filter(|distance| distance.is_finite()) {
            let weight = f64::from(weight);
            (sum, total) = (sum + weight * distance * distance, total + weight);
        }
    }
    sum / total
}
