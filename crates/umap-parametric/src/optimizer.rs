//! How derivatives become steps.

use serde::{Deserialize, Serialize};
use umap_core::pulse::Pulse;
use umap_core::{Result, memory};

use crate::network::Parameter;

/// Weights that a task moves, a tenth of a millisecond or so.
const PIECE: usize = 1 << 15;

/// The rule, with Keras's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum OptimizerParams {
    /// Kingma and Ba 2015, <https://arxiv.org/abs/1412.6980>.
    Adam {
        /// Memory of the derivative. At least 0, below 1.
        #[serde(default = "beta1")]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        beta1: f64,
        /// Memory of its square. At least 0, below 1.
        #[serde(default = "beta2")]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        beta2: f64,
        /// Keeps steps small where derivatives are. More than 0.
        #[serde(default = "epsilon")]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        epsilon: f64,
    },
    /// Along the derivative.
    Sgd {
        /// Part of the step before that is added. At least 0, below 1.
        #[serde(default)]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        momentum: f64,
    },
    /// Tieleman and Hinton 2012: each derivative over the root of the running mean of its square.
    RmsProp {
        /// Memory of the square. At least 0, below 1.
        #[serde(default = "rho")]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        rho: f64,
        /// Keeps steps small where derivatives are. More than 0.
        #[serde(default = "epsilon")]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        epsilon: f64,
    },
}

fn beta1() -> f64 {
    0.9
}

fn beta2() -> f64 {
    0.999
}

fn rho() -> f64 {
    0.9
}

fn epsilon() -> f64 {
    1e-7
}

impl Default for OptimizerParams {
    fn default() -> Self {
        Self::Adam { beta1: beta1(), beta2: beta2(), epsilon: epsilon() }
    }
}

/// The rule with what it remembers of each trained array of weights, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimizer {
    params: OptimizerParams,
    /// Running means of derivatives, or the last steps. Empty before the first step.
    pub(crate) means: Vec<Vec<f32>>,
    /// Running means of squared derivatives. Empty before the first step.
    pub(crate) squares: Vec<Vec<f32>>,
    /// Steps done.
    pub(crate) steps: u32,
}

impl Optimizer {
    /// Before its first step.
    pub fn new(params: OptimizerParams) -> Self {
        Self { params, means: Vec::new(), squares: Vec::new(), steps: 0 }
    }

    /// Makes room for what it remembers of these weights, before its first step.
    pub(crate) async fn prepare(&mut self, weights: impl Iterator<Item = &Parameter>, pulse: &Pulse) -> Result<()> {
        if self.steps > 0 {
            return Ok(());
        }
        let (mut means, mut squares) = (Vec::new(), Vec::new());
        for weights in weights.filter(|weights| weights.is_trained()) {
            for all in [&mut means, &mut squares] {
                all.push(memory::filled("the optimiser", weights.values.len(), 1, 0.0, pulse).await?);
            }
        }
        (self.means, self.squares) = (means, squares);
        Ok(())
    }

    /// Begins a step: the pieces of all trained weights, each to be moved once. Derivatives are first cut to plus or minus
    /// `clip`.
    pub(crate) fn pieces<'a>(
        &'a mut self,
        weights: impl Iterator<Item = &'a mut Parameter>,
        rate: f64,
        clip: f32,
    ) -> Vec<Piece<'a>> {
        let rule = Rule::new(self.params, rate, self.steps + 1);
        let weights = weights.filter(|weights| weights.is_trained());
        let all = weights.zip(&mut self.means).zip(&mut self.squares);
        let pieces = all.flat_map(|((weights, means), squares)| {
            let decay = 2.0 * weights.l2;
            let each = weights.values.chunks_mut(PIECE).zip(weights.gradient.chunks(PIECE));
            each.zip(means.chunks_mut(PIECE)).zip(squares.chunks_mut(PIECE)).map(
                move |(((weights, gradient), means), squares)| Piece {
                    rule,
                    decay,
                    clip,
                    weights,
                    gradient,
                    means,
                    squares,
                },
            )
        });
        pieces.collect()
    }
}

/// Some weights, with all that a step needs to move them.
pub(crate) struct Piece<'a> {
    rule: Rule,
    decay: f32,
    clip: f32,
    weights: &'a mut [f32],
    gradient: &'a [f32],
    means: &'a mut [f32],
    squares: &'a mut [f32],
}

impl Piece<'_> {
    /// Moves them.
    #[inline(never)]
    pub(crate) fn step(self) {
        let Self { rule, decay, clip, weights, gradient, means, squares } = self;
        for (((weight, gradient), mean), square) in weights.iter_mut().zip(gradient).zip(means).zip(squares) {
            let gradient = (gradient + decay * *weight).clamp(-clip, clip);
            *weight -= rule.change(gradient, mean, square);
        }
    }
}

/// A rule with what all weights share in a step.
#[derive(Clone, Copy)]
enum Rule {
    Adam { rate: f32, betas: [f32; 2], unbias_square: f32, epsilon: f32 },
    Sgd { rate: f32, momentum: f32 },
    RmsProp { rate: f32, rho: f32, epsilon: f32 },
}

impl Rule {
    fn new(params: OptimizerParams, rate: f64, step: u32) -> Self {
        match params {
            OptimizerParams::Adam { beta1, beta2, epsilon } => {
                let left = |beta: f64| 1.0 - libm::pow(beta, step.into());
                Self::Adam {
                    rate: (rate / left(beta1)) as f32,
                    betas: [beta1 as f32, beta2 as f32],
                    unbias_square: (1.0 / left(beta2)) as f32,
                    epsilon: epsilon as f32,
                }
            }
            OptimizerParams::Sgd { momentum } => Self::Sgd { rate: rate as f32, momentum: momentum as f32 },
            OptimizerParams::RmsProp { rho, epsilon } => {
                Self::RmsProp { rate: rate as f32, rho: rho as f32, epsilon: epsilon as f32 }
            }
        }
    }

    #[inline(always)]
    fn change(self, gradient: f32, mean: &mut f32, square: &mut f32) -> f32 {
        match self {
            Self::Adam { rate, betas: [beta1, beta2], unbias_square, epsilon } => {
                *mean = beta1 * *mean + (1.0 - beta1) * gradient;
                *square = beta2 * *square + (1.0 - beta2) * (gradient * gradient);
                rate * *mean / ((*square * unbias_square).sqrt() + epsilon)
            }
            Self::Sgd { rate, momentum } => {
                *mean = momentum * *mean + rate * gradient;
                *mean
            }
            Self::RmsProp { rate, rho, epsilon } => {
                *square = rho * *square + (1.0 - rho) * (gradient * gradient);
                rate * gradient / (square.sqrt() + epsilon)
            }
        }
    }
}
