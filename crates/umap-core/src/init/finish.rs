//! From any method's coordinates to the layout that optimisation starts from.

use super::rows::for_each_row;
use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};

/// Values of a task.
pub(super) const TASK: usize = 1 << 14;
/// Extent of a layout before noise, and of every axis in the end; umap-learn's.
const EXTENT: f32 = 10.0;
/// Standard deviation of the noise, at that extent.
const NOISE: f32 = 1e-4;

/// Scales the greatest magnitude to 10 and adds noise, so that no two points coincide and no axis is flat.
pub(crate) async fn scale_with_noise(data: &mut [f32], dims: usize, seed: u32, pulse: &Pulse) -> Result<()> {
    let greatest = data.iter().fold(0.0f32, |a, &x| if x.abs() > a { x.abs() } else { a });
    // Divided, not multiplied by 10 / greatest, which can overflow.
    let divisor = if greatest > 0.0 { greatest } else { 1.0 };
    let random = Random::new(seed, Stream::Noise);
    for_each_row(data, dims, pulse, |i, row| {
        for (k, x) in row.iter_mut().enumerate() {
            *x = *x / divisor * EXTENT + NOISE * random.at(i as u32).normal(k as u32);
        }
    })
    .await
}

/// How long axes become.
#[derive(Clone, Copy)]
pub(crate) enum AxisLengths {
    /// 10 each, but the first one so many times that.
    Equal(f32),
    /// As they are to each other, the longest 10: where places of components are to keep their distances.
    InProportion,
}

/// Moves and scales every axis to begin at 0; an axis on which all points are equal becomes 0 (umap-learn: NaN).
pub(crate) async fn rescale(data: &mut [f32], dims: usize, axes: AxisLengths, pulse: &Pulse) -> Result<()> {
    let rows = TASK.div_ceil(dims);
    let ranges = parallel::map(&pulse.part(0.0, 0.5), data.chunks(rows * dims), |data| range(data, dims)).await?;
    let mut range = vec![[f32::INFINITY, f32::NEG_INFINITY]; dims];
    for chunk in &ranges {
        for (range, [low, high]) in range.iter_mut().zip(chunk) {
            *range = widen(widen(*range, *low), *high);
        }
    }
    // Halves, because the whole width of an axis may pass f32.
    let width = |[low, high]: &[f32; 2]| high * 0.5 - low * 0.5;
    let widest = range.iter().map(width).fold(0.0f32, |a, b| if b > a { b } else { a });
    for_each_row(data, dims, &pulse.part(0.5, 1.0), |_, row| {
        for (x, range) in row.iter_mut().zip(&range) {
            let low = range[0];
            let width = if matches!(axes, AxisLengths::InProportion) { widest } else { width(range) };
            *x = if width > 0.0 { (*x * 0.5 - low * 0.5) / width * EXTENT } else { 0.0 };
        }
        if let AxisLengths::Equal(stretch) = axes {
            row[0] *= stretch;
        }
    })
    .await
}

fn range(data: &[f32], dims: usize) -> Vec<[f32; 2]> {
    let mut range = vec![[f32::INFINITY, f32::NEG_INFINITY]; dims];
    for row in data.chunks_exact(dims) {
        for (range, &x) in range.iter_mut().zip(row) {
            *range = widen(*range, x);
        }
    }
    range
}

fn widen([low, high]: [f32; 2], x: f32) -> [f32; 2] {
    [if x < low { x } else { low }, if x > high { x } else { high }]
}
