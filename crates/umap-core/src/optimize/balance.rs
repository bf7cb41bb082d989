//! The size at which a layout neither swells nor shrinks as a whole.
//!
//! Where a layout starts too small, groups that lie apart are pushed through each other while it swells; where it starts
//! too large, sheets fold while they shrink. Rank correlations of the distances between means of classes, against those in
//! the data (2 seeds, before: all starts 10 wide): hierarchy of 27 groups 0.66 to 0.90, digits 0.45 to 0.58, 12 groups
//! 0.31 to 0.48; along the sheet of an S-curve 0.967 to 0.993. Half and twice the size are each worse on some.

use super::force::Force;
use crate::csr::Csr;
use crate::math::pow;
use crate::random::Random;
use crate::simd::{F32x4, LANES};

/// Vertices that are looked at: of as many the size comes out within some hundredths.
const VERTICES: u32 = 1024;
/// Random others for each of them.
const OTHERS: u32 = 16;
/// Sizes are looked for between 2^-4 and 2^4 times the present one, in so many halvings of the exponent's range.
const REACH: f64 = 4.0;
const HALVINGS: u32 = 12;

/// Squared distances of pairs that act on each other, with how often they do so in an epoch.
#[derive(Default)]
struct Sample {
    attracted: Vec<(f64, f32)>,
    repelled: Vec<(f64, f32)>,
}

/// By how much `positions` have to be scaled so that attraction and repulsion have the same virial: the sum of forces times
/// distances, which is the derivative of the energy by the logarithm of the scale. 1 where no scale in reach has that.
pub(super) fn balancing_scale(
    (edges, connected): (&Csr<u32>, Option<&[u32]>),
    positions: &[f32],
    dims: usize,
    (force, rate): (&impl Force, u32),
    random: Random,
) -> f32 {
    let sample = Sample::of((edges, connected), positions, dims, rate, random);
    let swells = |exponent: f64| sample.virial(force, pow(4.0, exponent) as f32) > 0.0;
    let (mut low, mut high) = (-REACH, REACH);
    if !swells(low) || swells(high) {
        return 1.0;
    }
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        *(if swells(middle) { &mut low } else { &mut high }) = middle;
    }
    pow(2.0, low) as f32
}

impl Sample {
    fn of(
        (edges, connected): (&Csr<u32>, Option<&[u32]>),
        positions: &[f32],
        dims: usize,
        rate: u32,
        random: Random,
    ) -> Self {
        let count = connected.map_or(edges.rows(), <[u32]>::len) as u32;
        let vertex = |number: u32| connected.map_or(number, |connected| connected[number as usize]) as usize;
        let row = |vertex: usize| &positions[vertex * dims..][..dims];
        let squared = |a: usize, b: usize| row(a).iter().zip(row(b)).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
        let mut sample = Self::default();
        for number in random.at(0).sample(count, VERTICES) {
            let own = vertex(number);
            let (columns, rates) = edges.row(own);
            let mut acting = 0.0;
            for (&column, &edge) in columns.iter().zip(rates) {
                // As a part of 2^32. An edge back acts as often.
                let times = f64::from(edge) / 4_294_967_296.0;
                acting += times;
                sample.attracted.push((2.0 * times, squared(own, column as usize)));
            }
            let times = acting * f64::from(rate) / f64::from(OTHERS);
            let others = random.at(1).at(number);
            let other = |at: u32| vertex(others.below(at, count));
            sample.repelled.extend((0..OTHERS).map(|at| (times, squared(own, other(at)))));
        }
        sample
    }

    /// Positive where repulsion is the stronger, if all distances are scaled by the root of `square`.
    fn virial(&self, force: &impl Force, square: f32) -> f64 {
        let sum = |pairs: &[(f64, f32)], of: &dyn Fn(F32x4) -> F32x4| -> f64 {
            let one = |&(times, squared): &(f64, f32)| {
                let squared = squared * square;
                let [coefficient, ..] = of(F32x4::splat(squared)).to_array();
                if squared > 0.0 { times * f64::from(coefficient * squared) } else { 0.0 }
            };
            pairs.iter().map(one).sum()
        };
        let attraction = sum(&self.attracted, &|squared| force.attract(0, &[0; LANES], squared));
        attraction + sum(&self.repelled, &|squared| force.repel(squared))
    }
}
