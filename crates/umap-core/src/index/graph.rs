//! A graph over the rows of an index, and its search.

use std::ops::Range;

use crate::boxed::boxed;
use crate::error::Result;
use crate::knn::{KnnGraph, QuantizedSpace, is_in_doubt, ranked_by, values_from};
use crate::memory;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::sorting::{pair, sort, unpair};
use crate::space::{Query, SearchSpace, Space, in_order};

use super::fit::quantized;
use super::links::{Linking, Links};
use super::outside::Outside;
use super::query_keys::{Exact, Quantized};
use super::reach::connect;
use super::search::{Reach, Workspace, width};
use super::starts::{Starting, starts};

/// Queries of a task: each takes some 0.1 ms, with an `epsilon` that leads through a whole index of a million rows
/// some 50.
const TASK_ROWS: usize = 4;
/// Rows whose starts one task finds.
const STARTING_ROWS: usize = 48;
/// Rows that are searched for in the order of their nearest entries, so that those which pass the same rows of the index
/// find them in the cache: for MNIST a fifth of the time of the search. At most: of many neighbours fewer rows at a time.
const BATCH: usize = 1 << 14;

#[derive(Debug)]
pub(super) struct SearchGraph {
    /// The rows in 7 bits, if that serves.
    pub(super) quantized: Option<QuantizedSpace>,
    pub(super) links: Links,
    pub(super) entries: Vec<u32>,
    /// How many of the rows are outside of the range of the 7 bits, as far as they were counted.
    pub(super) outside: Outside,
}

impl SearchGraph {
    pub(super) async fn new(space: &dyn Space, knn: &KnnGraph, seed: u32, pulse: &Pulse) -> Result<Self> {
        let quantized = match space.dense() {
            Some(points) => boxed(quantized(points, knn, seed, &pulse.part(0.0, 0.1))).await?,
            None => None,
        };
        let (linking, geometry) = (pulse.part(0.1, 0.8), space.geometry());
        let mut links = match &quantized {
            Some(rows) => boxed(Links::new(&Linking { rows, geometry, is_quantized: true }, knn, &linking)).await?,
            None => {
                let order: Vec<u32> = (0..space.rows() as u32).collect();
                let rows = &*in_order(space, &order);
                boxed(Links::new(&Linking { rows, geometry, is_quantized: false }, knn, &linking)).await?
            }
        };
        let entries = boxed(connect(&mut links, knn, seed, &pulse.part(0.8, 1.0))).await?;
        Ok(Self { quantized, links, entries, outside: Outside::default() })
    }

    /// The `k` nearest rows of `space` for each of `queries`.
    pub(super) async fn query(
        &self,
        space: &dyn Space,
        queries: &dyn Space,
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
            let starts = self.starts_of_all(space, queries, rows.clone(), &pulse.part(0.0, 0.2)).await?;
            let mut order: Vec<u64> = (0..).zip(&starts).map(|(at, starts)| pair(starts[0], at)).collect();
            sort(&mut order);
            let order: Vec<usize> = order.into_iter().map(|entry| unpair(entry).1 as usize).collect();
            let searching = pulse.part(0.2, 1.0);
            let found = parallel::map(&searching, order.chunks(TASK_ROWS), |batch| {
                let mut workspace = Workspace::new(space.rows());
                let nearest = |&at: &usize| {
                    let query = Query { space: queries, row: (first + at) as u32 };
                    self.nearest(space, query, &starts[at], (k, epsilon), &mut workspace)
                };
                batch.iter().map(nearest).collect::<Vec<_>>()
            });
            for (at, found) in order.iter().zip(found.await?.into_iter().flatten()) {
                for (at, (distance, id)) in ((first + at) * k..).zip(found.into_iter().take(k)) {
                    (graph.indices[at], graph.distances[at]) = (id, distance);
                }
            }
        }
        Ok(graph)
    }

    /// Where the searches for some rows start.
    async fn starts_of_all(
        &self,
        space: &dyn Space,
        queries: &dyn Space,
        rows: Range<usize>,
        pulse: &Pulse,
    ) -> Result<Vec<Vec<u32>>> {
        let starting = self.starting();
        let starts = parallel::map(pulse, rows.clone().step_by(STARTING_ROWS), |first| {
            starting.of_rows(space, queries, first..rows.end.min(first + STARTING_ROWS))
        });
        Ok(starts.await?.concat())
    }

    /// Whether the graph serves for `points`, which may have more rows than it has.
    pub(super) async fn suits(&mut self, points: &Points, seed: u32, pulse: &Pulse) -> Result<bool> {
        match &self.quantized {
            Some(quantized) => self.outside.allows(quantized, points, seed, pulse).await,
            None => Ok(true),
        }
    }

    fn starting(&self) -> Starting<'_> {
        Starting::new(self.quantized.as_ref(), &self.entries)
    }

    /// The starts of one row.
    pub(super) fn starts(&self, space: &dyn Space, query: Query<'_>) -> Vec<u32> {
        starts(space, query, self.quantized.as_ref(), &self.entries)
    }

    /// At least `k` rows near one, by distance and row number; see [`starts`](Self::starts).
    pub(super) fn nearest(
        &self,
        space: &dyn Space,
        query: Query<'_>,
        starts: &[u32],
        (k, epsilon): (usize, f32),
        workspace: &mut Workspace,
    ) -> Vec<(f32, u32)> {
        let reach = Reach { width: width(k).min(space.rows()), epsilon };
        let quantized = self.quantized.as_ref().and_then(|rows| Some((Quantized::new(rows, query)?, rows.close())));
        let Some((mut query_keys, close)) = quantized else {
            return self.nearest_exactly(space, query, starts, reach, workspace);
        };
        let (keys, found): (Vec<u32>, Vec<u32>) =
            workspace.search(&mut query_keys, &self.links, [starts, &self.entries], reach).into_iter().unzip();
        let values = values_from(space, query, &found);
        if is_in_doubt(&keys, &values, close) {
            // Near copies, of which others may be as near by 7 bits.
            return self.nearest_exactly(space, query, &found, reach, workspace);
        }
        ranked_by(space, &values, &found)
    }

    fn nearest_exactly(
        &self,
        space: &dyn Space,
        query: Query<'_>,
        starts: &[u32],
        reach: Reach,
        workspace: &mut Workspace,
    ) -> Vec<(f32, u32)> {
        let mut scratch = Vec::new();
        let mut query_keys = Exact(space.compare(query.space, &[query.row], &mut scratch));
        let found = workspace.search(&mut query_keys, &self.links, [starts, &self.entries], reach);
        let found: Vec<u32> = found.into_iter().map(|(_, id)| id).collect();
        ranked_by(space, &query_keys.0.values(&found), &found)
    }
}
