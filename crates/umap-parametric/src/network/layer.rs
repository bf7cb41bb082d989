//! The layers as they are computed, and their derivatives.

use umap_core::Result;
use umap_core::pulse::Pulse;
use umap_core::random::Random;

use super::callers::Callers;
use super::conv::{Conv, ConvShape};
use super::dense::Dense;
use super::describe::{Activation, LayerParams, Shape};
use super::each::each_value;
use super::normalize::{Affine, BatchNorm, LayerNorm, Moments};
use super::parameter::Parameter;
use super::pool::Pool;

/// One layer. What is described as one layer with an activation is two here.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a network has a few of them")]
pub(super) enum Layer {
    Dense(Dense),
    Conv(Box<Conv>),
    Pool(Pool),
    Activation(Activation),
    Dropout(f32),
    BatchNorm(BatchNorm),
    LayerNorm(LayerNorm),
    Callers(Callers),
}

/// What a forward pass keeps for the backward pass besides inputs and outputs.
#[derive(Debug)]
pub(super) enum Kept {
    Nothing,
    Moments(Moments),
    /// The source of a dropout's draws.
    Draws(Random),
}

impl Layer {
    /// Appends the layers for one description, between rows of these shapes.
    pub(super) async fn append(
        layers: &mut Vec<Self>,
        params: &LayerParams,
        [before, after]: [Shape; 2],
        name: &str,
        random: Random,
        pulse: &Pulse,
    ) -> Result<()> {
        let sides = |shape: Shape| match shape {
            Shape::Image(sides) => sides,
            Shape::Flat(len) => [1, 1, len],
        };
        let size = |size: [u32; 2]| size.map(|side| side as usize);
        match *params {
            LayerParams::Dense { activation, l2, .. } => {
                layers.push(Self::Dense(Dense::new(name, [before.len(), after.len()], l2, random, pulse).await?));
                Self::append_activation(layers, activation);
            }
            LayerParams::Conv2d { kernel_size, strides, padding, activation, l2, .. } => {
                let (input, output) = (sides(before), sides(after));
                let shape = ConvShape { input, output, kernel: size(kernel_size), strides: size(strides), padding };
                layers.push(Self::Conv(Box::new(Conv::new(name, &shape, l2, random, pulse).await?)));
                Self::append_activation(layers, activation);
            }
            LayerParams::MaxPooling2d { pool_size } | LayerParams::AveragePooling2d { pool_size } => {
                let takes_greatest = matches!(params, LayerParams::MaxPooling2d { .. });
                let (input, output) = (sides(before), sides(after));
                layers.push(Self::Pool(Pool { takes_greatest, size: size(pool_size), input, output }));
            }
            LayerParams::Dropout { rate } => layers.push(Self::Dropout(rate as f32)),
            LayerParams::BatchNormalization { momentum, epsilon } => {
                layers.push(Self::BatchNorm(BatchNorm::new(name, before.channels(), momentum, epsilon)));
            }
            LayerParams::LayerNormalization { epsilon } => {
                layers.push(Self::LayerNorm(LayerNorm { affine: Affine::new(name, before.channels(), epsilon) }));
            }
            // Rows are flat already.
            LayerParams::Flatten => {}
        }
        Ok(())
    }

    pub(super) fn append_activation(layers: &mut Vec<Self>, activation: Activation) {
        if activation != Activation::Linear {
            layers.push(Self::Activation(activation));
        }
    }

    /// The output for rows `x`, and what the backward pass needs; `training` is the source of random numbers of a step.
    pub(super) async fn forward(&self, x: &[f32], training: Option<Random>, pulse: &Pulse) -> Result<(Vec<f32>, Kept)> {
        let y = match self {
            Self::Dense(dense) => dense.forward(x, pulse).await?,
            Self::Conv(conv) => conv.forward(x, pulse).await?,
            Self::Pool(pool) => pool.forward(x, pulse).await?,
            Self::Activation(activation) => {
                // Pieces of no particular length: values do not depend on each other.
                let mut y = x.to_vec();
                each_value(&mut y, pulse, |first, y| activation.apply(&x[first..first + y.len()], y)).await?;
                y
            }
            Self::Dropout(rate) => {
                let mut y = x.to_vec();
                if let Some(random) = training {
                    drop_out(&mut y, *rate, random, pulse).await?;
                    return Ok((y, Kept::Draws(random)));
                }
                y
            }
            Self::BatchNorm(norm) => {
                if training.is_none() {
                    return Ok((norm.forward(x, None, pulse).await?, Kept::Nothing));
                }
                let moments = norm.moments(x, pulse).await?;
                return Ok((norm.forward(x, Some(&moments), pulse).await?, Kept::Moments(moments)));
            }
            Self::LayerNorm(norm) => norm.forward(x, pulse).await?,
            Self::Callers(callers) => callers.forward(x, training.is_some(), pulse).await?,
        };
        Ok((y, Kept::Nothing))
    }

