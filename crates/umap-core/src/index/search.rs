//! Best-first search of a graph: the edges of the nearest row not gone through yet, as long as that is near enough.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::sorting::unpair;

use super::links::{Links, NOWHERE};
use super::query_keys::QueryKeys;

/// A search that has compared more than so many rows ...
const MOST: usize = 1 << 12;
/// ... and more than one in so many of all compares the others at once instead of going on from row to row, where a row takes
/// ten times as long. Seen from outside of a cluster all its rows are about as far: of 24,000 rows, 4,000 of them with 30
/// times the deviation of the others, a search for one of those 4,000 took 12 ms.
const ONE_IN: usize = 4;

/// Rows that are found besides those wanted and compared exactly, at least. With more the search goes farther for the
/// same `epsilon`, and compares as many rows for the same recall.
const SPARE: usize = 6;

/// Rows that a search for `k` finds.
pub(super) fn width(k: usize) -> usize {
    k + (k / 2).max(SPARE)
}

/// How far to search.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    /// Rows to find, at most those that there are.
    pub(super) width: usize,
    /// Goes through rows whose value (for Euclidean distance the square) is less than `1 + epsilon` times that of the last
    /// of the rows found.
    pub(super) epsilon: f32,
}

/// Memory of one search at a time, reused within a task. An entry is `key << 32 | row`.
pub(super) struct Workspace {
    /// A bit for each row that was seen.
    seen: Vec<u64>,
    /// The words of `seen` that are not zero.
    touched: Vec<u32>,
    frontier: BinaryHeap<Reverse<u64>>,
    found: BinaryHeap<u64>,
    /// Rows about to be compared, and their keys.
    fresh: Vec<u32>,
    keys: Vec<u32>,
}

impl Workspace {
    /// For an index of so many rows.
    pub(super) fn new(rows: usize) -> Self {
        Self {
            seen: vec![0; rows.div_ceil(64)],
            touched: Vec::new(),
            frontier: BinaryHeap::new(),
            found: BinaryHeap::new(),
            fresh: Vec::new(),
            keys: Vec::new(),
        }
    }

    /// The keys and numbers of the nearest rows, nearest first: always as many as wanted. The search starts from
    /// `starts`, and goes on from `entries` where that does not find as many.
    pub(super) fn search(
        &mut self,
        query_keys: &mut dyn QueryKeys,
        links: &Links,
        [starts, entries]: [&[u32]; 2],
        reach: Reach,
    ) -> Vec<(u32, u32)> {
        let mut search = Search { query_keys, reach, limit: u32::MAX, compared: 0, workspace: self };
        search.look_at(starts.iter().copied());
        search.follow(links);
        // Where a cluster has fewer rows than are wanted, others have to be found. A graph from a file may have no way to them.
        for &entry in entries {
            if search.is_full() {
                break;
            }
            search.look_at([entry]);
            search.follow(links);
        }
        if !search.is_full() {
            search.look_at(0..links.rows() as u32);
        }
        self.finish()
    }

    fn finish(&mut self) -> Vec<(u32, u32)> {
        self.touched.iter().for_each(|&word| self.seen[word as usize] = 0);
        self.touched.clear();
        self.frontier.clear();
        std::mem::take(&mut self.found).into_sorted_vec().into_iter().map(unpair).collect()
    }

    /// Marks a row; returns whether it was not marked before.
    #[inline(always)]
    fn see(&mut self, row: u32) -> bool {
        let (word, bit) = (row / 64, 1 << (row % 64));
        let bits = &mut self.seen[word as usize];
        if *bits == 0 {
            self.touched.push(word);
        }
        let is_new = *bits & bit == 0;
        *bits |= bit;
        is_new
    }
}

struct Search<'a> {
    query_keys: &'a mut dyn QueryKeys,
    reach: Reach,
    /// Rows with this key or a greater one are of no use.
    limit: u32,
    /// Rows compared so far.
    compared: usize,
    workspace: &'a mut Workspace,
}

impl Search<'_> {
    fn is_full(&self) -> bool {
        self.workspace.found.len() >= self.reach.width
    }

    /// Goes through rows, nearest first, until the nearest is too far.
    fn follow(&mut self, links: &Links) {
        while let Some(Reverse(nearest)) = self.workspace.frontier.pop() {
            if (nearest >> 32) as u32 >= self.limit {
                break;
            }
            if self.compared > MOST.max(links.rows() / ONE_IN) {
                self.look_at(0..links.rows() as u32);
                self.workspace.frontier.clear();
                break;
            }
            self.look_at(links.slots(nearest as u32).iter().copied().take_while(|&end| end != NOWHERE));
        }
    }

    /// Compares the rows that were not seen before.
    #[inline(always)]
    fn look_at(&mut self, rows: impl IntoIterator<Item = u32>) {
        let (mut fresh, mut keys) =
            (std::mem::take(&mut self.workspace.fresh), std::mem::take(&mut self.workspace.keys));
        fresh.clear();
        fresh.extend(rows.into_iter().filter(|&row| self.workspace.see(row)));
        self.query_keys.keys(&fresh, &mut keys);
        self.compared += fresh.len();
        for (&key, &row) in keys.iter().zip(&fresh) {
            if key < self.limit {
                self.offer(u64::from(key) << 32 | u64::from(row));
            }
        }
        (self.workspace.fresh, self.workspace.keys) = (fresh, keys);
    }

    #[inline(always)]
    fn offer(&mut self, entry: u64) {
        let Workspace { frontier, found, .. } = &mut *self.workspace;
        frontier.push(Reverse(entry));
        if found.len() < self.reach.width {
            found.push(entry);
        } else {
            match found.peek_mut() {
                Some(mut worst) if entry < *worst => *worst = entry,
                _ => return,
            }
        }
        if found.len() == self.reach.width {
            let worst = found.peek().map_or(u32::MAX, |&entry| (entry >> 32) as u32);
            let value = self.query_keys.value(worst);
            // Not less than the last one, of which there may be others.
            self.limit = self.query_keys.key(value + self.reach.epsilon * value.abs()).max(worst);
        }
    }
}
