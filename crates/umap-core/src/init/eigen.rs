//! Smallest eigenvectors of the normalised Laplacian I - D^-1/2 W D^-1/2 of a connected graph.
//!
//! Small graphs are solved densely. Large ones are coarsened until they are small; on the way back each level starts
//! from the vectors of the coarser one and improves them by Chebyshev-filtered subspace iteration (Zhou and Saad). The
//! coarse start is what makes long thin graphs, whose smallest eigenvalues lie within 1e-8, solvable in bounded work.

use super::block::BLOCK;
use super::coarsen::{Coarse, coarsen};
use super::dense::Jacobi;
use super::harmonics;
use super::refine::{Refined, Wanted, refine};
use super::rows::for_each_row;
use super::walk::Walk;
use crate::boxed::boxed;
use crate::csr::Csr;
use crate::error::Result;
use crate::math;
use crate::memory;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};
use crate::simd::LANES;

/// Up to so many vertices the graph is solved as a dense matrix: 0.16 ms at 25 vertices, growing with the cube.
pub(crate) const DENSE: usize = 40;
/// Products with the finest graph that are not exceeded.
pub(crate) const MAX_PRODUCTS: u32 = 200;
/// The same for each coarser graph.
const MAX_COARSE_PRODUCTS: u32 = 60;

/// Eigenvectors, row-major `n` x `dims`, by increasing eigenvalue, each of length 1; without harmonics of the first.
pub(crate) struct Spectrum {
    pub(crate) vectors: Vec<f32>,
    /// How many times as long as the others the first axis should be: harmonics say how often the width fits into the
    /// length of a sheet, since the n-th has the value of a sheet's width that is an n-th of its length.
    pub(crate) stretch: f32,
    /// Whether every wanted vector met the tolerance within the bound on work.
    pub(crate) converged: bool,
    /// The greatest residual |L u - value u| of a wanted vector.
    pub(crate) residual: f64,
    /// Products of the finest graph with a block of vectors.
    pub(crate) products: u32,
}

/// The eigenvectors after the trivial one D^1/2 1. `None` where the graph has too few vertices for `dims` of them, or
/// its weights are beyond what f32 resolves. The same vectors for every seed.
pub(crate) async fn smallest(graph: &Csr, dims: usize, pulse: &Pulse) -> Result<Option<Spectrum>> {
    if graph.rows() <= dims + 1 {
        return Ok(None);
    }
    if graph.rows() <= DENSE {
        let spectrum = |vectors| Spectrum { vectors, stretch: 1.0, converged: true, residual: 0.0, products: 0 };
        return Ok(smallest_dense(graph, dims).map(spectrum));
    }
    let width = block_width(dims);
    let levels = hierarchy(graph, width, &pulse.part(0.0, 0.2)).await?;
    let start = pulse.part(0.2, 0.2);
    let coarsest = levels.last().map_or(graph, |level| &level.graph);
    let mut x = if coarsest.rows() <= dense_limit(width) {
        dense_block(coarsest, width, &start).await?
    } else {
        random_block(coarsest.rows(), width, &start).await?
    };
    for at in (0..=levels.len()).rev() {
        let level = if at == 0 { graph } else { &levels[at - 1].graph };
        // A level is about 0.4 times as much work as the next finer one.
        let reached = |at: usize| 0.2 + 0.8 * math::pow(0.4, at as f64);
        let (from, to) = (reached(at + 1), reached(at));
        if at < levels.len() {
            x = prolong(&x, &levels[at].parent, width, &pulse.part(from, from)).await?;
        }
        let walk = Walk::new(level, &pulse.part(from, from)).await?;
        let part = pulse.part(from, to);
        if at == 0 {
            let Some((state, axes)) = boxed(settle(&walk, &mut x, [dims, width], &part)).await? else {
                return Ok(None);
            };
            let spectrum = finish(&walk, &x, state, &axes, &pulse.part(to, to)).await?;
            return Ok(Some(spectrum).filter(|spectrum| is_usable(&spectrum.vectors, dims)));
        }
        let wanted = Wanted { dims, width, bound: MAX_COARSE_PRODUCTS };
        if boxed(refine(&walk, &mut x, wanted, &part)).await?.is_none() {
            x = random_block(level.rows(), width, &start).await?;
        }
    }
    Ok(None)
}

