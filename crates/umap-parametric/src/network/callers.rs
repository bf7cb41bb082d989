//! A network of the caller's: rows go out, places come back, then derivatives go out, by which it makes its own step.

use umap_core::Result;
use umap_core::pulse::{Pulse, Question};

use crate::answer::checked;

/// Between rows of so many values and rows of so many.
#[derive(Clone, Copy, Debug)]
pub(super) struct Callers {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
}

impl Callers {
    /// What it makes of rows `x`.
    pub(super) async fn forward(&self, x: &[f32], is_training: bool, pulse: &Pulse) -> Result<Vec<f32>> {
        let rows = x.len() / self.inputs;
        let kind = if is_training { "forward" } else { "infer" };
        let places = pulse.ask(Question { kind, rows, matrices: vec![("rows", x.to_vec())] }).await?;
        checked("encoder.forward", places, [rows, self.outputs])
    }

    /// Has it learn from the derivatives of the rows that it gave last.
    pub(super) async fn backward(&self, dy: Vec<f32>, pulse: &Pulse) -> Result<()> {
        let rows = dy.len() / self.outputs;
        pulse.ask(Question { kind: "backward", rows, matrices: vec![("gradient", dy)] }).await.map(drop)
    }
}
