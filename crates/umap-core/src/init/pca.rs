//! Principal components of points, without a covariance matrix: subspace iteration on passes over the rows.

use std::ops::Range;

use super::eigen::fix_signs;
use super::ritz::{Gram, Ritz};
use crate::boxed::boxed;
use crate::error::Result;
use crate::memory;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};
use crate::simd::{F32x4, LANES};

/// Multiplications of a task, in at least 8 rows: about 2 ms.
const TASK: usize = 1 << 21;
/// Values that a task of a loop over columns goes through.
const PIECE: usize = 1 << 18;
/// Rows that share a load of the axes.
const TILE: usize = 8;
/// Values of sums (columns x vectors each) that tasks return at once.
const GROUP: usize = 1 << 22;
/// Rows of the sample that the first passes run over.
const SAMPLE: usize = 4096;
/// Passes over the sample, and over all rows, at most.
const MAX_PASSES: [usize; 2] = [12, 6];
/// Rows that axes alone are made from, and passes over them: what they span together matters, not each of them.
const AXES_SAMPLE: usize = 8192;
const AXES_PASSES: usize = 4;
/// Residual of a wanted axis, relative to its variance, that is good enough: its angle to the true one is about this.
const TOLERANCE: f64 = 0.01;

/// Scores of the first `dims` principal components, row-major, `rows` x `dims`, in the points' units. Axes beyond the
/// rank of the points are 0. The same for every seed.
pub(crate) async fn scores(points: &Points, dims: usize, pulse: &Pulse) -> Result<Vec<f32>> {
    let (n, (mut axes, width)) = (points.rows(), random_axes(points, dims, &pulse.part(0.0, 0.0)).await?);
    let sample = source().sample(n as u32, SAMPLE as u32);
    let all = Rows { points, sample: None, mean: mean(points, None, &pulse.part(0.0, 0.05)).await? };
    if n > 4 * SAMPLE {
        let mean = mean(points, Some(&sample), &pulse.part(0.05, 0.06)).await?;
        let part = Rows { points, sample: Some(&sample), mean };
        iterate(&part, &mut axes, [dims, width, MAX_PASSES[0]], &pulse.part(0.06, 0.2)).await?;
    }
    iterate(&all, &mut axes, [dims, width, MAX_PASSES[1]], &pulse.part(0.2, 0.9)).await?;
    let axes = narrowed(&axes, &pulse.part(0.9, 0.9)).await?;
    let mut scores = boxed(all.all_scores(&axes, [dims, width], &pulse.part(0.9, 1.0))).await?;
    fix_signs(&mut scores, dims);
    Ok(scores)
}

/// Orthonormal directions in which points vary most.
#[derive(Clone, Debug, PartialEq)]
pub struct PrincipalAxes {
    /// One in each column, by decreasing variance; row-major, columns of the points x their number. Those beyond the rank of
    /// the points are 0.
    pub axes: Vec<f32>,
    /// Of the points along them, in their units.
    pub variances: Vec<f32>,
}

impl PrincipalAxes {
    /// So many, of a sample of the points: together they have nearly as much variance as the first principal components.
    /// The same for every seed.
    pub async fn of(points: &Points, count: usize, pulse: &Pulse) -> Result<Self> {
        let (mut axes, width) = random_axes(points, count, &pulse.part(0.0, 0.0)).await?;
        let sample = source().sample(points.rows() as u32, AXES_SAMPLE as u32);
        let mean = mean(points, Some(&sample), &pulse.part(0.0, 0.05)).await?;
        let rows = Rows { points, sample: Some(&sample), mean };
        let variances = iterate(&rows, &mut axes, [count, width, AXES_PASSES], &pulse.part(0.05, 1.0)).await?;
        let of_columns = axes.chunks_exact(width).take(points.cols());
        let axes = of_columns.flat_map(|axes| axes[..count].iter().map(|&x| x as f32)).collect();
        Ok(Self { axes, variances: variances.iter().map(|&x| x as f32).collect() })
    }
}

fn source() -> Random {
    Random::new(0, Stream::Layout)
}

/// Where the iteration starts, row-major: stride of the points x a few more than are wanted, which is given too.
async fn random_axes(points: &Points, wanted: usize, pulse: &Pulse) -> Result<(Vec<f64>, usize)> {
    let stride = points.stride();
    let width = (wanted + 3).min(stride).next_multiple_of(LANES);
    let mut axes = memory::filled("principal axes", stride, width, 0.0, pulse).await?;
    parallel::for_each(pulse, axes.chunks_mut(PIECE).enumerate(), |(piece, axes)| draw(piece * PIECE, axes, width))
        .await?;
    Ok((axes, width))
}

