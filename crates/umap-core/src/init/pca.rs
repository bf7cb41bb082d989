//! Principal components of points, without a covariance matrix: subspace iteration on passes over the rows.

use super::column_means::mean;
use super::finish::TASK;
use super::pca_rows::CenteredRows;
use super::pca_rows::PIECE;
use super::pca_rows::narrowed;

use super::eigen::fix_signs;
use super::ritz::{Gram, Ritz};
use crate::boxed::boxed;
use crate::error::Result;
use crate::memory;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};
use crate::simd::LANES;

/// CenteredRows of the sample that the first passes run over.
const SAMPLE: usize = 4096;
/// Passes over the sample, and over all rows, at most.
const MAX_PASSES: [usize; 2] = [12, 6];
/// CenteredRows that axes alone are made from, and passes over them: what they span together matters, not each of them.
const AXES_SAMPLE: usize = 8192;
const AXES_PASSES: usize = 4;
/// Residual of a wanted axis, relative to its variance, that is good enough: its angle to the true one is about this.
const TOLERANCE: f64 = 0.01;

/// Scores of the first `dims` principal components, row-major, `rows` x `dims`, in the points' units. Axes beyond the
/// rank of the points are 0. The same for every seed.
pub(crate) async fn scores(points: &Points, dims: usize, pulse: &Pulse) -> Result<Vec<f32>> {
    let (n, (mut axes, width)) = (points.rows(), random_axes(points, dims, &pulse.part(0.0, 0.0)).await?);
    let sample = source().sample(n as u32, SAMPLE as u32);
    let all = CenteredRows { points, sample: None, mean: mean(points, None, &pulse.part(0.0, 0.05)).await? };
    if n > 4 * SAMPLE {
        let mean = mean(points, Some(&sample), &pulse.part(0.05, 0.06)).await?;
        let part = CenteredRows { points, sample: Some(&sample), mean };
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
        let rows = CenteredRows { points, sample: Some(&sample), mean };
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
pub(super) async fn random_axes(points: &Points, wanted: usize, pulse: &Pulse) -> Result<(Vec<f64>, usize)> {
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

/// Turns the axes (row-major, stride x width) into the first principal axes, by decreasing variance; gives that of the first
/// `dims`.
async fn iterate(
    rows: &CenteredRows<'_>,
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
