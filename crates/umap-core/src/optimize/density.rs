//! densMAP's part of the layout (Narayan, Berger and Cho 2021, <https://doi.org/10.1038/s41587-020-00801-7>): in the last
//! epochs the layout also climbs the correlation of its own local radii with those of the input.
//!
//! The radius of a vertex in the layout is r = ln(sum phi D / sum phi) over its edges, with D their squared lengths and
//! phi = 1 / (1 + a D^b). With R the log radii of the input, scaled to mean 0 and variance 1, the correlation is
//! C = mean(R r) / sqrt(variance(r) + densVarShift). Climbed is densLambda M C, where M is the sum of all memberships, on
//! the scale on which an edge attracts by its membership.
//!
//! umap-learn climbs along the edges that act in an epoch, each by the inverse of its membership. Here all edges act in
//! every epoch, by the mean of that, so the sampling of edges adds no noise; it takes a pass over the edges for the radii
//! and one for the forces.

use super::force::{Addition, Extended, Table, UmapForce, tabulate};
use super::radii::{LayoutRadii, Measure, ROWS_PER_TASK, Radius, Sums};
use crate::csr::Csr;
use crate::error::Result;
use crate::math::pow;
use crate::parallel;
use crate::pulse::Pulse;
use crate::simd::{F32x4, LANES};

/// Squared radii below this part of the curve's own scale (the squared distance where phi is 1/2) hardly count as smaller.
const LEAST_SQUARED: f64 = 1e-6;
/// Bound of each factor of a coefficient: far beyond those of any layout in use, and far from overflow. For b < 1 the
/// slope grows without bound where vertices coincide, and umap-learn's layout becomes NaN.
const MOST: f64 = 1e12;

/// What decides on the density part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DensityParams {
    /// Weight of the correlation.
    pub lambda: f64,
    /// Part of the epochs, the last ones, in which it is climbed.
    pub frac: f64,
    /// Added to the variance of the layout's radii.
    pub var_shift: f64,
}

/// The radii that a layout is to follow.
#[derive(Debug)]
pub struct Density {
    params: DensityParams,
    /// Log radii of the input, scaled to mean 0 and variance 1; 0 for vertices that have none.
    wanted: Vec<f32>,
    /// By squared distance: phi, and the slope of -ln(phi).
    phi: Table,
    slope: Table,
    least: f32,
}

impl Density {
    /// For log radii of the input (NaN for vertices without one) and the curve's coefficients.
    pub fn new(log_radii: &[f32], a: f64, b: f64, params: DensityParams) -> Self {
        let [phi, slope] =
            tabulate(a, b, |squared, grown| [1.0 / (1.0 + grown), (b / (squared * (1.0 + 1.0 / grown))).min(MOST)]);
        let least = (LEAST_SQUARED * pow(a, -1.0 / b)).clamp(f32::MIN_POSITIVE.into(), 1e30) as f32;
        Self { params, wanted: standardized(log_radii), phi, slope, least }
    }

    /// Whether it acts in an epoch (umap-learn's rule).
    pub(super) fn acts(&self, epoch: u32, n_epochs: u32) -> bool {
        let done = (f64::from(epoch) + 1.0) / f64::from(n_epochs);
        self.params.lambda > 0.0 && done > 1.0 - self.params.frac
    }

    /// The radii of a layout along these edges.
    pub async fn radii(&self, edges: &Csr<u32>, positions: &[f32], dims: usize, pulse: &Pulse) -> Result<LayoutRadii> {
        let Self { phi, least, wanted, .. } = self;
        Measure { edges, positions, phi, least: *least, wanted }.radii(dims, pulse).await
    }

    /// The force of an epoch: `base`, and the climb from these radii on.
    pub async fn force<'a>(
        &'a self,
        base: &'a UmapForce,
        edges: &Csr<u32>,
        LayoutRadii { radii, sums }: &LayoutRadii,
        pulse: &Pulse,
    ) -> Result<DensityForce<'a>> {
        // With no edges, or no variance, nothing is left to divide by; nor is there anything to climb.
        let variance = (sums.variance() + self.params.var_shift).max(f64::from(f32::MIN_POSITIVE));
        // On the scale of an epoch, in which the strongest edges act once.
        let memberships = edges.data.iter().map(|&rate| u64::from(rate)).sum::<u64>() as f64 / 4_294_967_296.0;
        let scale = 2.0 * self.params.lambda * memberships / (sums.count.max(1.0) * variance.sqrt());
        let climb = Climb { scale, mean: sums.mean(), slope: sums.covariance() / variance, least: self.least };
        let mut parts = vec![[0.0; 2]; radii.len()];
        let vertices = radii.chunks(ROWS_PER_TASK).zip(self.wanted.chunks(ROWS_PER_TASK));
        let tasks = parts.chunks_mut(ROWS_PER_TASK).zip(vertices);
        parallel::for_each(pulse, tasks, |(parts, (radii, wanted))| climb.parts(radii, wanted, parts)).await?;
        Ok(Extended { base, addition: DensityPull { density: self, parts } })
    }
}

/// The climb of the correlation, from the regression of the layout's radii on the wanted ones.
struct Climb {
    scale: f64,
    mean: f64,
    slope: f64,
    least: f32,
}

impl Climb {
    /// The parts of some vertices.
    #[inline(never)]
    fn parts(&self, radii: &[Radius], wanted: &[f32], parts: &mut [[f32; 2]]) {
        for ((part, radius), &wanted) in parts.iter_mut().zip(radii).zip(wanted) {
            if radius.phi > 0.0 {
                let climb = self.scale * (f64::from(wanted) - self.slope * (f64::from(radius.log) - self.mean));
                let squared = f64::from(radius.squared);
                let by_squared = climb / (f64::from(radius.phi) * f64::from(self.least + radius.squared));
                *part = [by_squared, by_squared * squared].map(|x| x.clamp(-MOST, MOST) as f32);
            }
        }
    }
}

/// A force, and in one epoch the climb of the correlation on top of it.
pub type DensityForce<'a> = Extended<'a, UmapForce, DensityPull<'a>>;

/// The climb of the correlation along edges.
#[derive(Debug)]
pub struct DensityPull<'a> {
    density: &'a Density,
    /// What the climb along each vertex's edges is made of: a part for the change of D, one for that of phi.
    parts: Vec<[f32; 2]>,
}

impl Addition for DensityPull<'_> {
    const PULLS: bool = true;

    /// The derivative by D of the radii of both ends, times two for that of D by the position.
    #[inline(always)]
    fn pull(&self, vertex: u32, others: &[u32; LANES], squared: F32x4) -> F32x4 {
        let parts = others.map(|other| self.parts[other as usize]);
        let own = self.parts[vertex as usize];
        let of_both = |part: usize| F32x4::load(&parts.map(|parts| parts[part])) + F32x4::splat(own[part]);
        let (phi, slope) = (self.density.phi.at(squared), self.density.slope.at(squared));
        phi * ((F32x4::splat(1.0) - squared * slope) * of_both(0) + slope * of_both(1))
    }
}

/// Scaled to mean 0 and variance 1; 0 for NaN, and everywhere if all are equal.
fn standardized(values: &[f32]) -> Vec<f32> {
    let mut sums = Sums::default();
    values.iter().filter(|x| !x.is_nan()).for_each(|&x| sums.add(0.0, x.into()));
    let (mean, deviation) = (sums.mean(), sums.variance().sqrt());
    let scaled = |x: f32| if x.is_nan() || deviation <= 0.0 { 0.0 } else { ((f64::from(x) - mean) / deviation) as f32 };
    values.iter().map(|&x| scaled(x)).collect()
}
