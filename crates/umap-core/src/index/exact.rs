//! Every row asked for against every row of the index.

use std::ops::Range;

use crate::error::Result;
use crate::knn::{KnnGraph, Nearest, all_pairs, block_rows};
use crate::memory;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::sorting::sort_by_value;

/// Blocks of rows of the index that a task goes through with the same rows asked for.
const TASK_BLOCKS: usize = 8;
/// Blocks of rows asked for whose tasks' outcomes are in memory at a time, at most.
const BATCH: usize = 32;

/// The `k` nearest rows of `points` for each of `queries`.
pub(super) async fn query(points: &Points, queries: &Points, k: usize, pulse: &Pulse) -> Result<KnnGraph> {
    let mut graph = KnnGraph::with_size(queries.rows(), k, pulse).await?;
    let step = (block_rows(points) * BATCH).min(memory::block_rows(scratch(points, k)));
    let batches = queries.rows().div_ceil(step);
    for batch in 0..batches {
        let pulse = pulse.part(batch as f64 / batches as f64, (batch + 1) as f64 / batches as f64);
        let rows = batch * step..queries.rows().min((batch + 1) * step);
        for (row, nearest) in rows.clone().zip(nearest(points, queries, rows, k, &pulse).await?) {
            let range = row * k..(row + 1) * k;
            write(points, nearest, &mut graph.indices[range.clone()], &mut graph.distances[range]);
        }
    }
    Ok(graph)
}

/// Bytes that the outcomes of a row asked for take: up to `2 k` entries of each task, and of all.
fn scratch(points: &Points, k: usize) -> usize {
    let stretch = block_rows(points) * TASK_BLOCKS;
    let of_tasks = points.rows().div_ceil(stretch) * stretch.min(2 * k);
    (of_tasks + 2 * k) * size_of::<u64>()
}

/// The nearest of some rows asked for.
async fn nearest(
    points: &Points,
    queries: &Points,
    rows: Range<usize>,
    k: usize,
    pulse: &Pulse,
) -> Result<Vec<Nearest>> {
    let side = block_rows(points);
    let step = side * TASK_BLOCKS;
    let blocks = rows.clone().step_by(side).map(|first| first..rows.end.min(first + side));
    let stretches = || (0..points.rows()).step_by(step).map(|first| first..points.rows().min(first + step));
    let tasks: Vec<_> = blocks.flat_map(|block| stretches().map(move |stretch| (block.clone(), stretch))).collect();
    let starts: Vec<usize> = tasks.iter().map(|(block, _)| block.start - rows.start).collect();
    let parts = parallel::map(pulse, tasks, |(block, stretch)| compare(points, queries, block, stretch, k)).await?;
    let mut all = vec![Nearest::new(k); rows.len()];
    for (start, part) in starts.into_iter().zip(parts) {
        all[start..].iter_mut().zip(&part).for_each(|(all, part)| all.merge(part));
    }
    Ok(all)
}

fn compare(points: &Points, queries: &Points, block: Range<usize>, stretch: Range<usize>, k: usize) -> Vec<Nearest> {
    let numbers = |range: Range<usize>| range.start as u32..range.end as u32;
    let mut found = vec![Nearest::new(k); block.len()];
    let (mut a_room, mut b_room) = (Vec::new(), Vec::new());
    let a = queries.read_all(numbers(block), &mut a_room);
    let side = block_rows(points);
    for first in stretch.clone().step_by(side) {
        let b = points.read_all(numbers(first..stretch.end.min(first + side)), &mut b_room);
        let push = |i: usize, j: usize, value: f32| found[i].push(value, (first + j) as u32);
        all_pairs(points.metric().kernel(), &a, &b, push);
    }
    found
}

fn write(points: &Points, nearest: Nearest, indices: &mut [u32], distances: &mut [f32]) {
    let mut found: Vec<(f32, u32)> = nearest.into_sorted().map(|(value, id)| (points.distance(value), id)).collect();
    // Different values can have the same distance: a square root rounds.
    sort_by_value(&mut found);
    for (at, (distance, id)) in found.into_iter().enumerate() {
        (indices[at], distances[at]) = (id, distance);
    }
}