/// Random numbers for axes from a place on.
#[inline(never)]
fn draw(from: usize, axes: &mut [f64], width: usize) {
    for (at, axis) in (from..).zip(axes) {
        *axis = f64::from(source().at((at / width) as u32).uniform((at % width) as u32)) - 0.5;
    }
}

/// The same numbers in 32 bits.
async fn narrowed(axes: &[f64], pulse: &Pulse) -> Result<Vec<f32>> {
    let mut narrow = memory::filled("principal axes", axes.len(), 1, 0.0, pulse).await?;
    let pieces = narrow.chunks_mut(PIECE).zip(axes.chunks(PIECE)).collect::<Vec<_>>();
    parallel::for_each(pulse, pieces, |(narrow, axes)| {
        narrow.iter_mut().zip(axes).for_each(|(narrow, &x)| *narrow = x as f32);
    })
    .await?;
    Ok(narrow)
}

/// Rows of a task that has so many vectors to multiply them by.
fn task_rows(points: &Points, width: usize) -> usize {
    (TASK / width / points.stride()).clamp(8, 1024)
}

/// Whether already a tile of rows is more than a task: then the columns of one tile after the other are cut, and an abort
/// need not wait for a row of ten million. The sums are the same.
fn is_wide(points: &Points, width: usize) -> bool {
    TASK / width / points.stride() < TILE
}

/// All rows of the points or some, less their mean.
struct Rows<'a> {
    points: &'a Points,
    sample: Option<&'a [u32]>,
    mean: Vec<f32>,
}

#[inline(never)]
fn sum_of_rows(points: &Points, sample: Option<&[u32]>, rows: Range<usize>) -> Vec<f64> {
    let (mut sum, mut room) = (vec![0.0; points.stride()], Vec::new());
    for at in rows {
        let [row] = points.read([sample.map_or(at as u32, |s| s[at])], &mut room);
        sum.iter_mut().zip(row).for_each(|(sum, &x)| *sum += f64::from(x));
    }
    sum
}

