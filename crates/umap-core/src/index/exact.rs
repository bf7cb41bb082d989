//! Every query against every row of the index.

use std::ops::Range;

use crate::error::Result;
use crate::knn::{KnnGraph, Nearest, block_rows};
use crate::memory;
use crate::parallel;
use crate::pulse::Pulse;
use crate::sorting::sort_by_value;
use crate::space::Space;

/// Blocks of rows of the index that a task goes through with the same queries.
const TASK_BLOCKS: usize = 8;
/// Blocks of queries whose tasks' outcomes are in memory at a time, at most.
const BATCH: usize = 32;

/// The `k` nearest rows of `space` for each of `queries`.
pub(super) async fn query(space: &dyn Space, queries: &dyn Space, k: usize, pulse: &Pulse) -> Result<KnnGraph> {
    let mut graph = KnnGraph::with_size(queries.rows(), k, pulse).await?;
    let step = (block_rows(space) * BATCH).min(memory::block_rows(scratch(space, k)));
    let batches = queries.rows().div_ceil(step);
    for batch in 0..batches {
        let pulse = pulse.part(batch as f64 / batches as f64, (batch + 1) as f64 / batches as f64);
        let rows = batch * step..queries.rows().min((batch + 1) * step);
        for (row, nearest) in rows.clone().zip(nearest(space, queries, rows, k, &pulse).await?) {
            let range = row * k..(row + 1) * k;
            write(space, nearest, &mut graph.indices[range.clone()], &mut graph.distances[range]);
        }
    }
    Ok(graph)
}

/// Bytes that the outcomes of a query take: up to `2 k` entries of each task, and of all.
fn scratch(space: &dyn Space, k: usize) -> usize {
    let stretch = block_rows(space) * TASK_BLOCKS;
    let of_tasks = space.rows().div_ceil(stretch) * stretch.min(2 * k);
    (of_tasks + 2 * k) * size_of::<u64>()
}

/// The nearest rows of some queries.
async fn nearest(
    space: &dyn Space,
    queries: &dyn Space,
    rows: Range<usize>,
    k: usize,
    pulse: &Pulse,
) -> Result<Vec<Nearest>> {
    let side = block_rows(space);
    let step = side * TASK_BLOCKS;
    let blocks = rows.clone().step_by(side).map(|first| first..rows.end.min(first + side));
    let stretches = || (0..space.rows()).step_by(step).map(|first| first..space.rows().min(first + step));
    let tasks: Vec<_> = blocks.flat_map(|block| stretches().map(move |stretch| (block.clone(), stretch))).collect();
    let starts: Vec<usize> = tasks.iter().map(|(block, _)| block.start - rows.start).collect();
    let parts = parallel::map(pulse, tasks, |(block, stretch)| compare(space, queries, block, stretch, k)).await?;
    let mut all = vec![Nearest::new(k); rows.len()];
    for (start, part) in starts.into_iter().zip(parts) {
        all[start..].iter_mut().zip(&part).for_each(|(all, part)| all.merge(part));
    }
    Ok(all)
}

fn compare(
    space: &dyn Space,
    queries: &dyn Space,
    block: Range<usize>,
    stretch: Range<usize>,
    k: usize,
) -> Vec<Nearest> {
    let numbers = |range: Range<usize>| (range.start as u32..range.end as u32).collect::<Vec<_>>();
    let mut found = vec![Nearest::new(k); block.len()];
    let mut scratch = Vec::new();
    let mut comparison = space.compare(queries, &numbers(block), &mut scratch);
    let side = block_rows(space);
    for first in stretch.clone().step_by(side) {
        let others = numbers(first..stretch.end.min(first + side));
        comparison.pairs(&others, |i, j, value| found[i].push(value, (first + j) as u32));
    }
    found
}

fn write(space: &dyn Space, nearest: Nearest, indices: &mut [u32], distances: &mut [f32]) {
    let mut found: Vec<(f32, u32)> = nearest.into_sorted().map(|(value, id)| (space.distance(value), id)).collect();
    // Different values can have the same distance: a square root rounds.
    sort_by_value(&mut found);
    for (at, (distance, id)) in found.into_iter().enumerate() {
        (indices[at], distances[at]) = (id, distance);
    }
}
