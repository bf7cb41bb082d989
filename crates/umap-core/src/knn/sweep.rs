//! All pairs of two blocks of rows at the speed of the kernel, and a few rows against all.

use std::ops::Range;

use super::nearest::Nearest;
use crate::error::Result;
use crate::memory;
use crate::parallel;
use crate::pulse::Pulse;
use crate::space::Space;

/// Multiplications in a task: about 2 ms at the 8 to 16 G/s of the kernels.
const TASK: usize = 20_000_000;
/// A block's rows are a multiple of the sides of the kernels' tiles, so that only the last block has tails.
const UNIT: usize = 12;
/// Floats in a block, so that two fit a level 2 cache of 1 MB: 120 rows of 784 columns.
const BLOCK: usize = 96 << 10;
/// Narrow rows: enough to hide the cost of a task, few enough that a few thousand rows still make tasks for 8 threads.
const MOST_ROWS: usize = 240;
/// Tasks of a sweep whose outcomes are in memory at a time, at most.
const STRIPE: usize = 64;

/// Rows in a block, so that a pair of blocks makes a task. Depends on the cost of a pair only.
pub(crate) fn block_rows(space: &dyn Space) -> usize {
    let cost = space.cost();
    let side = (TASK / cost).isqrt().min(BLOCK / cost);
    (side / UNIT * UNIT).clamp(UNIT, MOST_ROWS)
}

/// Compares each of `queries` (row numbers) with every row of `space`, itself included: `visit(found, q, id, value)`
/// for all pairs, in an order that depends on the cutting, with `q` a position in `queries`. Each task starts from
/// `fresh(positions)`, which takes so many bytes for a position; `merge(positions, found)` takes the outcomes. So what is
/// found must not depend on order.
pub(crate) async fn sweep<S: Send>(
    space: &dyn Space,
    (queries, bytes): (&[u32], usize),
    pulse: &Pulse,
    fresh: impl Fn(Range<usize>) -> S + Sync + Send,
    visit: impl Fn(&mut S, usize, u32, f32) + Sync + Send,
    mut merge: impl FnMut(Range<usize>, S),
) -> Result<()> {
    let (side, rows) = (block_rows(space), space.rows());
    let starts = |total: usize, step: usize| (0..total).step_by(step);
    let stripe = side * memory::block_rows(bytes * side).min(STRIPE);
    let steps = queries.len().div_ceil(side) * rows.div_ceil(stripe);
    let stripes = starts(queries.len(), side).flat_map(|q| starts(rows, stripe).map(move |row| (q, row)));
    for (step, (q, from)) in stripes.enumerate() {
        let positions = q..queries.len().min(q + side);
        let pulse = pulse.part(step as f64 / steps as f64, (step + 1) as f64 / steps as f64);
        let blocks = (from..rows.min(from + stripe)).step_by(side);
        let parts = parallel::map(&pulse, blocks, |first| {
            let mut found = fresh(positions.clone());
            let block: Vec<u32> = (first as u32..rows.min(first + side) as u32).collect();
            let mut scratch = Vec::new();
            let mut comparison = space.compare(space, &queries[positions.clone()], &mut scratch);
            comparison.pairs(&block, |i, j, value| visit(&mut found, q + i, (first + j) as u32, value));
            found
        });
        parts.await?.into_iter().for_each(|part| merge(positions.clone(), part));
    }
    Ok(())
}

/// The `k` nearest other rows of each of `queries`.
pub(crate) async fn nearest_others(
    space: &dyn Space,
    queries: &[u32],
    k: usize,
    pulse: &Pulse,
) -> Result<Vec<Nearest>> {
    let mut found = vec![Nearest::new(k); queries.len()];
    let fresh = |positions: Range<usize>| (positions.start, vec![Nearest::new(k); positions.len()]);
    let visit = |(start, found): &mut (usize, Vec<Nearest>), q: usize, id: u32, value: f32| {
        if queries[q] != id {
            found[q - *start].push(value, id);
        }
    };
    sweep(space, (queries, size_of::<Nearest>()), pulse, fresh, visit, |positions, (_, part)| {
        found[positions].iter_mut().zip(&part).for_each(|(all, part)| all.merge(part));
    })
    .await?;
    Ok(found)
}
