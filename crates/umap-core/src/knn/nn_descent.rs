//! NN-descent (Dong, Charikar, Li 2011): neighbours of neighbours are likely neighbours.

use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};

use super::candidates::Candidates;
use super::meeting::Meeting;
use super::rows::{EMPTY, Rows, is_new};
use crate::space::{Gathered, SearchSpace};

/// Rows whose candidates one task joins: about 600 pairs each.
const JOIN_ROWS: usize = 32;
/// An iteration that leaves fewer new entries than this part of all was the last.
const CONVERGED: f64 = 0.001;
/// Normal data in 64 dimensions comes to rest after 11.
const MOST_ITERATIONS: u32 = 12;

/// Gives rows that met few others as many neighbours as the rest, so that none is missing in the end.
pub(crate) async fn fill_with_random_rows(
    space: &dyn SearchSpace,
    rows: &Rows,
    seed: u32,
    pulse: &Pulse,
) -> Result<()> {
    let random = Random::new(seed, Stream::Sample);
    let n = rows.len() as u32;
    let fill = parallel::for_each(pulse, rows.tasks(), |task| {
        for row in task {
            let is_full = |rows: &Rows| rows.with(row, |entries| entries[entries.len() - 1] != EMPTY);
            // Consecutive rows from a random one: rows.len() > width, so there are enough.
            let mut other = random.below(row, n);
            while !is_full(rows) {
                if other != row {
                    let (pair, mut key) = (Gathered::of(space, &[row, other]), [0]);
                    space.keys(pair.stretch(0, 1), pair.stretch(1, 2), &mut key);
                    rows.push(row, key[0], other);
                }
                other = (other + 1) % n;
            }
        }
    });
    fill.await
}

/// Iterates until little changes, `enough` returns true (called after each iteration), or
/// [`MOST_ITERATIONS`] are done.
pub(crate) async fn descend(
    space: &dyn SearchSpace,
    rows: &Rows,
    max_candidates: usize,
    seed: u32,
    mut enough: impl FnMut(&Rows) -> bool,
    pulse: &Pulse,
) -> Result<()> {
    let mut candidates = Candidates::new(rows, max_candidates, pulse).await?;
    let random = Random::new(seed, Stream::Candidates);
    let mut done = 0.0;
    for iteration in 1..=MOST_ITERATIONS {
        // Mostly two to four iterations are enough: each is taken for this part of what is left.
        let pulse = &pulse.part(done, done + 0.4 * (1.0 - done));
        done += 0.4 * (1.0 - done);
        candidates.choose(rows, random.at(iteration), &pulse.part(0.0, 0.1)).await?;
        join_candidates(space, rows, &candidates, &pulse.part(0.1, 0.95)).await?;
        let new = count_new(rows, &pulse.part(0.95, 1.0)).await?;
        if (new as f64) < CONVERGED * (rows.len() * rows.width()) as f64 || enough(rows) {
            break;
        }
    }
    Ok(())
}

async fn join_candidates(space: &dyn SearchSpace, rows: &Rows, candidates: &Candidates, pulse: &Pulse) -> Result<()> {
    let tasks = (0..rows.len()).step_by(JOIN_ROWS);
    parallel::for_each(pulse, tasks, |first| join_rows(space, rows, candidates, first)).await
}

#[inline(never)]
fn join_rows(space: &dyn SearchSpace, rows: &Rows, candidates: &Candidates, first: usize) {
    let mut meeting = Meeting::default();
    for row in first..(first + JOIN_ROWS).min(rows.len()) {
        let (members, new) = candidates.of(row as u32);
        if new > 0 {
            meeting.begin(space, rows, members);
            meeting.meet(space, rows, 0..new);
        }
    }
}

async fn count_new(rows: &Rows, pulse: &Pulse) -> Result<usize> {
    let counts = parallel::map(pulse, rows.tasks(), |task| rows.count(task, is_new));
    Ok(counts.await?.iter().sum())
}
