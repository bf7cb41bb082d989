//! How derivatives become steps.

use serde::{Deserialize, Serialize};

use crate::network::Parameter;

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

    /// Moves all trained weights; derivatives are first cut to plus or minus `clip`.
    pub(crate) fn step<'a>(&mut self, weights: impl Iterator<Item = &'a mut Parameter>, rate: f64, clip: f32) {
        let weights: Vec<_> = weights.filter(|weights| weights.is_trained()).collect();
        if self.steps == 0 {
            let zeros = || weights.iter().map(|weights| vec![0.0; weights.values.len()]).collect();
            (self.means, self.squares) = (zeros(), zeros());
        }
        self.steps += 1;
        let rule = Rule::new(self.params, rate, self.steps);
        for ((weights, mean), square) in weights.into_iter().zip(&mut self.means).zip(&mut self.squares) {
            let decay = 2.0 * weights.l2;
            let each = weights.values.iter_mut().zip(&weights.gradient).zip(mean).zip(square);
            for (((weight, gradient), mean), square) in each {
                let gradient = (gradient + decay * *weight).clamp(-clip, clip);
                *weight -= rule.change(gradient, mean, square);
            }
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
