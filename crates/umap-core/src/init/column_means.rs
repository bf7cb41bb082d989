//! Means of columns.

use super::pca_rows::PIECE;
use super::pca_rows::is_wide;
use super::pca_rows::task_rows;
use crate::error::Result;
use crate::memory;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::simd::LANES;
use std::ops::Range;

#[inline(never)]
pub(super) fn sum_of_rows(points: &Points, sample: Option<&[u32]>, rows: Range<usize>) -> Vec<f64> {
    let (mut sum, mut scratch) = (vec![0.0; points.stride()], Vec::new());
    for at in rows {
        let [row] = points.read([sample.map_or(at as u32, |s| s[at])], &mut scratch);
        sum.iter_mut().zip(row).for_each(|(sum, &x)| *sum += f64::from(x));
    }
    sum
}

/// Column means, summed in f64.
pub(super) async fn mean(points: &Points, sample: Option<&[u32]>, pulse: &Pulse) -> Result<Vec<f32>> {
    let n = sample.map_or(points.rows(), <[u32]>::len);
    let rows = 4 * task_rows(points, 2 * LANES);
    let mut sum = memory::filled("column means", points.stride(), 1, 0.0, &pulse.part(0.0, 0.0)).await?;
    if is_wide(points, 2 * LANES) {
        for from in (0..n).step_by(rows) {
            let part = pulse.part(from as f64 / n as f64, 1.0);
            let sum_of_task = sum_of_wide_rows(points, sample, from..n.min(from + rows), &part).await?;
            add(&mut sum, &sum_of_task, &part).await?;
        }
    } else {
        let starts = (0..n).step_by(rows);
        let partial = parallel::map(pulse, starts, |from| sum_of_rows(points, sample, from..n.min(from + rows)));
        for part in partial.await? {
            sum.iter_mut().zip(&part).for_each(|(sum, x)| *sum += x);
        }
    }
    Ok(sum.iter().map(|sum| (sum / n as f64) as f32).collect())
}

/// As [`sum_of_rows`], of rows whose columns are cut.
async fn sum_of_wide_rows(
    points: &Points,
    sample: Option<&[u32]>,
    rows: Range<usize>,
    pulse: &Pulse,
) -> Result<Vec<f64>> {
    let (mut sum, mut scratch) = (memory::filled("column means", points.stride(), 1, 0.0, pulse).await?, Vec::new());
    for at in rows {
        let [row] = points.read([sample.map_or(at as u32, |s| s[at])], &mut scratch);
        add(&mut sum, row, pulse).await?;
    }
    Ok(sum)
}

/// Adds values to sums.
async fn add<T: Copy + Into<f64> + Sync>(sum: &mut [f64], values: &[T], pulse: &Pulse) -> Result<()> {
    let pieces = sum.chunks_mut(PIECE).zip(values.chunks(PIECE)).collect::<Vec<_>>();
    parallel::for_each(pulse, pieces, |(sum, values)| {
        sum.iter_mut().zip(values).for_each(|(sum, &x)| *sum += x.into());
    })
    .await
}
