//! Loops over the values of a batch, in parallel pieces of constant size.

use std::ops::AddAssign;

use umap_core::Result;
use umap_core::parallel;
use umap_core::pulse::Pulse;

/// Values of a piece.
const PIECE: usize = 1 << 15;
/// Rows whose sums are added up before they are added to the others'.
const ROWS_PER_SUM: usize = 1024;
/// Values that a task adds up, a millisecond or so: an abort waits for tasks.
const VALUES_PER_SUM: usize = 1 << 20;

/// Writes what `work` makes of each row of `x` (`x_len` values) to the same row of the result (`y_len` values).
pub(super) async fn each_row(
    x: &[f32],
    [x_len, y_len]: [usize; 2],
    pulse: &Pulse,
    work: impl Fn(usize, &[f32], &mut [f32]) + Sync + Send,
) -> Result<Vec<f32>> {
    let rows = x.len() / x_len;
    let mut y = vec![0.0; rows * y_len];
    let per_task = (PIECE / x_len.max(y_len)).max(1);
    let tasks = x.chunks(per_task * x_len).zip(y.chunks_mut(per_task * y_len)).enumerate();
    parallel::for_each(pulse, tasks.collect::<Vec<_>>(), |(task, (x, y))| {
        for (i, (x, y)) in x.chunks_exact(x_len).zip(y.chunks_exact_mut(y_len)).enumerate() {
            work(task * per_task + i, x, y);
        }
    })
    .await?;
    Ok(y)
}

/// Replaces each value of `dy` by `work(number, value)`; the number counts all values of the batch.
pub(super) async fn each_value(
    values: &mut [f32],
    pulse: &Pulse,
    work: impl Fn(usize, &mut [f32]) + Sync + Send,
) -> Result<()> {
    let tasks = values.chunks_mut(PIECE).enumerate();
    parallel::for_each(pulse, tasks, |(task, values)| work(task * PIECE, values)).await
}

/// Sums over `rows` of so many values each: `work` adds row `i` to its `sums`. Pieces of rows have sums of their own, which are
/// added in order. Of wide rows a piece is added up in several rounds, which changes no order.
pub(crate) async fn sums_over_rows<T: Copy + Default + AddAssign + Send + Sync>(
    [rows, row_len]: [usize; 2],
    sums: usize,
    pulse: &Pulse,
    work: impl Fn(usize, &mut [T]) + Sync + Send,
) -> Result<Vec<T>> {
    let mut pieces: Vec<Vec<T>> = (0..rows.div_ceil(ROWS_PER_SUM)).map(|_| vec![T::default(); sums]).collect();
    let (longest, round) = (rows.min(ROWS_PER_SUM), (VALUES_PER_SUM / row_len.max(1)).clamp(1, ROWS_PER_SUM));
    for first in (0..longest).step_by(round) {
        let part = pulse.part(first as f64 / longest as f64, (first + round) as f64 / longest as f64);
        parallel::for_each(&part, pieces.iter_mut().enumerate(), |(piece, sum)| {
            let start = piece * ROWS_PER_SUM;
            let end = rows.min(start + (first + round).min(ROWS_PER_SUM));
            (start + first..end).for_each(|i| work(i, sum));
        })
        .await?;
    }
    let mut total = vec![T::default(); sums];
    for piece in pieces {
        total.iter_mut().zip(piece).for_each(|(total, sum)| *total += sum);
    }
    Ok(total)
}
