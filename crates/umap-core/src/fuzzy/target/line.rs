//! Nearest neighbours of numbers: those beside each in sorted order. Exact, in time rows x k.

use super::super::combine::{ENTRIES_PER_TICK, transpose};
use crate::error::Result;
use crate::fuzzy::neighbors::ROWS_PER_TASK;
use crate::knn::KnnGraph;
use crate::parallel;
use crate::pulse::Pulse;
use crate::space::key_of;

/// Bits that one pass of the sort looks at.
const DIGIT: u32 = 11;

/// The `k` nearest rows of every row, the row itself first. Of many equal numbers each has those before it in the order of
/// rows, so that no row is a neighbour of all the others.
pub(super) async fn neighbors(values: &[f32], k: usize, pulse: &Pulse) -> Result<KnnGraph> {
    let order = sorted(values, &pulse.part(0.0, 0.5)).await?;
    let mut place = vec![0; order.len()];
    for (tick, part) in order.chunks(ENTRIES_PER_TICK).enumerate() {
        for (at, &row) in (tick * ENTRIES_PER_TICK..).zip(part) {
            place[row as usize] = at;
        }
        pulse.tick(0.5).await?;
    }
    let mut knn = KnnGraph::with_size(values.len(), k, &pulse.part(0.5, 0.6)).await?;
    let per_task = ROWS_PER_TASK * k;
    let tasks = knn.indices.chunks_mut(per_task).zip(knn.distances.chunks_mut(per_task)).enumerate();
    parallel::for_each(&pulse.part(0.6, 1.0), tasks, |(task, (indices, distances))| {
        let rows = indices.chunks_exact_mut(k).zip(distances.chunks_exact_mut(k));
        for ((indices, distances), row) in rows.zip(task * ROWS_PER_TASK..) {
            (indices[0], distances[0]) = (row as u32, 0.0);
            let beside = beside(values, &order, place[row]);
            for ((index, distance), found) in indices[1..].iter_mut().zip(&mut distances[1..]).zip(beside) {
                (*index, *distance) = found;
            }
        }
    })
    .await?;
    Ok(knn)
}

/// The other rows with their distances from the one at `place` in the order, nearest first.
fn beside<'a>(values: &'a [f32], order: &'a [u32], place: usize) -> impl Iterator<Item = (u32, f32)> + 'a {
    let value = values[order[place] as usize];
    let (mut before, mut after) = (&order[..place], &order[place + 1..]);
    let distance = move |row: Option<&u32>| row.map_or(f32::INFINITY, |&row| (values[row as usize] - value).abs());
    std::iter::from_fn(move || {
        let (back, on) = (distance(before.last()), distance(after.first()));
        if back <= on && !before.is_empty() {
            before.split_off_last().map(|&row| (row, back))
        } else {
            after.split_off_first().map(|&row| (row, on))
        }
    })
}

/// Rows in the order of their numbers, of equal ones in that of rows: a radix sort, the stages' own counting sort three
/// times.
async fn sorted(values: &[f32], pulse: &Pulse) -> Result<Vec<u32>> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    for pass in 0..32_u32.div_ceil(DIGIT) {
        let digit = |&row: &u32| (key_of(values[row as usize]) >> (pass * DIGIT)) & ((1 << DIGIT) - 1);
        let digits: Vec<u32> = order.iter().map(digit).collect();
        let part = pulse.part(f64::from(pass) / 3.0, f64::from(pass + 1) / 3.0);
        let (_, by_digit) = transpose(&digits, 1 << DIGIT, &part).await?;
        order = by_digit.iter().map(|&at| order[at as usize]).collect();
    }
    Ok(order)
}
