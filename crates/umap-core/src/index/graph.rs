//! A graph over the rows of an index, and its search.

use crate::boxed::boxed;
use crate::error::Result;
use crate::knn::{F32Space, KnnGraph, QuantizedSpace, ranked_from};
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;

use super::asked::{Exact, Quantized};
use super::fit::quantized;
use super::links::{Linking, Links};
use super::reach::connect;
use super::search::{Reach, Room};

/// Rows asked for of a task: each takes some 0.1 ms, with an `epsilon` that leads through a whole index of a million rows
/// some 50.
const TASK_ROWS: usize = 4;
/// Rows that are found besides those asked for and compared exactly, at least. With more the search goes farther for the
/// same `epsilon`, and compares as many rows for the same recall.
const SPARE: usize = 6;

/// Rows that a search for `k` finds.
pub(super) fn width(k: usize) -> usize {
    k + (k / 2).max(SPARE)
}

#[derive(Debug)]
pub(super) struct SearchGraph {
    /// The rows in 7 bits, if that serves.
    pub(super) space: Option<QuantizedSpace>,
    pub(super) links: Links,
    pub(super) entries: Vec<u32>,
}

impl SearchGraph {
    pub(super) async fn new(points: &Points, knn: &KnnGraph, seed: u32, pulse: &Pulse) -> Result<Self> {
        let space = boxed(quantized(points, knn, seed, &pulse.part(0.0, 0.1))).await?;
        let linking = pulse.part(0.1, 0.8);
        let kernel = points.metric().kernel();
        let mut links = match &space {
            Some(space) => boxed(Links::new(&Linking { space, kernel, is_quantized: true }, knn, &linking)).await?,
            None => {
                let order: Vec<u32> = (0..points.rows() as u32).collect();
                let space = &F32Space::new(points, &order);
                boxed(Links::new(&Linking { space, kernel, is_quantized: false }, knn, &linking)).await?
            }
        };
        let entries = boxed(connect(&mut links, knn, seed, &pulse.part(0.8, 1.0))).await?;
        Ok(Self { space, links, entries })
    }

    /// The `k` nearest of `points` for each of `queries`.
    pub(super) async fn query(
        &self,
        points: &Points,
        queries: &Points,
        k: usize,
        epsilon: f32,
        pulse: &Pulse,
    ) -> Result<KnnGraph> {
        let mut graph = KnnGraph::with_size(queries.rows(), k, pulse).await?;
        let outputs = graph.indices.chunks_mut(TASK_ROWS * k).zip(graph.distances.chunks_mut(TASK_ROWS * k));
        let tasks: Vec<_> = outputs.enumerate().collect();
        parallel::for_each(pulse, tasks, |(task, (ids, distances))| {
            let (mut room, mut read) = (Room::new(points.rows()), Vec::new());
            let outputs = ids.chunks_exact_mut(k).zip(distances.chunks_exact_mut(k));
            for (row, (ids, distances)) in (task * TASK_ROWS..).zip(outputs) {
                let [row] = queries.read([row as u32], &mut read);
                let found = self.nearest(points, row, k, epsilon, &mut room);
                for (at, (distance, id)) in found.into_iter().take(k).enumerate() {
                    (ids[at], distances[at]) = (id, distance);
                }
            }
        })
        .await?;
        Ok(graph)
    }

    /// At least `k` rows near one, by distance and row number.
    pub(super) fn nearest(
        &self,
        points: &Points,
        row: &[f32],
        k: usize,
        epsilon: f32,
        room: &mut Room,
    ) -> Vec<(f32, u32)> {
        let reach = Reach { width: width(k).min(points.rows()), epsilon };
        let (links, entries) = (&self.links, &self.entries);
        let found = match self.space.as_ref().and_then(|space| Quantized::new(space, row)) {
            Some(asked) => room.search(&asked, links, entries, reach),
            None => room.search(&Exact { points, row }, links, entries, reach),
        };
        ranked_from(points, row, found.into_iter())
    }
}
