//! Passes over the rows of points: means, scores and covariances.

use crate::error::Result;
use crate::memory;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::simd::{F32x4, LANES};
use std::ops::Range;

/// Multiplications of a task, in at least 8 rows: about 2 ms.
pub(super) const TASK: usize = 1 << 21;

/// Values that a task of a loop over columns goes through.
pub(super) const PIECE: usize = 1 << 18;

/// CenteredRows that share a load of the axes.
pub(super) const TILE: usize = 8;

/// Values of sums (columns x vectors each) that tasks return at once.
const GROUP: usize = 1 << 22;

/// The same numbers in 32 bits.
pub(super) async fn narrowed(axes: &[f64], pulse: &Pulse) -> Result<Vec<f32>> {
    let mut narrow = memory::filled("principal axes", axes.len(), 1, 0.0, pulse).await?;
    let pieces = narrow.chunks_mut(PIECE).zip(axes.chunks(PIECE)).collect::<Vec<_>>();
    parallel::for_each(pulse, pieces, |(narrow, axes)| {
        narrow.iter_mut().zip(axes).for_each(|(narrow, &x)| *narrow = x as f32);
    })
    .await?;
    Ok(narrow)
}

/// CenteredRows of a task that has so many vectors to multiply them by.
pub(super) fn task_rows(points: &Points, width: usize) -> usize {
    (TASK / width / points.stride()).clamp(8, 1024)
}

/// Whether already a tile of rows is more than a task: then the columns of one tile after the other are cut, and an abort
/// need not wait for a row of ten million. The sums are the same.
pub(super) fn is_wide(points: &Points, width: usize) -> bool {
    TASK / width / points.stride() < TILE
}

/// All rows of the points or some, less their mean.
pub(super) struct CenteredRows<'a> {
    pub(super) points: &'a Points,
    pub(super) sample: Option<&'a [u32]>,
    pub(super) mean: Vec<f32>,
}

