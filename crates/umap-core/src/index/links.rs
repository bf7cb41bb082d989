//! The edges of a search graph: from each row to near ones in all directions, and back.

use crate::error::Result;
use crate::knn::{KnnGraph, NONE, Rows};
use crate::parallel;
use crate::points::Chunks;
use crate::pulse::Pulse;
use crate::sorting::sort_pairs;
use crate::space::{Gathered, Geometry, SearchSpace, key_of, value_of};

/// In a slot without an edge.
pub(super) const NOWHERE: u32 = u32::MAX;
/// Most edges of a row. GloVe (339,470 rows, 15 neighbours each): at the same recall the search compares as many rows with
/// 24 to 48.
pub(super) const DEGREE: usize = 32;
/// A neighbour gets no edge if one that has is nearer to it by this factor than the row is. 1.2 compares a tenth fewer rows
/// at the same recall than 1, where rows have half as many edges.
const SLACK: f32 = 1.2;
/// Edges of a row to others at least, if it has so many neighbours. One column, 40,000 rows: recall 0.84 without.
const LEAST: usize = 8;
/// Of more neighbours the nearest are looked at.
const MOST_NEAR: usize = 64;
/// A chunk is the greatest power of two of rows within this many bytes.
const CHUNK_BYTES: usize = 128 << 20;
const TASK_ROWS: usize = 64;
/// Rows that are allocated between two ticks.
const TICK_ROWS: usize = 1 << 12;

/// Rows by their numbers, with what the edges of a graph need to know of their keys.
pub(super) struct Linking<'a> {
    pub(super) rows: &'a dyn SearchSpace,
    pub(super) geometry: Geometry,
    /// Keys are integers, with the sign bit flipped unless they are sums of differences.
    pub(super) is_quantized: bool,
}

impl Linking<'_> {
    /// Of rows near `row` those that lie in different directions (the relative neighbourhood graph's rule, as in HNSW and
    /// NN-descent's search graph), nearest first, and
    /// the nearest of the others if that makes fewer than [`LEAST`].
    pub(super) fn diversified(&self, row: u32, near: Vec<u32>) -> Vec<(u32, u32)> {
        let near = self.sorted(row, near);
        if self.geometry.is_signed {
            // Not a metric: a long row is near to all, and would keep all others away.
            return near;
        }
        let ids: Vec<u32> = near.iter().map(|&(_, id)| id).collect();
        let (gathered, mut keys) = (Gathered::of(self.rows, &ids), vec![0; ids.len() * ids.len()]);
        self.rows.keys(gathered.all(), gathered.all(), &mut keys);
        let mut kept: Vec<usize> = Vec::with_capacity(near.len());
        for (at, &(key, _)) in near.iter().enumerate() {
            let (limit, to) = (self.shrunk(key), &keys[at * ids.len()..]);
            if kept.iter().all(|&other| to[other] >= limit) {
                kept.push(at);
            }
        }
        // In few columns there are few directions, and a search that finds only the nearest in each ends early.
        let missing = LEAST.saturating_sub(kept.len());
        let others = (0..near.len()).filter(|at| !kept.contains(at)).take(missing).collect::<Vec<_>>();
        kept.extend(others);
        kept.into_iter().map(|at| near[at]).collect()
    }

    /// Others with their keys, nearest first, [`MOST_NEAR`] at most.
    pub(super) fn sorted(&self, row: u32, others: Vec<u32>) -> Vec<(u32, u32)> {
        let (own, gathered) = (Gathered::of(self.rows, &[row]), Gathered::of(self.rows, &others));
        let mut keys = vec![0; others.len()];
        self.rows.keys(own.all(), gathered.all(), &mut keys);
        let mut sorted: Vec<(u32, u32)> = keys.into_iter().zip(others).collect();
        sort_pairs(&mut sorted);
        sorted.truncate(MOST_NEAR);
        sorted
    }

    /// The key of a distance less by the factor [`SLACK`].
    fn shrunk(&self, key: u32) -> u32 {
        let is_squared = self.geometry.is_squared;
        let factor = if is_squared { 1.0 / (SLACK * SLACK) } else { 1.0 / SLACK };
        match (self.is_quantized, is_squared) {
            (false, _) => key_of(value_of(key) * factor),
            (true, true) => ((key ^ 1 << 31) as f32 * factor) as u32 ^ 1 << 31,
            (true, false) => (key as f32 * factor) as u32,
        }
    }
}