/// Column means, summed in f64.
async fn mean(points: &Points, sample: Option<&[u32]>, pulse: &Pulse) -> Result<Vec<f32>> {
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
    let (mut sum, mut room) = (memory::filled("column means", points.stride(), 1, 0.0, pulse).await?, Vec::new());
    for at in rows {
        let [row] = points.read([sample.map_or(at as u32, |s| s[at])], &mut room);
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

impl Rows<'_> {
    fn len(&self) -> usize {
        self.sample.map_or(self.points.rows(), <[u32]>::len)
    }

    /// Rows `at` to `at + TILE`; the mean stands for rows from `end` on, and adds nothing.
    fn tile<'a>(&'a self, at: usize, end: usize, room: &'a mut Vec<f32>) -> [&'a [f32]; TILE] {
        let number = |at: usize| self.sample.map_or(at as u32, |s| s[at]);
        let rows = self.points.read(std::array::from_fn::<_, TILE, _>(|r| number((at + r).min(end - 1))), room);
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
    async fn all_scores(&self, axes: &[f32], [dims, width]: [usize; 2], pulse: &Pulse) -> Result<Vec<f32>> {
        let n = self.len();
        if !is_wide(self.points, width) {
            let task = task_rows(self.points, width);
            let starts = (0..n).step_by(task);
            let work = |from: usize| self.scores(from..n.min(from + task), axes, [dims, width]);
            return Ok(parallel::map(pulse, starts, work).await?.concat());
        }
        let (mut all, mut room) = (memory::filled("scores", n, dims, 0.0, &pulse.part(0.0, 0.0)).await?, Vec::new());
        for at in (0..n).step_by(TILE) {
            let tile = self.tile(at, n, &mut room);
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
        let (mut scores, mut room) = (vec![0.0; rows.len() * dims], Vec::new());
        for at in rows.clone().step_by(TILE) {
            let tile = self.tile(at, rows.end, &mut room);
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
        let (mut sum, mut room) = (vec![0.0f32; axes.len()], Vec::new());
        for at in rows.clone().step_by(TILE) {
            let tile = self.tile(at, rows.end, &mut room);
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
    async fn apply(&self, axes: &[f64], width: usize, pulse: &Pulse) -> Result<Vec<f64>> {
        let narrow = narrowed(axes, &pulse.part(0.0, 0.0)).await?;
        let n = self.len();
        let mut sum = memory::filled("principal axes", axes.len(), 1, 0.0, &pulse.part(0.0, 0.0)).await?;
        if is_wide(self.points, width) {
            let mut room = Vec::new();
            for at in (0..n).step_by(TILE) {
                let tile = self.tile(at, n, &mut room);
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

/// Turns the axes (row-major, stride x width) into the first principal axes, by decreasing variance; gives that of the first
/// `dims`.
async fn iterate(
    rows: &Rows<'_>,
    axes: &mut Vec<f64>,
    [dims, width, passes]: [usize; 3],
    pulse: &Pulse,
) -> Result<Vec<f64>> {
    // The first pass only makes the random axes ones that the points have.
    let mut pass = 0;
    loop {
        let part = pulse.part(pass as f64 / passes as f64, (pass + 1) as f64 / passes as f64);
        orthonormalize(axes, width, &part).await?;
        let image = rows.apply(axes, width, &part).await?;
        // Rayleigh-Ritz orders by increasing value: minus the covariance.
        let ritz = gram(axes, &image, width, &part).await?.solve(&part).await?;
        let settled = ritz.values.iter().zip(&ritz.residuals).take(dims).all(|(v, r)| *r <= -TOLERANCE * v);
        let last = settled || pass + 1 == passes;
        // The image is one step of the power method ahead, unless the axes have lost a column there.
        *axes = rotate(if last { axes } else { &image }, &ritz, width, &part).await?;
        if last {
            return Ok(ritz.values.iter().map(|value| -value).chain(std::iter::repeat(0.0)).take(dims).collect());
        }
        pass += 1;
    }
}

async fn orthonormalize(axes: &mut Vec<f64>, width: usize, pulse: &Pulse) -> Result<()> {
    let ritz = gram(axes, axes, width, pulse).await?.solve(pulse).await?;
    *axes = rotate(axes, &ritz, width, pulse).await?;
    Ok(())
}

async fn gram(x: &[f64], image: &[f64], width: usize, pulse: &Pulse) -> Result<Gram> {
    let mut sums = [(); 3].map(|()| vec![0.0; width * width]);
    let step = (TASK / width.pow(2) / 3).max(1) * width;
    for (x, image) in x.chunks(step).zip(image.chunks(step)) {
        let [overlap, energy, of_image] = &mut sums;
        add_products(overlap, [x, x], 1.0);
        add_products(energy, [x, image], -1.0);
        add_products(of_image, [image, image], 1.0);
        pulse.tick(0.0).await?;
    }
    let [overlap, energy, image] = sums;
    Ok(Gram { width, overlap, energy, image })
}

/// Adds the products of each two columns of `a` and `b`.
#[inline(never)]
fn add_products(sum: &mut [f64], [a, b]: [&[f64]; 2], sign: f64) {
    let width = sum.len().isqrt();
    for (a, b) in a.chunks_exact(width).zip(b.chunks_exact(width)) {
        for (x, sum) in a.iter().zip(sum.chunks_exact_mut(width)) {
            sum.iter_mut().zip(b).for_each(|(sum, y)| *sum += sign * x * y);
        }
    }
}

/// The combinations of columns that `ritz` asks for; columns beyond are 0.
async fn rotate(x: &[f64], ritz: &Ritz, width: usize, pulse: &Pulse) -> Result<Vec<f64>> {
    let mut rotated = memory::filled("principal axes", x.len(), 1, 0.0, pulse).await?;
    let step = (TASK / width.pow(2)).max(1) * width;
    let pieces = x.chunks(step).zip(rotated.chunks_mut(step)).collect::<Vec<_>>();
    parallel::for_each(pulse, pieces, |(x, rotated)| rotate_rows(x, rotated, ritz, width)).await?;
    Ok(rotated)
}

#[inline(never)]
fn rotate_rows(x: &[f64], rotated: &mut [f64], ritz: &Ritz, width: usize) {
    for (row, out) in x.chunks_exact(width).zip(rotated.chunks_exact_mut(width)) {
        for (out, vector) in out.iter_mut().zip(ritz.vectors.chunks_exact(width)) {
            *out = row.iter().zip(vector).map(|(x, v)| x * v).sum();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Metric;
    use crate::pulse::block_on;

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
            let all = Rows { points: &points, sample: None, mean: means[0].clone() };
            let before = pulse.ticks();
            let found = (all.apply(&axes, width, pulse).await?, {
                let axes = narrowed(&axes, pulse).await?;
                all.all_scores(&axes, [5, width], pulse).await?
            });
            let ticks = pulse.ticks() - before;
            let axes = narrowed(&axes, pulse).await?;
            let mut sum = vec![0.0; axes.len()];
            for from in (0..rows).step_by(TILE) {
                let part = all.covariance(from..rows.min(from + TILE), &axes, width);
                sum.iter_mut().zip(part).for_each(|(sum, x)| *sum += f64::from(x) / rows as f64);
            }
            crate::error::Result::Ok((means, found, (sum, all.scores(0..rows, &axes, [5, width])), ticks))
        })
        .unwrap();
        assert_eq!(means[0], means[1]);
        assert!(found == expected);
        assert!(ticks > 4 * rows.div_ceil(TILE) as u64, "{ticks}");
    }
}
