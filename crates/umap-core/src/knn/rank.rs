//! Puts approximate neighbours in the order of their exact distances.

use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;
use crate::sorting::sort_by_value;
use crate::space::{Query, Space, key_of, value_of};

use super::doubt::is_in_doubt;
use super::graph::KnnGraph;
use super::rows::{EMPTY, Rows, entry, row_of};

/// Rows per task.
const TASK_ROWS: usize = 128;

/// `others` with their distances from a row, nearest first; equal distances are in the order of the rows.
pub(crate) fn ranked(space: &dyn Space, query: Query<'_>, others: impl Iterator<Item = u32>) -> Vec<(f32, u32)> {
    let others: Vec<u32> = others.collect();
    ranked_by(space, &values_from(space, query, &others), &others)
}

/// What is computed of a row and each of `others`.
pub(crate) fn values_from(space: &dyn Space, query: Query<'_>, others: &[u32]) -> Vec<f32> {
    space.compare(query.space, &[query.row], &mut Vec::new()).values(others)
}

/// `others` by their distances, which follow from such `values`.
pub(crate) fn ranked_by(space: &dyn Space, values: &[f32], others: &[u32]) -> Vec<(f32, u32)> {
    let mut ranked: Vec<_> = values.iter().map(|&value| space.distance(value)).zip(others.iter().copied()).collect();
    sort_by_value(&mut ranked);
    ranked
}

/// Replaces rows of the search's order by rows of `space`, and keys by those of exact distances. Returns the positions of
/// the rows whose keys left the order of `close` ones [in doubt](is_in_doubt), increasing.
pub(crate) async fn rank_all(
    space: &dyn Space,
    rows: &Rows,
    order: &[u32],
    close: f32,
    pulse: &Pulse,
) -> Result<Vec<u32>> {
    let tasks = order.chunks(TASK_ROWS).enumerate();
    let ranking =
        parallel::map(pulse, tasks, |(task, own)| rank_rows(space, rows, (order, close), task * TASK_ROWS, own));
    Ok(ranking.await?.concat())
}

/// Of the rows `own`, whose entries are from `first` on.
#[inline(never)]
fn rank_rows(space: &dyn Space, rows: &Rows, (order, close): (&[u32], f32), first: usize, own: &[u32]) -> Vec<u32> {
    let (mut scratch, mut in_doubt) = (Vec::new(), Vec::new());
    for (position, &row) in (first as u32..).zip(own) {
        rows.with(position, |entries| {
            let taken = entries.iter().take_while(|&&e| e != EMPTY);
            let (keys, others): (Vec<u32>, Vec<u32>) =
                taken.map(|&e| ((e >> 32) as u32, order[row_of(e) as usize])).unzip();
            let values = space.compare(space, &[row], &mut scratch).values(&others);
            if is_in_doubt(&keys, &values, close) {
                in_doubt.push(position);
            }
            let ranked = ranked_by(space, &values, &others);
            entries.iter_mut().zip(ranked).for_each(|(e, (distance, other))| *e = entry(key_of(distance), other));
        });
    }
    in_doubt
}

/// The graph of the first `k - 1` neighbours after the row itself; `positions` tells where each row's entries are.
pub(crate) async fn in_original_order(rows: &Rows, positions: &[u32], k: usize, pulse: &Pulse) -> Result<KnnGraph> {
    let mut graph = KnnGraph::with_size(positions.len(), k, pulse).await?;
    let outputs = graph.indices.chunks_mut(TASK_ROWS * k).zip(graph.distances.chunks_mut(TASK_ROWS * k));
    let tasks: Vec<_> = positions.chunks(TASK_ROWS).zip(outputs).enumerate().collect();
    parallel::for_each(pulse, tasks, |(task, (positions, (ids, distances)))| {
        let outputs = ids.chunks_exact_mut(k).zip(distances.chunks_exact_mut(k));
        for ((row, &position), (ids, distances)) in (task * TASK_ROWS..).zip(positions).zip(outputs) {
            ids[0] = row as u32;
            rows.with(position, |entries| {
                for (at, &e) in entries[..k - 1].iter().enumerate() {
                    (ids[at + 1], distances[at + 1]) = (row_of(e), value_of((e >> 32) as u32));
                }
            });
        }
    })
    .await?;
    Ok(graph)
}