/// Up to [`DEGREE`] edges of each row.
#[derive(Debug)]
pub(super) struct Links {
    ends: Chunks<u32>,
    rows: usize,
}

impl Links {
    /// No edges yet.
    pub(super) async fn none(rows: usize, pulse: &Pulse) -> Result<Self> {
        let mut links = Self { ends: Chunks::reserve(&what(rows), rows, DEGREE, CHUNK_BYTES)?, rows: 0 };
        while links.rows < rows {
            links.push_rows(rows.min(links.rows + TICK_ROWS) - links.rows);
            pulse.tick(0.0).await?;
        }
        Ok(links)
    }

    /// To neighbours that lie in different directions, and back; of too many the nearest.
    pub(super) async fn new(linking: &Linking<'_>, neighbors: &KnnGraph, pulse: &Pulse) -> Result<Self> {
        let rows = neighbors.rows();
        let nearest = Rows::new(rows, DEGREE, pulse).await?;
        parallel::for_each(&pulse.part(0.0, 0.9), (0..rows).step_by(TASK_ROWS), |first| {
            for row in first..rows.min(first + TASK_ROWS) {
                let (row, ids) = (row as u32, neighbors.row(row).0);
                let near = ids.iter().copied().filter(|&id| id != NONE && id != row).collect();
                for (key, other) in linking.diversified(row, near) {
                    nearest.push(row, key, other);
                    nearest.push(other, key, row);
                }
            }
        })
        .await?;
        let mut links = Self::none(rows, &pulse.part(0.9, 0.95)).await?;
        let tasks: Vec<_> = links.ends.blocks_mut(TASK_ROWS).collect();
        parallel::for_each(&pulse.part(0.95, 1.0), tasks, |(first, ends)| {
            for (row, ends) in (first..).zip(ends.chunks_exact_mut(DEGREE)) {
                ends.iter_mut().zip(nearest.neighbors(row as u32)).for_each(|(end, other)| *end = other);
            }
        })
        .await?;
        Ok(links)
    }

    /// Number of rows.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The rows to which one has edges.
    #[inline(always)]
    pub(super) fn of(&self, row: u32) -> impl Iterator<Item = u32> {
        self.slots(row).iter().copied().take_while(|&end| end != NOWHERE)
    }

    /// The slots of a row's edges, those in use first.
    #[inline(always)]
    pub(super) fn slots(&self, row: u32) -> &[u32] {
        self.ends.row(row as usize)
    }

    /// As [`slots`](Self::slots).
    pub(super) fn slots_mut(&mut self, row: u32) -> &mut [u32] {
        self.ends.row_or_zeros(row as usize)
    }

    /// Adds an edge if there is a free slot.
    pub(super) fn push(&mut self, row: u32, end: u32) -> bool {
        let free = self.slots_mut(row).iter_mut().find(|slot| **slot == NOWHERE);
        free.map(|slot| *slot = end).is_some()
    }

    /// Takes the last edge away.
    pub(super) fn pop(&mut self, row: u32) {
        if let Some(slot) = self.slots_mut(row).iter_mut().rfind(|slot| **slot != NOWHERE) {
            *slot = NOWHERE;
        }
    }

    /// Allocates memory for so many rows in all.
    pub(super) fn reserve(&mut self, rows: usize) -> Result<()> {
        self.ends.grow(&what(rows), rows)
    }

    /// Appends rows without edges, for which there must be workspace.
    pub(super) fn push_rows(&mut self, count: usize) {
        for row in self.rows..self.rows + count {
            self.ends.row_or_zeros(row).fill(NOWHERE);
        }
        self.rows += count;
    }

    /// Forgets all rows but the first.
    pub(super) fn truncate(&mut self, rows: usize) {
        self.ends.truncate(rows);
        self.rows = rows;
    }
}

fn what(rows: usize) -> String {
    format!("search graph ({rows} x {DEGREE})")
}
