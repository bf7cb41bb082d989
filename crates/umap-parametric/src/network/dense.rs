//! Every output from every input.

use umap_core::Result;
use umap_core::pulse::Pulse;
use umap_core::random::Random;

use super::each::{each_value, sums_over_rows};
use super::parameter::Parameter;
use crate::gemm::{Panels, Strided, multiply_add};

/// y = x W + b.
#[derive(Clone, Debug)]
pub(super) struct Dense {
    pub(super) kernel: Parameter,
    pub(super) bias: Parameter,
    sides: [usize; 2],
}

impl Dense {
    pub(super) async fn new(
        name: &str,
        [inputs, units]: [usize; 2],
        l2: f64,
        random: Random,
        pulse: &Pulse,
    ) -> Result<Self> {
        let kernel = Parameter::glorot(format!("{name}.kernel"), &[inputs, units], l2, random, pulse).await?;
        let bias = Parameter::new(format!("{name}.bias"), &[units], vec![0.0; units]);
        Ok(Self { kernel, bias, sides: [inputs, units] })
    }

    /// Takes rows of another length from then on.
    pub(super) async fn replace_kernel(&mut self, values: Vec<f32>, inputs: usize, pulse: &Pulse) -> Result<()> {
        let Parameter { name, l2, .. } = &self.kernel;
        let [_, units] = self.sides;
        let kernel = Parameter::large(name.clone(), &[inputs, units], values, pulse).await?;
        self.kernel = Parameter { l2: *l2, ..kernel };
        self.sides = [inputs, units];
        Ok(())
    }

    pub(super) async fn forward(&self, x: &[f32], pulse: &Pulse) -> Result<Vec<f32>> {
        let [inputs, units] = self.sides;
        let mut y = repeated(&self.bias.values, x.len() / inputs);
        let weights = Panels::pack(&Strided::rows(&self.kernel.values, units), inputs, units, pulse).await?;
        multiply_add(&Strided::rows(x, inputs), &weights, &mut y, pulse).await?;
        Ok(y)
    }

    /// The derivatives of the weights; returns those of `x` if they are wanted.
    pub(super) async fn backward(
        &mut self,
        x: &[f32],
        dy: &[f32],
        wants_input: bool,
        pulse: &Pulse,
    ) -> Result<Vec<f32>> {
        let [inputs, units] = self.sides;
        let rows = x.len() / inputs;
        self.bias.gradient = column_sums(dy, units, pulse).await?;
        let packed = Panels::pack(&Strided::rows(dy, units), rows, units, pulse).await?;
        each_value(&mut self.kernel.gradient, pulse, |_, values| values.fill(0.0)).await?;
        multiply_add(&Strided::transposed(x, inputs), &packed, &mut self.kernel.gradient, pulse).await?;
        if !wants_input {
            return Ok(Vec::new());
        }
        let mut dx = vec![0.0; x.len()];
        let weights = Panels::pack(&Strided::transposed(&self.kernel.values, units), units, inputs, pulse).await?;
        multiply_add(&Strided::rows(dy, units), &weights, &mut dx, pulse).await?;
        Ok(dx)
    }
}

/// `row`, so many times.
pub(super) fn repeated(row: &[f32], times: usize) -> Vec<f32> {
    let mut all = Vec::with_capacity(row.len() * times);
    (0..times).for_each(|_| all.extend_from_slice(row));
    all
}

/// The sum of each column.
pub(super) async fn column_sums(values: &[f32], cols: usize, pulse: &Pulse) -> Result<Vec<f32>> {
    sums_over_rows([values.len() / cols, cols], cols, pulse, |i, sums| {
        sums.iter_mut().zip(&values[i * cols..][..cols]).for_each(|(sum, value)| *sum += value);
    })
    .await
}
