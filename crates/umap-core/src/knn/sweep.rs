//! All pairs of two blocks of rows at the speed of the kernel, and a few rows against all.

use std::ops::Range;

use super::Nearest;
use crate::error::Result;
use crate::memory;
use crate::metric::{Kernel, STRIP};
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;

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

/// Rows in a block, so that a pair of blocks makes a task. Depends on the width of the points only.
pub(crate) fn block_rows(points: &Points) -> usize {
    let stride = points.stride();
    let side = (TASK / stride).isqrt().min(BLOCK / stride);
    (side / UNIT * UNIT).clamp(UNIT, MOST_ROWS)
}

/// Computes all pairs of two blocks.
pub(crate) struct BlockPairs<'a> {
    points: &'a Points,
    kernel: Kernel,
}

impl<'a> BlockPairs<'a> {
    /// With the kernel of the points' metric.
    pub(crate) fn new(points: &'a Points) -> Self {
        Self { points, kernel: points.metric().kernel() }
    }

    /// Calls `visit(i, j, value)` for every pair of positions in `a` and `b`.
    pub(crate) fn visit(
        &self,
        a: impl Iterator<Item = u32>,
        b: impl Iterator<Item = u32>,
        visit: impl FnMut(usize, usize, f32),
    ) {
        let (mut a_room, mut b_room) = (Vec::new(), Vec::new());
        let (a, b) = (self.points.read_all(a, &mut a_room), self.points.read_all(b, &mut b_room));
        all_pairs(self.kernel, &a, &b, visit);
    }
}

/// Calls `visit(i, j, value)` for every pair of rows. The four rows of `b` stay in the first-level cache while the rows of
/// `a` pass by.
pub(crate) fn all_pairs(kernel: Kernel, a: &[&[f32]], b: &[&[f32]], mut visit: impl FnMut(usize, usize, f32)) {
    let mut strip = vec![[0.0; STRIP]; a.len()];
    for (first, rows) in (0..).step_by(STRIP).zip(b.chunks(STRIP)) {
        // The last row stands in for those that are missing.
        kernel.strip(a, std::array::from_fn(|j| rows[j.min(rows.len() - 1)]), &mut strip);
        for (i, values) in strip.iter().enumerate() {
            values[..rows.len()].iter().enumerate().for_each(|(j, &value)| visit(i, first + j, value));
        }
    }
}

/// Compares each of `queries` (row numbers) with every row of `points`, itself included: `visit(found, q, id, value)`
/// for all pairs, in an order that depends on the cutting, with `q` a position in `queries`. Each task starts from
/// `fresh(positions)`, which takes so many bytes for a position; `merge(positions, found)` takes the outcomes. So what is
/// found must not depend on order.
pub(crate) async fn sweep<S: Send>(
    points: &Points,
    (queries, bytes): (&[u32], usize),
    pulse: &Pulse,
    fresh: impl Fn(Range<usize>) -> S + Sync + Send,
    visit: impl Fn(&mut S, usize, u32, f32) + Sync + Send,
    mut merge: impl FnMut(Range<usize>, S),
) -> Result<()> {
    let (side, rows) = (block_rows(points), points.rows());
    let pairs = BlockPairs::new(points);
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
            let block = first as u32..rows.min(first + side) as u32;
            let queries = queries[positions.clone()].iter().copied();
            pairs.visit(queries, block, |i, j, value| visit(&mut found, q + i, (first + j) as u32, value));
            found
        });
        parts.await?.into_iter().for_each(|part| merge(positions.clone(), part));
    }
    Ok(())
}

/// The `k` nearest other rows of each of `queries`.
pub(crate) async fn nearest_others(points: &Points, queries: &[u32], k: usize, pulse: &Pulse) -> Result<Vec<Nearest>> {
    let mut found = vec![Nearest::new(k); queries.len()];
    let fresh = |positions: Range<usize>| (positions.start, vec![Nearest::new(k); positions.len()]);
    let visit = |(start, found): &mut (usize, Vec<Nearest>), q: usize, id: u32, value: f32| {
        if queries[q] != id {
            found[q - *start].push(value, id);
        }
    };
    sweep(points, (queries, size_of::<Nearest>()), pulse, fresh, visit, |positions, (_, part)| {
        found[positions].iter_mut().zip(&part).for_each(|(all, part)| all.merge(part));
    })
    .await?;
    Ok(found)
}