/// Improves the block `x` of the finest graph until the columns that become axes are settled; returns these.
async fn settle(
    walk: &Walk<'_>,
    x: &mut Vec<f32>,
    [dims, width]: [usize; 2],
    pulse: &Pulse,
) -> Result<Option<(Refined, Vec<usize>)>> {
    let mut products = 0;
    let mut settled = dims;
    loop {
        let wanted = Wanted { dims: settled, width, bound: MAX_PRODUCTS - products };
        let part = if products == 0 { pulse } else { &pulse.part(1.0, 1.0) };
        let Some(mut state) = refine(walk, x, wanted, part).await? else { return Ok(None) };
        state.products += products;
        products = state.products;
        let axes = harmonics::axes(x, width, dims);
        let needed = axes[dims - 1] + 1;
        if needed <= settled || products >= MAX_PRODUCTS {
            return Ok(Some((state, axes)));
        }
        settled = needed;
    }
}

/// Whether every vector is finite and not lost to rounding. That happens where a component repeats one eigenvalue.
fn is_usable(vectors: &[f32], dims: usize) -> bool {
    let is_zero = |column: usize| vectors.iter().skip(column).step_by(dims).all(|&x| x == 0.0);
    vectors.iter().all(|x| x.is_finite()) && !(0..dims).any(is_zero)
}

/// The same for a graph of at most [`DENSE`] vertices, without ticks.
pub(crate) fn smallest_dense(graph: &Csr, dims: usize) -> Option<Vec<f32>> {
    let n = graph.rows();
    if n <= dims + 1 {
        return None;
    }
    let eigen = Jacobi::new(dense_laplacian(graph).0, n).solve();
    let mut vectors: Vec<f32> = (0..n * dims).map(|at| eigen.vectors[at % dims * n + at / dims] as f32).collect();
    fix_signs(&mut vectors, dims);
    vectors.iter().all(|x| x.is_finite()).then_some(vectors)
}

/// Vectors iterated for `dims` wanted ones: at least three more, in whole SIMD lanes.
fn block_width(dims: usize) -> usize {
    (dims + 3).next_multiple_of(LANES)
}

/// CenteredRows up to which a graph is solved densely.
fn dense_limit(width: usize) -> usize {
    DENSE.max(width + width / 2)
}

/// Coarser and coarser graphs, until one is small or coarsening stops to help.
async fn hierarchy(graph: &Csr, width: usize, pulse: &Pulse) -> Result<Vec<Coarse>> {
    let mut levels: Vec<Coarse> = Vec::new();
    loop {
        let finest = levels.last().map_or(graph, |level| &level.graph);
        if finest.rows() <= dense_limit(width) {
            return Ok(levels);
        }
        let coarse = boxed(coarsen(finest, pulse)).await?;
        // Too few vertices cannot hold the block; too many mean that hubs or cliques defeat the aggregation.
        if coarse.graph.rows() <= width + 1 || coarse.graph.rows() * 4 > finest.rows() * 3 {
            return Ok(levels);
        }
        levels.push(coarse);
    }
}

/// Vectors of the coarse graph on the fine one.
async fn prolong(coarse: &[f32], parent: &[u32], width: usize, pulse: &Pulse) -> Result<Vec<f32>> {
    let mut x = memory::filled(BLOCK, parent.len(), width, 0.0, pulse).await?;
    for_each_row(&mut x, width, pulse, |i, row| {
        row.copy_from_slice(&coarse[parent[i] as usize * width..][..width]);
    })
    .await?;
    Ok(x)
}

