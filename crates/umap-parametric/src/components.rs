//! What an encoder learns from in place of many columns: their first principal components.
//!
//! Most of a step's work is the first layer's, and most of the columns' variance is in fewer components (measured in
//! docs/parametric-training.md). Taking components is linear, so it becomes part of the first layer when training ends.

use umap_core::Result;
use umap_core::init::PrincipalAxes;
use umap_core::points::Points;
use umap_core::pulse::Pulse;

use crate::gemm::{Panels, Strided, multiply_add};
use crate::scaling::Scaling;

/// The first principal components of scaled rows, together of unit variance.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Components {
    /// What columns add to components, row-major, columns x `count`.
    pub(crate) axes: Vec<f32>,
    /// Number of components.
    pub(crate) count: usize,
}

impl Components {
    /// So many, of rows that are scaled so.
    pub(crate) async fn of(points: &Points, scaling: &Scaling, count: usize, pulse: &Pulse) -> Result<Self> {
        let PrincipalAxes { mut axes, variances } = PrincipalAxes::of(points, count, pulse).await?;
        let deviation = scaling.scale * (variances.iter().sum::<f32>() / count as f32).sqrt();
        if deviation > 0.0 {
            axes.iter_mut().for_each(|x| *x /= deviation);
        }
        Ok(Self { axes, count })
    }

    /// The components of scaled rows.
    pub(crate) async fn project(&self, rows: &[f32], pulse: &Pulse) -> Result<Vec<f32>> {
        let cols = self.axes.len() / self.count;
        let mut components = vec![0.0; rows.len() / cols * self.count];
        let axes = Panels::pack(&Strided::rows(&self.axes, self.count), cols, self.count, pulse).await?;
        multiply_add(&Strided::rows(rows, cols), &axes, &mut components, pulse).await?;
        Ok(components)
    }

    /// The kernel that takes columns where `kernel` (row-major, components x `units`) takes components.
    pub(crate) async fn fold(&self, kernel: &[f32], units: usize, pulse: &Pulse) -> Result<Vec<f32>> {
        let mut folded = vec![0.0; self.axes.len() / self.count * units];
        let kernel = Panels::pack(&Strided::rows(kernel, units), self.count, units, pulse).await?;
        multiply_add(&Strided::rows(&self.axes, self.count), &kernel, &mut folded, pulse).await?;
        Ok(folded)
    }
}
