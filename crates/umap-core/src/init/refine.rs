//! Chebyshev-filtered subspace iteration: improves a block of vectors until the wanted ones are settled.

use super::block::{BLOCK, deflate_and_rotate, gram};
use super::ritz::Ritz;
use super::walk::{Blocks, Step, Walk, filter_degree};
use crate::error::Result;
use crate::memory;
use crate::pulse::Pulse;

/// A filter lifts the wanted vectors at most this much above the unwanted ones before the next Rayleigh-Ritz step.
const GAIN: f64 = 50.0;
/// Degree of a filter at most.
const MAX_DEGREE: u32 = 30;
/// A vector is good enough when its part outside the block's space is at most about this; see `excess`. On MNIST (70,000
/// digits) the vectors come out with cosines of 0.9998 and more to the exact ones; 0.02 would cost a sixth more.
const TOLERANCE: f64 = 0.05;

#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) dims: usize,
    pub(crate) width: usize,
    /// Products that are not exceeded.
    pub(crate) bound: u32,
}

pub(crate) struct Refined {
    pub(crate) converged: bool,
    pub(crate) residual: f64,
    pub(crate) products: u32,
}

/// Improves `x` until the first `dims` vectors are settled or the work is spent. `None` if it has lost them.
pub(crate) async fn refine(
    walk: &Walk<'_>,
    x: &mut Vec<f32>,
    wanted: Wanted,
    pulse: &Pulse,
) -> Result<Option<Refined>> {
    let Wanted { dims, width, bound } = wanted;
    let mut spare = memory::filled(BLOCK, walk.rows(), width, 0.0, &pulse.part(0.0, 0.0)).await?;
    let mut products = 0;
    loop {
        // Mostly a fifth of the bound is enough, sometimes all of it is spent.
        let done = |products: u32| 1.25 * f64::from(products) / (f64::from(products) + 0.25 * f64::from(bound));
        let part = pulse.part(done(products), done(products + 1));
        let plain = Step { scale: 1.0, shift: 0.0, previous: 0.0 };
        walk.step(x, &mut spare, width, plain, &part).await?;
        products += 1;
        let (gram, mean) = gram(walk, x, &spare, width, &part).await?;
        let ritz = gram.solve(&part).await?;
        deflate_and_rotate(x, &mean, &ritz.vectors, width, &part).await?;
        if ritz.values.len() < dims || ritz.values.iter().any(|value| !value.is_finite()) {
            return Ok(None);
        }
        let excess = excess(&ritz, dims);
        let converged = excess <= 1.0;
        let (cut, degree) = filter_for(&ritz, dims, excess);
        if converged || products + degree + 1 > bound {
            let residual = ritz.residuals[..dims].iter().fold(0.0, |a: f64, &b| a.max(b));
            return Ok(Some(Refined { converged, residual, products }));
        }
        let part = pulse.part(done(products), done(products + degree));
        walk.filter(Blocks { x, spare: &mut spare, width }, ritz.values[0].max(0.0), cut, degree, &part).await?;
        products += degree;
    }
}

/// The cut-off and degree of the next filter, just enough to settle the wanted vectors where one filter can. Where their
/// values are too close to 0 for the greatest degree, a higher cut-off still smooths; below it the coarse start has to
/// be right.
fn filter_for(ritz: &Ritz, dims: usize, excess: f64) -> (f64, u32) {
    // Graphs of few distinct eigenvalues (stars) leave a block that has lost the small ones: its values may reach 2,
    // above which no cut-off can be.
    let wanted = ritz.values[dims - 1].clamp(0.0, 1.9);
    let gain = (2.0 * excess).clamp(4.0, GAIN);
    let mut cut = ritz.values.last().unwrap().min(1.5).max(wanted + 1e-6);
    loop {
        if let Some(degree) = filter_degree(wanted, cut, gain, MAX_DEGREE) {
            return (cut, degree);
        }
        cut *= 1.25;
    }
}

/// The greatest residual of a wanted vector, in units of what is good enough. A Ritz vector with residual r leaves the
/// space of the block's eigenvectors by about r / (last value - its value); mixing among those within the space is
/// settled by Rayleigh-Ritz. 1e-6 is about what f32 vectors can reach.
fn excess(ritz: &Ritz, dims: usize) -> f64 {
    let last = *ritz.values.last().unwrap();
    let enough = |value: f64| (TOLERANCE * (last - value)).max(1e-3 * value).max(1e-6);
    let excess = ritz.values.iter().zip(&ritz.residuals).take(dims).map(|(&value, residual)| residual / enough(value));
    excess.fold(0.0, |a, b| if b > a { b } else { a })
}