/// Random vectors, the same for every seed.
pub(crate) async fn random_block(rows: usize, width: usize, pulse: &Pulse) -> Result<Vec<f32>> {
    let random = Random::new(0, Stream::Layout);
    let mut x = memory::filled(BLOCK, rows, width, 0.0, pulse).await?;
    for_each_row(&mut x, width, pulse, |i, row| {
        row.iter_mut().enumerate().for_each(|(k, x)| *x = random.at(i as u32).uniform(k as u32) - 0.5);
    })
    .await?;
    Ok(x)
}

/// The smallest non-trivial eigenvectors of a small graph, in the random walk's form. Columns beyond are random.
async fn dense_block(graph: &Csr, width: usize, pulse: &Pulse) -> Result<Vec<f32>> {
    let n = graph.rows();
    let (matrix, root) = dense_laplacian(graph);
    let eigen = Jacobi::new(matrix, n).solve_ticking(pulse).await?;
    let mut x = random_block(n, width, pulse).await?;
    for (column, vector) in eigen.vectors.chunks_exact(n).take(width.min(n - 1)).enumerate() {
        for (i, (u, root)) in vector.iter().zip(&root).enumerate() {
            x[i * width + column] = (u / root) as f32;
        }
    }
    Ok(x)
}

/// I - D^-1/2 W D^-1/2, the eigenvalue of the trivial vector moved from 0 to 3, above all others; and the roots of D.
pub(crate) fn dense_laplacian(graph: &Csr) -> (Vec<f64>, Vec<f64>) {
    let n = graph.rows();
    let degree: Vec<f64> = (0..n).map(|i| graph.row(i).1.iter().map(|&w| f64::from(w)).sum()).collect();
    let root: Vec<f64> = degree.iter().map(|d| d.sqrt()).collect();
    let total: f64 = degree.iter().sum();
    let mut matrix: Vec<f64> = (0..n * n).map(|at| 3.0 * root[at / n] * root[at % n] / total).collect();
    for i in 0..n {
        matrix[i * n + i] += 1.0;
        let (columns, weights) = graph.row(i);
        for (&j, &w) in columns.iter().zip(weights) {
            matrix[i * n + j as usize] -= f64::from(w) / (root[i] * root[j as usize]);
        }
    }
    (matrix, root)
}

/// The columns `axes` times D^1/2, each of length 1 and with its sign.
async fn finish(walk: &Walk<'_>, x: &[f32], state: Refined, axes: &[usize], pulse: &Pulse) -> Result<Spectrum> {
    let (dims, width) = (axes.len(), x.len() / walk.rows());
    let mut vectors = memory::filled(BLOCK, walk.rows(), dims, 0.0, pulse).await?;
    for_each_row(&mut vectors, dims, pulse, |i, row| {
        let root = walk.degree[i].sqrt();
        let x = &x[i * width..][..width];
        row.iter_mut().zip(axes).for_each(|(u, &axis)| *u = x[axis] * root);
    })
    .await?;
    fix_signs(&mut vectors, dims);
    let Refined { converged, residual, products } = state;
    let stretch = axes.get(1).map_or(1.0, |&second| second as f32);
    Ok(Spectrum { vectors, stretch, converged, residual, products })
}

/// Makes the entry of greatest magnitude of each column positive, the first of several.
pub(crate) fn fix_signs(data: &mut [f32], dims: usize) {
    let mut greatest = vec![0.0f32; dims];
    for row in data.chunks_exact(dims) {
        for (greatest, &x) in greatest.iter_mut().zip(row) {
            if x.abs() > greatest.abs() {
                *greatest = x;
            }
        }
    }
    for row in data.chunks_exact_mut(dims) {
        for (x, greatest) in row.iter_mut().zip(&greatest) {
            *x = if *greatest < 0.0 { -*x } else { *x };
        }
    }
}
