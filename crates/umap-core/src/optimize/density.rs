//! densMAP's part of the layout (Narayan, Berger and Cho 2021, <https://doi.org/10.1038/s41587-020-00801-7>): in the last
//! epochs the layout also climbs the correlation of its own local radii with those of the input.
//!
//! The radius of a vertex in the layout is the mean squared distance D of its neighbours, weighted by the curve:
//! r = ln(sum phi D / sum phi) over its edges, phi = 1 / (1 + a D^b). With R the radii of the input, scaled to mean 0 and
//! variance 1, the correlation is C = mean(R r) / sqrt(variance(r) + densVarShift). Climbed is densLambda M C, where M is
//! the sum of all memberships, on the scale on which an edge attracts by its membership.
//!
//! umap-learn climbs along the edges that act in an epoch, each by the inverse of its membership. Here all edges act in
//! every epoch, by the mean of that, so the sampling of edges adds no noise; it takes a pass over the edges for the radii
//! and one for the forces.

use super::VERTICES_PER_BLOCK;
use super::axes::Axes;
use super::force::{Force, Table, tabulate};
use crate::csr::Csr;
use crate::error::Result;
use crate::math::{ln, pow};
use crate::parallel;
use crate::pulse::Pulse;
use crate::simd::{F32x4, LANES};

/// Squared radii below this part of the curve's own scale (the squared distance where phi is 1/2) do not count as smaller.
const LEAST_SQUARED: f64 = 1e-6;
/// Bound of each factor of a coefficient: far beyond those of any layout in use, and far from overflow. For b < 1 the
/// slope grows without bound where vertices coincide, and umap-learn's layout becomes NaN.
const MOST: f64 = 1e12;
/// Vertices of one task.
const ROWS_PER_TASK: usize = 4 * VERTICES_PER_BLOCK;

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
    least_squared: f64,
}

/// The local radii of a layout.
#[derive(Debug)]
pub struct LayoutRadii {
    radii: Vec<Radius>,
    sums: Sums,
}

#[derive(Clone, Copy, Debug, Default)]
struct Radius {
    /// Sum of phi over the edges; 0 for a vertex without edges, which has no radius.
    phi: f32,
    squared: f32,
    log: f32,
}

impl Density {
    /// For log radii of the input (NaN for vertices without one) and the curve's coefficients.
    pub fn new(log_radii: &[f32], a: f64, b: f64, params: DensityParams) -> Self {
        let [phi, slope] =
            tabulate(a, b, |squared, grown| [1.0 / (1.0 + grown), (b / (squared * (1.0 + 1.0 / grown))).min(MOST)]);
        let least_squared = LEAST_SQUARED * pow(a, -1.0 / b);
        Self { params, wanted: standardized(log_radii), phi, slope, least_squared }
    }

    /// Whether it acts in an epoch (umap-learn's rule).
    pub(super) fn acts(&self, epoch: u32, n_epochs: u32) -> bool {
        let done = (f64::from(epoch) + 1.0) / f64::from(n_epochs);
        self.params.lambda > 0.0 && done > 1.0 - self.params.frac
    }

    /// The radii of a layout.
    pub(super) async fn radii<A: Axes>(
        &self,
        axes: A,
        edges: &Csr<u32>,
        positions: &[f32],
        pulse: &Pulse,
    ) -> Result<LayoutRadii> {
        let mut radii = vec![Radius::default(); edges.rows()];
        let tasks = radii.chunks_mut(ROWS_PER_TASK).enumerate();
        let sums = parallel::map(pulse, tasks, |(task, radii)| {
            let mut sums = Sums::default();
            for (radius, vertex) in radii.iter_mut().zip(task * ROWS_PER_TASK..) {
                let (phi, squared) = self.phi_and_squared(axes, edges, positions, vertex);
                let log = ln(self.least_squared + f64::from(squared)) as f32;
                *radius = Radius { phi, squared, log };
                if phi > 0.0 {
                    sums.add(self.wanted[vertex].into(), log.into());
                }
            }
            sums
        });
        // In the order of the tasks.
        let sums = sums.await?.into_iter().fold(Sums::default(), Sums::plus);
        Ok(LayoutRadii { radii, sums })
    }

    /// Sum of phi over the edges of a vertex, and their mean squared length weighted by it.
    #[inline(always)]
    fn phi_and_squared<A: Axes>(&self, axes: A, edges: &Csr<u32>, positions: &[f32], vertex: usize) -> (f32, f32) {
        let dims = axes.len();
        let place = |other: u32| &positions[other as usize * dims..][..dims];
        let own = place(vertex as u32);
        let (mut total, mut weighted) = (F32x4::splat(0.0), F32x4::splat(0.0));
        for (lanes, kept) in super::epoch::in_lanes(edges.row(vertex).0, vertex as u32) {
            let others = lanes.map(place);
            let mut squared = F32x4::splat(0.0);
            for axis in 0..dims {
                let difference = F32x4::load(&others.map(|other| other[axis])) - F32x4::splat(own[axis]);
                squared = squared + difference * difference;
            }
            let phi = self.phi.at(squared) * kept;
            total = total + phi;
            weighted = weighted + phi * squared;
        }
        let phi = total.sum();
        (phi, if phi > 0.0 { weighted.sum() / phi } else { 0.0 })
    }