    /// Sets the derivatives of the weights from those of the output; those of the input, if they are wanted.
    pub(super) async fn backward(
        &mut self,
        [x, y]: [&[f32]; 2],
        kept: &Kept,
        mut dy: Vec<f32>,
        wants_input: bool,
        pulse: &Pulse,
    ) -> Result<Vec<f32>> {
        match (self, kept) {
            (Self::Dense(dense), _) => dense.backward(x, &dy, wants_input, pulse).await,
            (Self::Conv(conv), _) => conv.backward(x, &dy, wants_input, pulse).await,
            (Self::Pool(pool), _) => pool.backward(x, &dy, pulse).await,
            (Self::Activation(activation), _) => {
                each_value(&mut dy, pulse, |first, dy| {
                    let range = first..first + dy.len();
                    activation.backward(&x[range.clone()], &y[range], dy);
                })
                .await?;
                Ok(dy)
            }
            (Self::Dropout(rate), Kept::Draws(random)) => {
                drop_out(&mut dy, *rate, *random, pulse).await?;
                Ok(dy)
            }
            (Self::BatchNorm(norm), Kept::Moments(moments)) => norm.backward(x, moments, dy, pulse).await,
            (Self::LayerNorm(norm), _) => norm.backward(x, &dy, pulse).await,
            (Self::Callers(callers), _) => callers.backward(dy, pulse).await.map(|()| Vec::new()),
            (Self::Dropout(_) | Self::BatchNorm(_), _) => unreachable!("a forward pass of training keeps this"),
        }
    }

    /// What a step of training changes besides the weights that have derivatives.
    pub(super) fn remember(&mut self, kept: &Kept) {
        if let (Self::BatchNorm(norm), Kept::Moments(moments)) = (self, kept) {
            norm.remember(moments);
        }
    }

    pub(super) fn parameters(&self) -> Vec<&Parameter> {
        match self {
            Self::Dense(Dense { kernel, bias, .. }) => vec![kernel, bias],
            Self::Conv(conv) => vec![&conv.kernel, &conv.bias],
            Self::BatchNorm(BatchNorm { affine, mean, variance, .. }) => {
                vec![&affine.gamma, &affine.beta, mean, variance]
            }
            Self::LayerNorm(LayerNorm { affine }) => vec![&affine.gamma, &affine.beta],
            Self::Pool(_) | Self::Activation(_) | Self::Dropout(_) | Self::Callers(_) => vec![],
        }
    }

    pub(super) fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        match self {
            Self::Dense(Dense { kernel, bias, .. }) => vec![kernel, bias],
            Self::Conv(conv) => vec![&mut conv.kernel, &mut conv.bias],
            Self::BatchNorm(BatchNorm { affine, mean, variance, .. }) => {
                vec![&mut affine.gamma, &mut affine.beta, mean, variance]
            }
            Self::LayerNorm(LayerNorm { affine }) => vec![&mut affine.gamma, &mut affine.beta],
            Self::Pool(_) | Self::Activation(_) | Self::Dropout(_) | Self::Callers(_) => vec![],
        }
    }
}

/// Sets values to 0 with probability `rate` and scales the others, the same ones for the same source.
async fn drop_out(values: &mut [f32], rate: f32, random: Random, pulse: &Pulse) -> Result<()> {
    let scale = 1.0 / (1.0 - rate);
    each_value(values, pulse, |first, values| {
        for (at, value) in (first..).zip(values) {
            *value = if random.uniform(at as u32) < rate { 0.0 } else { *value * scale };
        }
    })
    .await
}
