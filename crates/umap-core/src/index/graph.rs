//! A graph over the rows of an index, and its search.

use std::ops::Range;

use crate::boxed::boxed;
use crate::error::Result;
use crate::knn::{F32Space, KnnGraph, QuantizedSpace, Space, is_in_doubt, ranked_by, ranked_from, values_from};
use crate::memory;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::sorting::{pair, sort, unpair};

use super::asked::{Exact, Quantized};
use super::fit::quantized;
use super::links::{Linking, Links};
use super::outside::Outside;
use super::reach::connect;
use super::search::{Reach, Room};
use super::starts::Starting;

/// Rows asked for of a task: each takes some 0.1 ms, with an `epsilon` that leads through a whole index of a million rows
/// some 50.
const TASK_ROWS: usize = 4;
/// Rows whose starts one task finds.
const STARTING_ROWS: usize = 48;
/// Rows that are searched for in the order of their nearest entries, so that those which pass the same rows of the index
/// find them in the cache: for MNIST a fifth of the time of the search. At most: of many neighbours fewer rows at a time.
const BATCH: usize = 1 << 14;
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
    /// How many of the rows are outside of what 7 bits can say, as far as they were counted.
    pub(super) outside: Outside,
}

impl SearchGraph {
    pub(super) async fn new(points: &Points, knn: &KnnGraph, seed: u32, pulse: &Pulse) -> Result<Self> {
        let space = boxed(quantized(points, knn, seed, &pulse.part(0.0, 0.1))).await?;
        let linking = pulse.part(0.1, 0.8);
        let facts = points.metric().facts();
        let mut links = match &space {
            Some(space) => boxed(Links::new(&Linking { space, facts, is_quantized: true }, knn, &linking)).await?,
            None => {
                let order: Vec<u32> = (0..points.rows() as u32).collect();
                let space = &F32Space::new(points, &order);
                boxed(Links::new(&Linking { space, facts, is_quantized: false }, knn, &linking)).await?
            }
        };
        let entries = boxed(connect(&mut links, knn, seed, &pulse.part(0.8, 1.0))).await?;
        Ok(Self { space, links, entries, outside: Outside::default() })
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
        let most = BATCH.min(memory::block_rows(width(k) * size_of::<(f32, u32)>()));
        for first in (0..queries.rows()).step_by(most) {
            let rows = first..queries.rows().min(first + most);
            let at = |row: usize| row as f64 / queries.rows() as f64;
            let pulse = pulse.part(at(rows.start), at(rows.end));
            let starts = self.starts_of_all(points, queries, rows.clone(), &pulse.part(0.0, 0.2)).await?;
            let mut order: Vec<u64> = (0..).zip(&starts).map(|(at, starts)| pair(starts[0], at)).collect();
            sort(&mut order);
            let order: Vec<usize> = order.into_iter().map(|entry| unpair(entry).1 as usize).collect();
            let searching = pulse.part(0.2, 1.0);
            let found = parallel::map(&searching, order.chunks(TASK_ROWS), |batch| {
                let (mut room, mut read) = (Room::new(points.rows()), Vec::new());
                let nearest = |&at: &usize| {
                    let [row] = queries.read([(first + at) as u32], &mut read);
                    self.nearest(points, row, &starts[at], (k, epsilon), &mut room)
                };
                batch.iter().map(nearest).collect::<Vec<_>>()
            });
            for (at, found) in order.iter().zip(found.await?.into_iter().flatten()) {
                for (place, (distance, id)) in ((first + at) * k..).zip(found.into_iter().take(k)) {
                    (graph.indices[place], graph.distances[place]) = (id, distance);
                }
            }
        }
        Ok(graph)
    }

    /// Where the searches for some rows start.
    async fn starts_of_all(
        &self,
        points: &Points,
        queries: &Points,
        rows: Range<usize>,
        pulse: &Pulse,
    ) -> Result<Vec<Vec<u32>>> {
        let starting = Starting::new(self);
        let starts = parallel::map(pulse, rows.clone().step_by(STARTING_ROWS), |first| {
            starting.of_rows(points, queries, first..rows.end.min(first + STARTING_ROWS))
        });
        Ok(starts.await?.concat())
    }

    /// At least `k` rows near one, by distance and row number; see [`starts`](Self::starts).
    pub(super) fn nearest(
        &self,
        points: &Points,
        row: &[f32],
        starts: &[u32],
        (k, epsilon): (usize, f32),
        room: &mut Room,
    ) -> Vec<(f32, u32)> {
        let reach = Reach { width: width(k).min(points.rows()), epsilon };
        let asked = self.space.as_ref().and_then(|space| Some((Quantized::new(space, row)?, space.close())));
        let Some((asked, close)) = asked else {
            return self.nearest_exactly(points, row, starts, reach, room);
        };
        let (keys, found): (Vec<u32>, Vec<u32>) =
            room.search(&asked, &self.links, [starts, &self.entries], reach).into_iter().unzip();
        let values = values_from(points, row, &found);
        if is_in_doubt(&keys, &values, close) {
            // Near copies, of which others may be as near by 7 bits.
            return self.nearest_exactly(points, row, &found, reach, room);
        }
        ranked_by(points, &values, &found)
    }

    fn nearest_exactly(
        &self,
        points: &Points,
        row: &[f32],
        starts: &[u32],
        reach: Reach,
        room: &mut Room,
    ) -> Vec<(f32, u32)> {
        let found = room.search(&Exact { points, row }, &self.links, [starts, &self.entries], reach);
        ranked_from(points, row, found.into_iter().map(|(_, id)| id))
    }
}
