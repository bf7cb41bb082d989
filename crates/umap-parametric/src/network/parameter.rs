//! A layer's weights.

use umap_core::pulse::Pulse;
use umap_core::random::Random;
use umap_core::{Result, memory};

use super::each::each_value;

/// How the names of running variances end.
pub(super) const VARIANCE: &str = ".variance";

/// An array of weights.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name in the network.
    pub name: String,
    /// Its sides.
    pub shape: Vec<usize>,
    /// The weights, row-major.
    pub values: Vec<f32>,
    /// The loss's derivative with respect to each, after a backward pass. Empty in one that is not trained.
    pub(crate) gradient: Vec<f32>,
    /// Weight of the sum of squares in the loss.
    pub(crate) l2: f32,
}

impl Parameter {
    /// One that training changes.
    pub(super) fn new(name: String, shape: &[usize], values: Vec<f32>) -> Self {
        Self { name, shape: shape.to_vec(), gradient: vec![0.0; values.len()], values, l2: 0.0 }
    }

    /// As [`new`](Self::new), of any size.
    pub(super) async fn large(name: String, shape: &[usize], values: Vec<f32>, pulse: &Pulse) -> Result<Self> {
        let gradient = memory::filled(&name, values.len(), 1, 0.0, pulse).await?;
        Ok(Self { name, shape: shape.to_vec(), gradient, values, l2: 0.0 })
    }

    /// One that training leaves to its layer.
    pub(super) fn fixed(name: String, values: Vec<f32>) -> Self {
        Self { name, shape: vec![values.len()], values, gradient: Vec::new(), l2: 0.0 }
    }

    /// No value is below this.
    pub(crate) fn least(&self) -> f32 {
        if self.name.ends_with(VARIANCE) { 0.0 } else { f32::MIN }
    }

    /// What values have to be.
    pub(crate) fn expected(&self) -> &'static str {
        if self.name.ends_with(VARIANCE) { "finite, at least 0" } else { "finite" }
    }

    /// Uniform between plus and minus the square root of 6 / (inputs + outputs) of a unit (Glorot and Bengio 2010), as
    /// umap-learn's networks start. The last side of the shape are the units.
    pub(super) async fn glorot(name: String, shape: &[usize], l2: f64, random: Random, pulse: &Pulse) -> Result<Self> {
        let units = shape[shape.len() - 1];
        let inputs: usize = shape[..shape.len() - 1].iter().product();
        // Each input of a convolution meets its kernel's every place.
        let places: usize = shape[..shape.len().saturating_sub(2)].iter().product();
        let limit = (6.0 / (inputs + places * units) as f32).sqrt();
        let mut values = memory::filled(&name, inputs, units, 0.0, pulse).await?;
        each_value(&mut values, pulse, |first, values| draw(values, first, limit, random)).await?;
        Ok(Self { l2: l2 as f32, ..Self::large(name, shape, values, pulse).await? })
    }

    /// The loss's derivative with respect to each weight, after a backward pass; empty if training does not change them.
    pub fn gradient(&self) -> &[f32] {
        &self.gradient
    }

    /// Whether training changes it.
    pub fn is_trained(&self) -> bool {
        !self.gradient.is_empty()
    }
}

/// Draws weights from number `first` on, between plus and minus `limit`.
#[inline(never)]
fn draw(values: &mut [f32], first: usize, limit: f32, random: Random) {
    for (i, value) in (first..).zip(values) {
        *value = (2.0 * random.uniform(i as u32) - 1.0) * limit;
    }
}