    /// The force of an epoch: `base`, and the climb from these radii on.
    pub(super) async fn force<'a, F: Force>(
        &'a self,
        base: &'a F,
        edges: &Csr<u32>,
        LayoutRadii { radii, sums }: &LayoutRadii,
        pulse: &Pulse,
    ) -> Result<DensityForce<'a, F>> {
        let (mean, covariance) = (sums.mean(), sums.covariance());
        let variance = sums.variance() + self.params.var_shift;
        // On the scale of an epoch, in which the strongest edges act once.
        let memberships = edges.data.iter().map(|&rate| u64::from(rate)).sum::<u64>() as f64 / 4_294_967_296.0;
        let scale = 2.0 * self.params.lambda * memberships / (sums.count * variance.max(f64::MIN_POSITIVE).sqrt());
        let mut parts = vec![[0.0; 2]; radii.len()];
        let tasks =
            parts.chunks_mut(ROWS_PER_TASK).zip(radii.chunks(ROWS_PER_TASK)).zip(self.wanted.chunks(ROWS_PER_TASK));
        parallel::for_each(pulse, tasks, |((parts, radii), wanted)| {
            for ((part, radius), &wanted) in parts.iter_mut().zip(radii).zip(wanted) {
                if radius.phi > 0.0 {
                    let beyond = f64::from(wanted)
                        - covariance * (f64::from(radius.log) - mean) / variance.max(f64::MIN_POSITIVE);
                    let squared = f64::from(radius.squared);
                    let by_squared = scale * beyond / (f64::from(radius.phi) * (self.least_squared + squared));
                    *part = [by_squared, by_squared * squared].map(|x| x.clamp(-MOST, MOST) as f32);
                }
            }
        })
        .await?;
        Ok(DensityForce { base, density: self, parts })
    }
}

impl LayoutRadii {
    /// Logarithms of the mean squared lengths of the edges; NaN for vertices without one.
    pub fn logs(&self) -> Vec<f32> {
        self.radii.iter().map(|radius| if radius.phi > 0.0 { radius.log } else { f32::NAN }).collect()
    }

    /// Mean product of these radii and the scaled ones of the input.
    pub fn covariance(&self) -> f64 {
        self.sums.covariance()
    }
}

/// A force, and in one epoch the climb of the correlation on top of it.
#[derive(Debug)]
pub struct DensityForce<'a, F> {
    base: &'a F,
    density: &'a Density,
    /// What the climb along a vertex's edges is made of: a part for the change of D, one for that of phi.
    parts: Vec<[f32; 2]>,
}

impl<F: Force> Force for DensityForce<'_, F> {
    const PULLS: bool = true;

    #[inline(always)]
    fn attract(&self, vertex: u32, others: &[u32; LANES], squared: F32x4) -> F32x4 {
        self.base.attract(vertex, others, squared)
    }

    #[inline(always)]
    fn repel(&self, squared: F32x4) -> F32x4 {
        self.base.repel(squared)
    }

    /// The derivatives by D of the radii of both ends, times two for that of D by the position.
    #[inline(always)]
    fn pull(&self, vertex: u32, others: &[u32; LANES], squared: F32x4) -> F32x4 {
        let parts = others.map(|other| self.parts[other as usize]);
        let own = self.parts[vertex as usize];
        let of = |part: usize| F32x4::load(&parts.map(|parts| parts[part])) + F32x4::splat(own[part]);
        let (phi, slope) = (self.density.phi.at(squared), self.density.slope.at(squared));
        phi * ((F32x4::splat(1.0) - squared * slope) * of(0) + slope * of(1))
    }
}

/// Sums over vertices: of their number, of the radii wanted and there, and of products.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    count: f64,
    wanted: f64,
    log: f64,
    squared_log: f64,
    product: f64,
}

impl Sums {
    fn add(&mut self, wanted: f64, log: f64) {
        *self = self.plus(Self { count: 1.0, wanted, log, squared_log: log * log, product: wanted * log });
    }

    fn plus(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            wanted: self.wanted + other.wanted,
            log: self.log + other.log,
            squared_log: self.squared_log + other.squared_log,
            product: self.product + other.product,
        }
    }

    fn mean(&self) -> f64 {
        self.log / self.count
    }

    fn variance(&self) -> f64 {
        (self.squared_log / self.count - self.mean() * self.mean()).max(0.0)
    }

    fn covariance(&self) -> f64 {
        self.product / self.count - self.mean() * (self.wanted / self.count)
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
