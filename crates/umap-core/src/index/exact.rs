//! Every row asked for against every row of the index.

use std::ops::Range;

use crate::error::Result;
use crate::knn::{KnnGraph, Nearest, all_pairs, block_rows};
use crate::metric::Metric;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::sorting::sort_by_value;

/// Blocks of rows of the index that a task goes through with the same rows asked for.
const TASK_BLOCKS: usize = 8;
/// Rows asked for whose tasks' outcomes are in memory at a time.
const BATCH: usize = 32;

/// The `k` nearest rows of `points` for each of `queries`.
pub(super) async fn query(points: &Points, queries: &Points, k: usize, pulse: &Pulse) -> Result<KnnGraph> {
    let mut graph = KnnGraph::with_size(queries.rows(), k, pulse).await?;
    let side = block_rows(points);
    let batches = queries.rows().div_ceil(side * BATCH);
    for batch in 0..batches {
        let pulse = pulse.part(batch as f64 / batches as f64, (batch + 1) as f64 / batches as f64);
        let rows = batch * side * BATCH..queries.rows().min((batch + 1) * side * BATCH);
        for (row, nearest) in rows.clone().zip(nearest(points, queries, rows, k, &pulse).await?) {
            let range = row * k..(row + 1) * k;
            write(points.metric(), nearest, &mut graph.indices[range.clone()], &mut graph.distances[range]);
        }
    }
    Ok(graph)
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

fn write(metric: Metric, nearest: Nearest, indices: &mut [u32], distances: &mut [f32]) {
    let mut found: Vec<(f32, u32)> = nearest.into_sorted().map(|(value, id)| (metric.distance(value), id)).collect();
    // Different values can have the same distance: a square root rounds.
    sort_by_value(&mut found);
    for (at, (distance, id)) in found.into_iter().enumerate() {
        (indices[at], distances[at]) = (id, distance);
    }
}
