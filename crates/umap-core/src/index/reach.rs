//! Where searches start, so that every row can be found.

use crate::error::Result;
use crate::knn::{KnnGraph, NONE};
use crate::pulse::Pulse;
use crate::random::{Random, Stream};

use super::links::Links;

/// Rows between two ticks.
const TICK_ROWS: usize = 1 << 12;

/// Entries by chance, of so many rows: all are compared with every query. For MNIST (60,000 rows) 512 were half of
/// what a search compares, and found no more than these 244.
fn entries_of(rows: usize) -> u32 {
    rows.isqrt() as u32
}

/// Sees to it that every row can be reached from one of the entries that are returned. Where a cluster lies apart one of its
/// rows becomes an entry. A row that is far from all, whose neighbours all have nearer ones, gets an edge from one of them
/// that has a free slot.
pub(super) async fn connect(links: &mut Links, neighbors: &KnnGraph, seed: u32, pulse: &Pulse) -> Result<Vec<u32>> {
    let rows = links.rows();
    let mut entries = Random::new(seed, Stream::Entries).sample(rows as u32, entries_of(rows));
    let mut walk = Walk { reached: vec![false; rows], open: Vec::new(), steps: 0 };
    for &entry in &entries {
        walk.from(entry, links, pulse).await?;
    }
    for row in 0..rows as u32 {
        if walk.reached[row as usize] {
            continue;
        }
        let near = neighbors.row(row as usize).0.iter().copied().filter(|&id| id != NONE && id != row);
        let is_linked = near.into_iter().any(|other| walk.reached[other as usize] && links.push(other, row));
        if !is_linked {
            entries.push(row);
        }
        walk.from(row, links, pulse).await?;
    }
    Ok(entries)
}

struct Walk {
    reached: Vec<bool>,
    open: Vec<u32>,
    steps: usize,
}

impl Walk {
    /// Marks all that can be reached from a row.
    async fn from(&mut self, row: u32, links: &Links, pulse: &Pulse) -> Result<()> {
        self.reach(row);
        while let Some(row) = self.open.pop() {
            links.of(row).for_each(|other| self.reach(other));
            self.steps += 1;
            if self.steps.is_multiple_of(TICK_ROWS) {
                pulse.tick(self.steps as f64 / links.rows() as f64).await?;
            }
        }
        Ok(())
    }

    fn reach(&mut self, row: u32) {
        if !std::mem::replace(&mut self.reached[row as usize], true) {
            self.open.push(row);
        }
    }
}
