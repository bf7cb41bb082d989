//! Puts approximate neighbours in the order of their exact distances.

use crate::error::Result;
use crate::metric::{Kernel, tile};
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::with_kernel;

use super::KnnGraph;
use super::nearest::{key_of, value_of};
use super::rows::{EMPTY, Rows, entry, row_of};

/// Rows per task.
const TASK_ROWS: usize = 128;

/// `others` with their distances from `row`, nearest first; equal distances are in the order of the rows.
pub(crate) fn ranked(points: &Points, row: u32, others: impl Iterator<Item = u32>) -> Vec<(f32, u32)> {
    let mut room = Vec::new();
    let [row] = points.read([row], &mut room);
    ranked_from(points, row, others)
}

/// As [`ranked`], from a row that may be none of the points.
pub(crate) fn ranked_from(points: &Points, row: &[f32], others: impl Iterator<Item = u32>) -> Vec<(f32, u32)> {
    let others: Vec<u32> = others.collect();
    let mut ranked = Vec::with_capacity(others.len());
    with_kernel!(points.metric().kernel(), kernel => distances(kernel, points, row, &others, &mut ranked));
    ranked.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    ranked
}

fn distances<K: Kernel>(kernel: K, points: &Points, row: &[f32], others: &[u32], out: &mut Vec<(f32, u32)>) {
    let (own, mut room) = ([row], Vec::new());
    let (fours, rest) = others.as_chunks::<4>();
    for &four in fours {
        let [values] = tile(kernel, own, points.read(four, &mut room));
        out.extend(values.iter().map(|&value| points.metric().distance(value)).zip(four));
    }
    for &other in rest {
        let [[value]] = tile(kernel, own, points.read([other], &mut room));
        out.push((points.metric().distance(value), other));
    }
}

/// Replaces rows of the search's order by rows of `points`, and keys by those of exact distances.
pub(crate) async fn rank_all(points: &Points, rows: &Rows, order: &[u32], pulse: &Pulse) -> Result<()> {
    let tasks = order.chunks(TASK_ROWS).enumerate();
    parallel::for_each(pulse, tasks, |(task, own)| {
        for (place, &row) in (task * TASK_ROWS..).zip(own) {
            rows.with(place as u32, |entries| {
                let others = entries.iter().take_while(|&&e| e != EMPTY).map(|&e| order[row_of(e) as usize]);
                let ranked = ranked(points, row, others);
                entries.iter_mut().zip(ranked).for_each(|(e, (distance, other))| *e = entry(key_of(distance), other));
            });
        }
    })
    .await
}

/// The graph of the first `k - 1` neighbours after the row itself; `places` says where each row's entries are.
pub(crate) async fn in_original_order(rows: &Rows, places: &[u32], k: usize, pulse: &Pulse) -> Result<KnnGraph> {
    let mut graph = KnnGraph::with_size(places.len(), k, pulse).await?;
    let outputs = graph.indices.chunks_mut(TASK_ROWS * k).zip(graph.distances.chunks_mut(TASK_ROWS * k));
    let tasks: Vec<_> = places.chunks(TASK_ROWS).zip(outputs).enumerate().collect();
    parallel::for_each(pulse, tasks, |(task, (places, (ids, distances)))| {
        let outputs = ids.chunks_exact_mut(k).zip(distances.chunks_exact_mut(k));
        for ((row, &place), (ids, distances)) in (task * TASK_ROWS..).zip(places).zip(outputs) {
            ids[0] = row as u32;
            rows.with(place, |entries| {
                for (at, &e) in entries[..k - 1].iter().enumerate() {
                    (ids[at + 1], distances[at + 1]) = (row_of(e), value_of((e >> 32) as u32));
                }
            });
        }
    })
    .await?;
    Ok(graph)
}
