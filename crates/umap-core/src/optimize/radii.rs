//! The local radii of a layout: of each vertex the mean squared length of its edges, weighted by the curve.

use super::axes::{Any, Axes, Fixed};
use super::epoch::VERTICES_PER_BLOCK;
use super::epoch::in_lanes;
use super::force::Table;
use crate::csr::Csr;
use crate::error::Result;
use crate::math::ln_normal;
use crate::parallel;
use crate::pulse::Pulse;
use crate::simd::F32x4;

/// Vertices of one task.
pub(super) const ROWS_PER_TASK: usize = 4 * VERTICES_PER_BLOCK;

/// The local radii of a layout, and how they go with those that it is to follow.
#[derive(Debug)]
pub struct LayoutRadii {
    pub(super) radii: Vec<Radius>,
    pub(super) sums: Sums,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Radius {
    /// Sum of phi over the edges; 0 for a vertex without edges, which has no radius.
    pub(super) phi: f32,
    /// Their mean squared length, weighted by phi.
    pub(super) squared: f32,
    /// Logarithm of that.
    pub(super) log: f32,
}

/// What the radii are computed from.
pub(super) struct Measure<'a> {
    pub(super) edges: &'a Csr<u32>,
    pub(super) positions: &'a [f32],
    /// The curve, by squared distance.
    pub(super) phi: &'a Table,
    /// Least squared radius.
    pub(super) least: f32,
    /// The radii that the layout is to follow.
    pub(super) wanted: &'a [f32],
}

impl Measure<'_> {
    pub(super) async fn radii(&self, dims: usize, pulse: &Pulse) -> Result<LayoutRadii> {
        let mut radii = vec![Radius::default(); self.edges.rows()];
        let tasks = radii.chunks_mut(ROWS_PER_TASK).enumerate();
        let sums = parallel::map(pulse, tasks, |(task, radii)| self.some_radii(dims, task * ROWS_PER_TASK, radii));
        // In the order of the tasks.
        let sums = sums.await?.into_iter().fold(Sums::default(), Sums::plus);
        Ok(LayoutRadii { radii, sums })
    }

    /// The radii of the vertices from `first` on, and their sums.
    #[inline(never)]
    fn some_radii(&self, dims: usize, first: usize, radii: &mut [Radius]) -> Sums {
        match dims {
            2 => self.radii_along(Fixed::<2>, first, radii),
            3 => self.radii_along(Fixed::<3>, first, radii),
            dims => self.radii_along(Any(dims), first, radii),
        }
    }

    fn radii_along<A: Axes>(&self, axes: A, first: usize, radii: &mut [Radius]) -> Sums {
        let mut sums = Sums::default();
        for (radius, vertex) in radii.iter_mut().zip(first..) {
            *radius = self.radius(axes, vertex);
            if radius.phi > 0.0 {
                sums.add(self.wanted[vertex].into(), radius.log.into());
            }
        }
        sums
    }

    #[inline(always)]
    fn radius<A: Axes>(&self, axes: A, vertex: usize) -> Radius {
        let dims = axes.len();
        let place = |other: u32| &self.positions[other as usize * dims..][..dims];
        let own = place(vertex as u32);
        let (mut total, mut weighted) = (F32x4::splat(0.0), F32x4::splat(0.0));
        in_lanes(self.edges.row(vertex).0, vertex as u32, |lanes, kept| {
            let others = lanes.map(place);
            let mut squared = F32x4::splat(0.0);
            for axis in 0..dims {
                let difference = F32x4::load(&others.map(|other| other[axis])) - F32x4::splat(own[axis]);
                squared = squared + difference * difference;
            }
            let phi = self.phi.at(squared) * kept;
            total = total + phi;
            weighted = weighted + phi * squared;
        });
        let phi = total.sum();
        let squared = if phi > 0.0 { weighted.sum() / phi } else { 0.0 };
        Radius { phi, squared, log: ln_normal(self.least + squared) }
    }
}

impl LayoutRadii {
    /// Their logarithms; NaN for vertices without edges.
    pub fn logs(&self) -> Vec<f32> {
        self.radii.iter().map(|radius| if radius.phi > 0.0 { radius.log } else { f32::NAN }).collect()
    }

    /// With those that the layout is to follow, scaled to variance 1.
    pub fn covariance(&self) -> f64 {
        self.sums.covariance()
    }

    /// Of the logarithms.
    pub fn variance(&self) -> f64 {
        self.sums.variance()
    }
}

/// Sums over vertices: of their number, of the log radii wanted and there, of products.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub(super) count: f64,
    wanted: f64,
    log: f64,
    squared_log: f64,
    product: f64,
}

impl Sums {
    pub(super) fn add(&mut self, wanted: f64, log: f64) {
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

    pub(super) fn mean(&self) -> f64 {
        self.log / self.count
    }

    pub(super) fn variance(&self) -> f64 {
        (self.squared_log / self.count - self.mean() * self.mean()).max(0.0)
    }

    pub(super) fn covariance(&self) -> f64 {
        self.product / self.count - self.mean() * (self.wanted / self.count)
    }
}
