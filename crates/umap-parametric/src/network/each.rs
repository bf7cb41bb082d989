//! Loops over the values of a batch, in parallel pieces of constant size.

use std::ops::AddAssign;

use umap_core::Result;
use umap_core::parallel;
use umap_core::pulse::Pulse;

/// Values of a piece.
const PIECE: usize = 1 << 15;
/// Rows whose sums are added up before they are added to the others'.
const ROWS_PER_SUM: usize = 1024;

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

/// Sums over rows: `work` adds row `i` to its sums. Pieces of rows have sums of their own, which are added in order.
pub(crate) async fn sums_over_rows<T: Copy + Default + AddAssign + Send + Sync>(
    rows: usize,
    sums: usize,
    pulse: &Pulse,
    work: impl Fn(usize, &mut [T]) + Sync + Send,
) -> Result<Vec<T>> {
    let pieces = parallel::map(pulse, 0..rows.div_ceil(ROWS_PER_SUM), |piece| {
        let mut sum = vec![T::default(); sums];
        (piece * ROWS_PER_SUM..rows.min((piece + 1) * ROWS_PER_SUM)).for_each(|i| work(i, &mut sum));
        sum
    })
    .await?;
    let mut total = vec![T::default(); sums];
    for piece in pieces {
        total.iter_mut().zip(piece).for_each(|(total, sum)| *total += sum);
    }
    Ok(total)
}
