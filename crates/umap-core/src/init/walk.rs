//! The random walk's Laplacian I - D^-1 W of a graph and its Chebyshev filter on a block of vectors.
//!
//! It has the eigenvalues of the normalised Laplacian I - D^-1/2 W D^-1/2; its eigenvectors times D^1/2 are those of the
//! latter. Working with it needs no scaled copy of the weights, and its trivial eigenvector is the constant.

use crate::csr::Csr;
use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;
use crate::simd::{F32x4, LANES};

/// CenteredRows of a task on a block of `width` vectors: about 0.2 ms at 20 neighbours.
pub(crate) fn task_rows(width: usize) -> usize {
    (8192 / width).max(16)
}

/// The Laplacian of a graph without isolated vertices.
pub(crate) struct Walk<'a> {
    graph: &'a Csr,
    /// Row sums of the weights.
    pub(crate) degree: Vec<f32>,
    inverse: Vec<f32>,
}

/// Coefficients of one step of the filter: next = `scale` (L - `shift`) x - `previous` next.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    pub(crate) scale: f32,
    pub(crate) shift: f32,
    pub(crate) previous: f32,
}

impl<'a> Walk<'a> {
    pub(crate) async fn new(graph: &'a Csr, pulse: &Pulse) -> Result<Self> {
        let n = graph.rows();
        let rows = task_rows(LANES);
        let starts = (0..n).step_by(rows);
        let sum = |i: usize| graph.row(i).1.iter().map(|&w| f64::from(w)).sum::<f64>() as f32;
        let sums = parallel::map(pulse, starts, |from| (from..n.min(from + rows)).map(sum).collect::<Vec<_>>()).await?;
        let degree: Vec<f32> = sums.concat();
        let inverse = degree.iter().map(|d| 1.0 / d).collect();
        Ok(Self { graph, degree, inverse })
    }

    pub(crate) fn rows(&self) -> usize {
        self.degree.len()
    }

    /// One step of the filter on a row-major block of `width` vectors, a multiple of four; `next` holds the block
    /// before `x` and becomes the one after it.
    pub(crate) async fn step(
        &self,
        x: &[f32],
        next: &mut [f32],
        width: usize,
        step: Step,
        pulse: &Pulse,
    ) -> Result<()> {
        let rows = task_rows(width);
        let chunks = next.chunks_mut(rows * width).enumerate();
        parallel::for_each(pulse, chunks, |(chunk, next)| self.step_rows(x, next, width, step, chunk * rows)).await
    }

    /// The step for the rows from `first` on.
    #[inline(never)]
    fn step_rows(&self, x: &[f32], next: &mut [f32], width: usize, step: Step, first: usize) {
        let mut column = 0;
        while column < width {
            let panel = Panel { x, width, column, first };
            column += match (width - column) / LANES {
                1 => self.panel::<1>(panel, next, step),
                2 => self.panel::<2>(panel, next, step),
                3 => self.panel::<3>(panel, next, step),
                _ => self.panel::<4>(panel, next, step),
            };
        }
    }

    /// `V` lanes of columns of some rows; returns how many columns that were.
    ///
    /// L x is summed as w (x_i - x_j): smooth vectors (a path of 20,000 vertices has eigenvalues of 1e-8) would drown in
    /// the rounding of x_i - sum w x_j.
    #[inline(always)]
    fn panel<const V: usize>(&self, panel: Panel, next: &mut [f32], step: Step) -> usize {
        let Panel { x, width, column, first } = panel;
        let load = |row: &[f32]| std::array::from_fn::<F32x4, V, _>(|v| F32x4::load(&row[v * LANES..]));
        for (at, next) in next.chunks_exact_mut(width).enumerate() {
            let i = first + at;
            let own = load(&x[i * width + column..][..V * LANES]);
            let mut sum = [F32x4::splat(0.0); V];
            let (columns, weights) = self.graph.row(i);
            for (&j, &w) in columns.iter().zip(weights) {
                let other = load(&x[j as usize * width + column..][..V * LANES]);
                let w = F32x4::splat(w);
                for v in 0..V {
                    sum[v] = sum[v] + w * (own[v] - other[v]);
                }
            }
            let next = &mut next[column..][..V * LANES];
            let before = load(next);
            let scale = F32x4::splat(self.inverse[i] * step.scale);
            let (shift, previous) = (F32x4::splat(step.scale * step.shift), F32x4::splat(step.previous));
            for v in 0..V {
                let value = sum[v] * scale - own[v] * shift - before[v] * previous;
                next[v * LANES..][..LANES].copy_from_slice(&value.to_array());
            }
        }
        V * LANES
    }

    /// Multiplies `x` by a polynomial in L of the given degree that is 1 at `low` and as small as can be on
    /// [`cut`, 2]: the scaled Chebyshev filter of Zhou, Saad, Tiago and Chelikowsky, "Self-consistent-field calculations
    /// using Chebyshev-filtered subspace iteration" (2006). `spare` is a second block.
    pub(crate) async fn filter(
        &self,
        blocks: Blocks<'_>,
        low: f64,
        cut: f64,
        degree: u32,
        pulse: &Pulse,
    ) -> Result<()> {
        let Blocks { x, spare, width } = blocks;
        let (half, center) = ((TOP - cut) / 2.0, (TOP + cut) / 2.0);
        let first = half / (low - center);
        let mut sigma = first;
        let part = |k: u32| pulse.part(f64::from(k) / f64::from(degree), f64::from(k + 1) / f64::from(degree));
        let step = Step { scale: (sigma / half) as f32, shift: center as f32, previous: 0.0 };
        self.step(x, spare, width, step, &part(0)).await?;
        std::mem::swap(x, spare);
        for k in 1..degree {
            let after = 1.0 / (2.0 / first - sigma);
            let step =
                Step { scale: (2.0 * after / half) as f32, shift: center as f32, previous: (sigma * after) as f32 };
            self.step(x, spare, width, step, &part(k)).await?;
            std::mem::swap(x, spare);
            sigma = after;
        }
        Ok(())
    }
}

/// No eigenvalue of a normalised Laplacian is above.
pub(crate) const TOP: f64 = 2.0;

struct Panel<'a> {
    x: &'a [f32],
    width: usize,
    column: usize,
    first: usize,
}

/// Two blocks of `width` vectors, row-major.
pub(crate) struct Blocks<'a> {
    pub(crate) x: &'a mut Vec<f32>,
    pub(crate) spare: &'a mut Vec<f32>,
    pub(crate) width: usize,
}

/// The smallest degree at which the filter lifts `low` above the interval [`cut`, 2] by `gain`. `None` if it is above
/// `most`.
pub(crate) fn filter_degree(low: f64, cut: f64, gain: f64, most: u32) -> Option<u32> {
    let x = (TOP + cut - 2.0 * low) / (TOP - cut);
    let (mut before, mut value, mut degree) = (1.0, x, 1);
    while value < gain {
        if degree == most {
            return None;
        }
        (before, value) = (value, 2.0 * x * value - before);
        degree += 1;
    }
    Some(degree)
}
