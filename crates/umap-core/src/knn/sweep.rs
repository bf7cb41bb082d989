//! All pairs of two blocks of rows at the speed of the kernel, and a few rows against all.

use crate::error::Result;
use crate::metric::{Kernel, KernelKind, tile};
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::with_kernel;

/// Multiplications in a task: about 2 ms at the 8 to 16 G/s of the kernels.
const TASK: usize = 20_000_000;
/// The block's sides are multiples of the tile's, so that only the last block has tails.
const TILE: (usize, usize) = (3, 4);
/// Two blocks of 120 rows of 784 columns are 0.75 MB and fit a level 2 cache.
const BLOCK_MAX: usize = 120;

/// Rows in a block, so that a pair of blocks makes a task. Depends on the shape of the points only.
pub(crate) fn block_rows(points: &Points) -> usize {
    let unit = TILE.0 * TILE.1;
    let side = (TASK / points.stride()).isqrt();
    (side / unit * unit).clamp(unit, BLOCK_MAX)
}

/// Computes all pairs of two blocks.
pub(crate) struct BlockPairs<'a> {
    points: &'a Points,
    kernel: KernelKind,
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
        let row = |i: u32| self.points.row(i as usize);
        let (a, b): (Vec<_>, Vec<_>) = (a.map(row).collect(), b.map(row).collect());
        with_kernel!(self.kernel, kernel => all_pairs(kernel, &a, &b, visit));
    }
}

/// Tiles of 3 x 4. The four rows of `b` stay in the first-level cache while the rows of `a` pass by.
fn all_pairs<K: Kernel>(kernel: K, a: &[&[f32]], b: &[&[f32]], mut visit: impl FnMut(usize, usize, f32)) {
    let (a_tiles, a_rest) = a.as_chunks::<{ TILE.0 }>();
    let (b_tiles, b_rest) = b.as_chunks::<{ TILE.1 }>();
    let (a_done, b_done) = (a.len() - a_rest.len(), b.len() - b_rest.len());
    for (tj, &columns) in b_tiles.iter().enumerate() {
        for (ti, &rows) in a_tiles.iter().enumerate() {
            emit((ti * TILE.0, tj * TILE.1), &tile(kernel, rows, columns), &mut visit);
        }
        for (i, &row) in a_rest.iter().enumerate() {
            emit((a_done + i, tj * TILE.1), &tile(kernel, [row], columns), &mut visit);
        }
    }
    for (j, &column) in b_rest.iter().enumerate() {
        for (i, &row) in a.iter().enumerate() {
            emit((i, b_done + j), &tile(kernel, [row], [column]), &mut visit);
        }
    }
}

#[inline(always)]
fn emit<const M: usize, const N: usize>(
    (i, j): (usize, usize),
    values: &[[f32; N]; M],
    visit: &mut impl FnMut(usize, usize, f32),
) {
    for (m, row) in values.iter().enumerate() {
        for (n, &value) in row.iter().enumerate() {
            visit(i + m, j + n, value);
        }
    }
}

/// Compares each of `queries` (row numbers) with every row of `points`, itself included: `visit(found, q, id, value)`
/// for all pairs, in an order that depends on the cutting, with `q` a position in `queries`. Each task starts from
/// `fresh(range of q)`; `merge(range of q, found)` takes the outcomes, which must not depend on order either.
pub(crate) async fn sweep<S: Send>(
    points: &Points,
    queries: &[u32],
    pulse: &Pulse,
    fresh: impl Fn(std::ops::Range<usize>) -> S + Sync + Send,
    visit: impl Fn(&mut S, usize, u32, f32) + Sync + Send,
    mut merge: impl FnMut(std::ops::Range<usize>, S),
) -> Result<()> {
    let (side, rows, n_queries) = (block_rows(points), points.rows(), queries.len());
    let pairs = BlockPairs::new(points);
    for start in (0..n_queries).step_by(side) {
        let range = start..n_queries.min(start + side);
        let pulse = pulse.part(range.start as f64 / n_queries as f64, range.end as f64 / n_queries as f64);
        let parts = parallel::map(&pulse, (0..rows).step_by(side), |first| {
            let mut found = fresh(range.clone());
            let block = first as u32..rows.min(first + side) as u32;
            let queries = queries[range.clone()].iter().copied();
            pairs.visit(queries, block, |q, j, value| visit(&mut found, q, (first + j) as u32, value));
            found
        });
        parts.await?.into_iter().for_each(|part| merge(range.clone(), part));
    }
    Ok(())
}