impl CenteredRows<'_> {
    fn len(&self) -> usize {
        self.sample.map_or(self.points.rows(), <[u32]>::len)
    }

    /// CenteredRows `at` to `at + TILE`; the mean stands for rows from `end` on, and adds nothing.
    fn tile<'a>(&'a self, at: usize, end: usize, scratch: &'a mut Vec<f32>) -> [&'a [f32]; TILE] {
        let number = |at: usize| self.sample.map_or(at as u32, |s| s[at]);
        let rows = self.points.read(std::array::from_fn::<_, TILE, _>(|r| number((at + r).min(end - 1))), scratch);
        std::array::from_fn(|r| if at + r < end { rows[r] } else { &self.mean })
    }

    /// (x - mean) . axes for some rows, four columns from `column` on.
    fn project(&self, rows: [&[f32]; TILE], axes: &[f32], width: usize, column: usize) -> [F32x4; TILE] {
        let mut scores = [F32x4::splat(0.0); TILE];
        self.project_more(rows, axes, [width, column], 0..self.mean.len(), &mut scores);
        scores
    }

    /// Adds the part of a range of the points' columns.
    #[inline(always)]
    fn project_more(
        &self,
        rows: [&[f32]; TILE],
        axes: &[f32],
        [width, column]: [usize; 2],
        range: Range<usize>,
        scores: &mut [F32x4; TILE],
    ) {
        for (k, mean) in range.clone().zip(&self.mean[range]) {
            let axis = F32x4::load(&axes[k * width + column..]);
            for (score, row) in scores.iter_mut().zip(rows) {
                *score = *score + axis * F32x4::splat(row[k] - mean);
            }
        }
    }

    /// As [`project`](Self::project), for all columns of the axes, of rows whose columns are cut.
    async fn project_wide(
        &self,
        rows: [&[f32]; TILE],
        axes: &[f32],
        width: usize,
        pulse: &Pulse,
    ) -> Result<Vec<[F32x4; TILE]>> {
        let mut scores = vec![[F32x4::splat(0.0); TILE]; width / LANES];
        let (cols, step) = (self.mean.len(), TASK / TILE / LANES);
        for from in (0..cols).step_by(step) {
            let range = from..cols.min(from + step);
            parallel::for_each(pulse, scores.iter_mut().enumerate(), |(four, scores)| {
                self.project_more(rows, axes, [width, four * LANES], range.clone(), scores);
            })
            .await?;
        }
        Ok(scores)
    }

    /// The scores of all rows on the first `dims` axes.
    pub(super) async fn all_scores(&self, axes: &[f32], [dims, width]: [usize; 2], pulse: &Pulse) -> Result<Vec<f32>> {
        let n = self.len();
        if !is_wide(self.points, width) {
            let task = task_rows(self.points, width);
            let starts = (0..n).step_by(task);
            let work = |from: usize| self.scores(from..n.min(from + task), axes, [dims, width]);
            return Ok(parallel::map(pulse, starts, work).await?.concat());
        }
        let (mut all, mut scratch) = (memory::filled("scores", n, dims, 0.0, &pulse.part(0.0, 0.0)).await?, Vec::new());
        for at in (0..n).step_by(TILE) {
            let tile = self.tile(at, n, &mut scratch);
            let scores = self.project_wide(tile, axes, width, &pulse.part(at as f64 / n as f64, 1.0)).await?;
            for (four, found) in scores.iter().enumerate().take(dims.div_ceil(LANES)) {
                let count = LANES.min(dims - four * LANES);
                for (row, score) in (at..n).zip(found) {
                    all[row * dims + four * LANES..][..count].copy_from_slice(&score.to_array()[..count]);
                }
            }
        }
        Ok(all)
    }

    /// The scores of some rows on the first `dims` axes.
    fn scores(&self, rows: Range<usize>, axes: &[f32], [dims, width]: [usize; 2]) -> Vec<f32> {
        let (mut scores, mut scratch) = (vec![0.0; rows.len() * dims], Vec::new());
        for at in rows.clone().step_by(TILE) {
            let tile = self.tile(at, rows.end, &mut scratch);
            for column in (0..dims.min(width)).step_by(LANES) {
                let found = self.project(tile, axes, width, column);
                let count = LANES.min(dims - column);
                for (r, score) in found.iter().enumerate().take(rows.end - at) {
                    scores[(at - rows.start + r) * dims + column..][..count]
                        .copy_from_slice(&score.to_array()[..count]);
                }
            }
        }
        scores
    }

    /// Adds what [`covariance`](Self::covariance) gives for a tile, over the number of rows, with columns cut.
    async fn add_covariance(
        &self,
        sum: &mut [f64],
        tile: [&[f32]; TILE],
        axes: &[f32],
        width: usize,
        pulse: &Pulse,
    ) -> Result<()> {
        let scores = self.project_wide(tile, axes, width, pulse).await?;
        let (n, cols) = (self.len() as f64, (PIECE / width).max(1));
        parallel::for_each(pulse, sum.chunks_mut(cols * width).enumerate(), |(piece, sum)| {
            for (k, sum) in (piece * cols..).zip(sum.chunks_exact_mut(width)) {
                for (scores, sum) in scores.iter().zip(sum.chunks_exact_mut(LANES)) {
                    let mut total = F32x4::splat(0.0);
                    for (score, row) in scores.iter().zip(tile) {
                        total = total + *score * F32x4::splat(row[k] - self.mean[k]);
                    }
                    sum.iter_mut().zip(total.to_array()).for_each(|(sum, x)| *sum += f64::from(x) / n);
                }
            }
        })
        .await
    }

    /// Sum over some rows of (x - mean) (x - mean)^T axes.
    fn covariance(&self, rows: Range<usize>, axes: &[f32], width: usize) -> Vec<f32> {
        let (mut sum, mut scratch) = (vec![0.0f32; axes.len()], Vec::new());
        for at in rows.clone().step_by(TILE) {
            let tile = self.tile(at, rows.end, &mut scratch);
            for column in (0..width).step_by(LANES) {
                let scores = self.project(tile, axes, width, column);
                for (k, mean) in self.mean.iter().enumerate() {
                    let sum = &mut sum[k * width + column..][..LANES];
                    let mut total = F32x4::load(sum);
                    for (score, row) in scores.iter().zip(tile) {
                        total = total + *score * F32x4::splat(row[k] - mean);
                    }
                    sum.copy_from_slice(&total.to_array());
                }
            }
        }
        sum
    }

    /// The covariance of all rows times the axes.
    pub(super) async fn apply(&self, axes: &[f64], width: usize, pulse: &Pulse) -> Result<Vec<f64>> {
        let narrow = narrowed(axes, &pulse.part(0.0, 0.0)).await?;
        let n = self.len();
        let mut sum = memory::filled("principal axes", axes.len(), 1, 0.0, &pulse.part(0.0, 0.0)).await?;
        if is_wide(self.points, width) {
            let mut scratch = Vec::new();
            for at in (0..n).step_by(TILE) {
                let tile = self.tile(at, n, &mut scratch);
                self.add_covariance(&mut sum, tile, &narrow, width, &pulse.part(at as f64 / n as f64, 1.0)).await?;
            }
            return Ok(sum);
        }
        let task = task_rows(self.points, width);
        let group = task * (GROUP / axes.len()).max(4);
        for from in (0..n).step_by(group) {
            let to = n.min(from + group);
            let part = pulse.part(from as f64 / n as f64, to as f64 / n as f64);
            let starts = (from..to).step_by(task);
            let work = |start: usize| self.covariance(start..to.min(start + task), &narrow, width);
            for chunk in parallel::map(&part, starts, work).await? {
                sum.iter_mut().zip(&chunk).for_each(|(sum, &x)| *sum += f64::from(x) / n as f64);
            }
        }
        Ok(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::column_means::{mean, sum_of_rows};
    use crate::init::pca::random_axes;
    use crate::metric::Metric;
    use crate::pulse::block_on;
    use crate::random::{Random, Stream};

    /// An abort had to wait for passes over whole tiles of rows: seconds, with ten million columns.
    #[test]
    fn wide_rows_are_cut_into_columns_with_the_same_sums() {
        let (rows, cols, width) = (11, TASK / TILE / LANES + 4321, 8);
        let random = Random::new(9, Stream::Layout);
        let data: Vec<f32> = (0..rows * cols).map(|at| random.uniform(at as u32)).collect();
        let points = Points::from_slice(&data, rows, cols, Metric::Euclidean).unwrap();
        assert!(is_wide(&points, width));
        let (means, found, expected, ticks) = block_on(async |pulse| {
            let axes = random_axes(&points, width - 3, pulse).await?.0;
            let means = [mean(&points, None, pulse).await?, {
                let sum = sum_of_rows(&points, None, 0..rows);
                sum.iter().map(|sum| (sum / rows as f64) as f32).collect()
            }];
            let all = CenteredRows { points: &points, sample: None, mean: means[0].clone() };
            let work = async {
                let axes = (all.apply(&axes, width, pulse).await?, narrowed(&axes, pulse).await?);
                Result::Ok((axes.0, all.all_scores(&axes.1, [5, width], pulse).await?))
            };
            // Every tick suspends the work.
            pulse.work_for(0.0);
            let (mut work, mut ticks) = (std::pin::pin!(work), 0);
            let found = std::future::poll_fn(|context| {
                ticks += 1;
                work.as_mut().poll(context)
            });
            let found = found.await?;
            let axes = narrowed(&axes, pulse).await?;
            let mut sum = vec![0.0; axes.len()];
            for from in (0..rows).step_by(TILE) {
                let part = all.covariance(from..rows.min(from + TILE), &axes, width);
                sum.iter_mut().zip(part).for_each(|(sum, x)| *sum += f64::from(x) / rows as f64);
            }
            Result::Ok((means, found, (sum, all.scores(0..rows, &axes, [5, width])), ticks))
        })
        .unwrap();
        assert_eq!(means[0], means[1]);
        assert!(found == expected);
        assert!(ticks > 4 * rows.div_ceil(TILE), "{ticks}");
    }
}
