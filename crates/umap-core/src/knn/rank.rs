//! Puts approximate neighbours in the order of their exact distances.

use crate::error::Result;
use crate::metric::STRIP;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::sorting::sort_by_value;

use super::KnnGraph;
use super::doubt::is_in_doubt;
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
    ranked_by(points, &values_from(points, row, &others), &others)
}

/// What the metric's kernel gives for a row and each of `others`.
pub(crate) fn values_from(points: &Points, row: &[f32], others: &[u32]) -> Vec<f32> {
    let mut all = Vec::with_capacity(others.len());
    let (kernel, mut room, mut values) = (points.metric().kernel(), Vec::new(), [[0.0; STRIP]]);
    for others in others.chunks(STRIP) {
        // The last one stands in for those that are missing.
        let four = std::array::from_fn(|i| others[i.min(others.len() - 1)]);
        kernel.strip(&[row], points.read(four, &mut room), &mut values);
        all.extend_from_slice(&values[0][..others.len()]);
    }
    all
}

/// `others` by their distances, which such `values` of the kernel are.
pub(crate) fn ranked_by(points: &Points, values: &[f32], others: &[u32]) -> Vec<(f32, u32)> {
    let mut ranked: Vec<_> = values.iter().map(|&value| points.distance(value)).zip(others.iter().copied()).collect();
    sort_by_value(&mut ranked);
    ranked
}

/// Replaces rows of the search's order by rows of `points`, and keys by those of exact distances. Returns the places of
/// the rows whose keys left the order of `close` ones [in doubt](is_in_doubt), increasing.
pub(crate) async fn rank_all(
    points: &Points,
    rows: &Rows,
    order: &[u32],
    close: f32,
    pulse: &Pulse,
) -> Result<Vec<u32>> {
    let tasks = order.chunks(TASK_ROWS).enumerate();
    let ranking =
        parallel::map(pulse, tasks, |(task, own)| rank_rows(points, rows, (order, close), task * TASK_ROWS, own));
    Ok(ranking.await?.concat())
}

/// Of the rows `own`, whose entries are from `first` on.
#[inline(never)]
fn rank_rows(points: &Points, rows: &Rows, (order, close): (&[u32], f32), first: usize, own: &[u32]) -> Vec<u32> {
    let (mut room, mut in_doubt) = (Vec::new(), Vec::new());
    for (place, &row) in (first as u32..).zip(own) {
        rows.with(place, |entries| {
            let taken = entries.iter().take_while(|&&e| e != EMPTY);
            let (keys, others): (Vec<u32>, Vec<u32>) =
                taken.map(|&e| ((e >> 32) as u32, order[row_of(e) as usize])).unzip();
            let values = values_from(points, points.read([row], &mut room)[0], &others);
            if is_in_doubt(&keys, &values, close) {
                in_doubt.push(place);
            }
            let ranked = ranked_by(points, &values, &others);
            entries.iter_mut().zip(ranked).for_each(|(e, (distance, other))| *e = entry(key_of(distance), other));
        });
    }
    in_doubt
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
