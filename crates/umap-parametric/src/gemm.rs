//! The one matrix product, C += A B, on which all layers stand.
//!
//! Every value of C is one accumulator that takes its terms in their order, whatever the shapes of blocks and tasks; so
//! neither the number of threads nor the number of rows that are computed together can change a bit. B is packed into
//! panels of eight columns, A in blocks of four rows; a tile of C is eight vector registers.

use std::ops::Range;

use umap_core::parallel;
use umap_core::pulse::Pulse;
use umap_core::simd::{F32x4, LANES};
use umap_core::{Result, memory};

/// Rows of a tile.
const MR: usize = 4;
/// Columns of a tile.
const NR: usize = 2 * LANES;
/// Terms of a block: a panel of B (8 KB) stays in the first-level cache.
const KC: usize = 256;
/// Rows of A that are packed at a time: 64 KB, for the second-level cache.
const MC: usize = 64;
/// Multiplications of one task at most, some milliseconds: tasks are what an abort waits for.
const TASK: usize = 40_000_000;
/// Values that a task packs, a tenth of a millisecond or so.
const PACKED: usize = 1 << 16;

/// A matrix to be read: value (i, k) is `data[row(i) + col(k)]`.
pub(crate) trait Operand: Sync {
    /// Where the values are.
    fn data(&self) -> &[f32];
    /// Where row `i` starts.
    fn row(&self, i: usize) -> usize;
    /// Where column `k` is within a row.
    fn col(&self, k: usize) -> usize;
}

/// A dense matrix, or its transpose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strided<'a> {
    data: &'a [f32],
    strides: [usize; 2],
}

impl<'a> Strided<'a> {
    /// Rows of `cols` values, one after the other.
    pub(crate) fn rows(data: &'a [f32], cols: usize) -> Self {
        Self { data, strides: [cols, 1] }
    }

    /// The transpose of [`rows`](Self::rows).
    pub(crate) fn transposed(data: &'a [f32], cols: usize) -> Self {
        Self { data, strides: [1, cols] }
    }
}

impl Operand for Strided<'_> {
    fn data(&self) -> &[f32] {
        self.data
    }
    #[inline(always)]
    fn row(&self, i: usize) -> usize {
        i * self.strides[0]
    }
    #[inline(always)]
    fn col(&self, k: usize) -> usize {
        k * self.strides[1]
    }
}

/// B in panels: of each eight columns (zeros beyond the last) the terms in their order.
#[derive(Debug)]
pub(crate) struct Panels {
    data: Vec<f32>,
    terms: usize,
    cols: usize,
}

impl Panels {
    /// Packs `terms` x `cols` values.
    pub(crate) async fn pack(b: &impl Operand, terms: usize, cols: usize, pulse: &Pulse) -> Result<Self> {
        let mut data = memory::filled("factors of a product", cols.div_ceil(NR) * NR, terms, 0.0, pulse).await?;
        let panel = terms.max(1) * NR;
        let per_task = (PACKED / panel).max(1);
        let tasks = data.chunks_mut(per_task * panel).zip((0..cols).step_by(per_task * NR)).collect::<Vec<_>>();
        parallel::for_each(pulse, tasks, |(panels, first)| pack_panels(b, panels, first..cols, panel)).await?;
        Ok(Self { data, terms, cols })
    }
}

/// Writes panels of `len` values, of these columns and as many more as there is room for.
#[inline(never)]
fn pack_panels(b: &impl Operand, panels: &mut [f32], cols: Range<usize>, len: usize) {
    for (panel, first) in panels.chunks_exact_mut(len).zip(cols.clone().step_by(NR)) {
        let width = NR.min(cols.end - first);
        for (k, line) in panel.as_chunks_mut::<NR>().0.iter_mut().enumerate() {
            let row = b.row(k);
            for (j, value) in line[..width].iter_mut().enumerate() {
                *value = b.data()[row + b.col(first + j)];
            }
        }
    }
}

/// C += A B with `cols` columns; C is row-major, in as many rows as its length says.
pub(crate) async fn multiply_add(a: &impl Operand, b: &Panels, c: &mut [f32], pulse: &Pulse) -> Result<()> {
    let rows = c.len() / b.cols.max(1);
    let rows_per_task = rows_per_task(rows, b.terms * b.cols);
    let tasks = c.chunks_mut(rows_per_task * b.cols).enumerate();
    parallel::for_each(pulse, tasks, |(task, c)| {
        let first = task * rows_per_task;
        multiply_add_rows(a, first..first + c.len() / b.cols, b, c);
    })
    .await
}

/// Rows of a task of which each row takes so many multiplications: enough tasks for all threads, none too long.
pub(crate) fn rows_per_task(rows: usize, multiplications: usize) -> usize {
    let even = rows.div_ceil(2 * parallel::threads());
    // Tasks of less than some ten microseconds cost more to hand out than to do.
    let least = 200_000 / multiplications.max(1);
    let most = TASK / multiplications.max(1);
    even.max(least).min(most.max(MR)).max(1).next_multiple_of(MR)
}

/// As [`multiply_add`], for some rows of A, on this thread.
pub(crate) fn multiply_add_rows(a: &impl Operand, rows: Range<usize>, b: &Panels, c: &mut [f32]) {
    if b.terms == 0 || b.cols == 0 {
        return;
    }
    let mut packed = Vec::new();
    let mut offsets = Vec::new();
    for first in (0..b.terms).step_by(KC) {
        let terms = first..b.terms.min(first + KC);
        offsets.clear();
        offsets.extend(terms.clone().map(|k| a.col(k)));
        for (block, c) in c.chunks_mut(MC * b.cols).enumerate() {
            let from = rows.start + block * MC;
            pack_rows(a, from..from + c.len() / b.cols, &offsets, &mut packed);
            for (panel, first_col) in b.data.chunks_exact(b.terms * NR).zip((0..b.cols).step_by(NR)) {
                let panel = &panel[terms.start * NR..terms.end * NR];
                let tiles = packed.chunks_exact(MR * terms.len()).zip(c.chunks_mut(MR * b.cols));
                tiles.for_each(|(a, c)| tile(a, panel, c, b.cols, first_col));
            }
        }
    }
}

/// Some rows of A in blocks of four (zeros beyond the last): of each the terms in their order.
fn pack_rows(a: &impl Operand, rows: Range<usize>, offsets: &[usize], packed: &mut Vec<f32>) {
    packed.clear();
    packed.resize(rows.len().next_multiple_of(MR) * offsets.len(), 0.0);
    let data = a.data();
    for (block, first) in packed.chunks_exact_mut(MR * offsets.len()).zip(rows.clone().step_by(MR)) {
        let lines = block.as_chunks_mut::<MR>().0;
        if first + MR <= rows.end {
            let starts: [usize; MR] = std::array::from_fn(|m| a.row(first + m));
            for (line, &offset) in lines.iter_mut().zip(offsets) {
                *line = starts.map(|start| data[start + offset]);
            }
        } else {
            for (m, i) in (first..rows.end).enumerate() {
                let start = a.row(i);
                lines.iter_mut().zip(offsets).for_each(|(line, &offset)| line[m] = data[start + offset]);
            }
        }
    }
}

/// Adds the products of a block of rows and a panel to their tile of C.
#[inline(always)]
fn tile(a: &[f32], panel: &[f32], c: &mut [f32], cols: usize, first: usize) {
    let width = NR.min(cols - first);
    let mut acc = [[F32x4::splat(0.0); 2]; MR];
    for (acc, row) in acc.iter_mut().zip(c.chunks_exact(cols)) {
        let (low, high) = row[first..first + width].split_at(width.min(LANES));
        *acc = [load(low), load(high)];
    }
    for (a, b) in a.as_chunks::<MR>().0.iter().zip(panel.as_chunks::<NR>().0) {
        let b = [F32x4::load(&b[..LANES]), F32x4::load(&b[LANES..])];
        for (acc, &a) in acc.iter_mut().zip(a) {
            let a = F32x4::splat(a);
            *acc = [acc[0] + a * b[0], acc[1] + a * b[1]];
        }
    }
    for ([low, high], row) in acc.iter().zip(c.chunks_exact_mut(cols)) {
        let (low_part, high_part) = row[first..first + width].split_at_mut(width.min(LANES));
        store(*low, low_part);
        store(*high, high_part);
    }
}

// A copy of a length that is not known beforehand is a call (`memory.copy`), and cost more than a tile of 100 terms.

/// Up to four values, zeros behind them.
#[inline(always)]
fn load(row: &[f32]) -> F32x4 {
    if let Some(row) = row.first_chunk::<LANES>() {
        return F32x4::load(row);
    }
    let mut values = [0.0; LANES];
    values.iter_mut().zip(row).for_each(|(value, x)| *value = *x);
    F32x4::load(&values)
}

/// As many of the values as there is room for.
#[inline(always)]
fn store(values: F32x4, row: &mut [f32]) {
    match row.first_chunk_mut::<LANES>() {
        Some(row) => *row = values.to_array(),
        None => row.iter_mut().zip(values.to_array()).for_each(|(x, value)| *x = value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use umap_core::pulse::block_on;
    use umap_core::random::{Random, Stream};

    fn random(len: usize, seed: u32) -> Vec<f32> {
        (0..len as u32).map(|i| Random::new(seed, Stream::Layout).uniform(i) - 0.5).collect()
    }

    #[test]
    fn products_are_sums_in_their_order_whatever_the_shapes() {
        for (m, k, n) in [(1, 1, 1), (3, 5, 7), (4, 256, 8), (70, 300, 9), (65, 513, 100), (2, 0, 3), (129, 17, 33)] {
            let (a, b, c) = (random(m * k, 1), random(k * n, 2), random(m * n, 3));
            let mut expected = c.clone();
            for i in 0..m {
                for j in 0..n {
                    expected[i * n + j] = (0..k).fold(c[i * n + j], |sum, t| sum + a[i * k + t] * b[t * n + j]);
                }
            }
            let pack = |b: Strided<'_>| block_on(async |pulse| Panels::pack(&b, k, n, pulse).await).unwrap();
            let panels = pack(Strided::rows(&b, n));
            let mut found = c.clone();
            block_on(async |pulse| multiply_add(&Strided::rows(&a, k), &panels, &mut found, pulse).await).unwrap();
            assert_eq!(found, expected, "{m} x {k} x {n}");

            let transposed: Vec<f32> = (0..k * m).map(|at| a[at % m * k + at / m]).collect();
            let b_transposed: Vec<f32> = (0..k * n).map(|at| b[at % k * n + at / k]).collect();
            let panels = pack(Strided::transposed(&b_transposed, k));
            let mut found = c.clone();
            multiply_add_rows(&Strided::transposed(&transposed, m), 0..m, &panels, &mut found);
            assert_eq!(found, expected, "{m} x {k} x {n}, transposed");
        }
    }
}
