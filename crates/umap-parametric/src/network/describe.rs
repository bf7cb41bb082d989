//! What a network is made of, as a caller writes it.

use serde::{Deserialize, Serialize};
use umap_core::{Result, UmapError};

/// A network between its input and its output. The output layer (dense, as many units as the embedding or the data has
/// columns) is not listed: it is always there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename_all = "camelCase", optional_fields = nullable))]
pub struct NetworkParams {
    /// Height, width and channels of a row that is an image: row-major, channels last. Default: a row is flat.
    pub input_shape: Option<[u32; 3]>,
    /// Hidden layers, from the input on.
    #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
    pub layers: Vec<LayerParams>,
    /// Whether the network is a model of the caller's (TypeScript says so where it is given one); the rest says nothing then.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "bindings", ts(skip))]
    pub callers: bool,
}

impl Default for NetworkParams {
    /// Three dense layers of 100 units (umap-learn's).
    fn default() -> Self {
        let dense = LayerParams::Dense { units: 100, activation: Activation::Relu, l2: 0.0 };
        Self { input_shape: None, layers: vec![dense; 3], callers: false }
    }
}

/// One layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum LayerParams {
    /// Every output from every input; images are flattened.
    Dense {
        /// Outputs. At least 1.
        units: u32,
        /// What is applied to them.
        #[serde(default)]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        activation: Activation,
        /// Weight of the sum of the squared weights in the loss (biases do not count). At least 0.
        #[serde(default)]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        l2: f64,
    },
    /// In training each value is 0 with this probability, the others are scaled up.
    Dropout {
        /// Probability. At least 0, below 1.
        rate: f64,
    },
    /// Each channel less its mean over its standard deviation: of the batch in training, running ones after it.
    BatchNormalization {
        /// How much the running mean and variance keep at each step. At least 0, below 1.
        #[serde(default = "momentum")]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        momentum: f64,
        /// Added to the variance. More than 0.
        #[serde(default = "epsilon")]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        epsilon: f64,
    },
    /// Each row (of images: each pixel's channels) less its mean over its standard deviation.
    LayerNormalization {
        /// Added to the variance. More than 0.
        #[serde(default = "epsilon")]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        epsilon: f64,
    },
    /// Two-dimensional convolution.
    Conv2d {
        /// Channels of the output. At least 1.
        filters: u32,
        /// Height and width of the kernel.
        kernel_size: [u32; 2],
        /// Steps between outputs.
        #[serde(default = "ones")]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        strides: [u32; 2],
        /// What is beyond the edge.
        #[serde(default)]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        padding: Padding,
        /// What is applied to the outputs.
        #[serde(default)]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        activation: Activation,
        /// As of a dense layer.
        #[serde(default)]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        l2: f64,
    },
    /// The greatest value of each window of a channel.
    MaxPooling2d {
        /// Height and width of the window, which is also the step.
        #[serde(default = "twos")]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        pool_size: [u32; 2],
    },
    /// The mean of each window of a channel.
    AveragePooling2d {
        /// Height and width of the window, which is also the step.
        #[serde(default = "twos")]
        #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
        pool_size: [u32; 2],
    },
    /// An image becomes a flat row.
    Flatten,
}

fn momentum() -> f64 {
    0.99
}

fn epsilon() -> f64 {
    1e-3
}

fn ones() -> [u32; 2] {
    [1, 1]
}

fn twos() -> [u32; 2] {
    [2, 2]
}

/// What is applied to each output of a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Activation {
    /// Nothing.
    Linear,
    /// max(x, 0).
    #[default]
    Relu,
    /// x above 0, e^x - 1 below.
    Elu,
    /// x times the normal distribution's share below x.
    Gelu,
    /// Hyperbolic tangent.
    Tanh,
    /// 1 / (1 + e^-x).
    Sigmoid,
}

/// What a convolution sees beyond the edge of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Padding {
    /// Nothing: windows stay inside.
    #[default]
    Valid,
    /// Zeros, so that with strides of 1 the output is as large as the input; of an odd number of them the last row or
    /// column gets one more (as in Keras).
    Same,
}

/// What a row is, at some place of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// So many values.
    Flat(usize),
    /// Height, width, channels.
    Image([usize; 3]),
}

impl Shape {
    /// Values of a row.
    pub fn len(self) -> usize {
        match self {
            Self::Flat(len) => len,
            Self::Image(sides) => sides.iter().product(),
        }
    }

    /// Whether a row has no values.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Values that normalisation takes together: of an image a pixel's channels.
    pub(crate) fn channels(self) -> usize {
        match self {
            Self::Flat(len) => len,
            Self::Image([_, _, channels]) => channels,
        }
    }
}

/// Most values of a row at any place of a network.
const MOST_VALUES: u64 = 1 << 24;

impl NetworkParams {
    /// What a row is at the input, and after each layer; errs where a layer does not fit. `name` is what errors call the
    /// network.
    pub fn shapes(&self, name: &str, cols: usize) -> Result<Vec<Shape>> {
        let mut shape = match self.input_shape {
            None => Shape::Flat(cols),
            Some(sides) => {
                let image = Shape::Image(sides.map(|side| side as usize));
                let size: u64 = sides.iter().map(|&side| u64::from(side)).fold(1, u64::saturating_mul);
                if size != cols as u64 {
                    let expected = format!("height x width x channels = {cols}, the columns of the points");
                    return Err(UmapError::parameter(&format!("{name}.inputShape"), expected, format!("{sides:?}")));
                }
                image
            }
        };
        let mut shapes = vec![shape];
        for (i, layer) in self.layers.iter().enumerate() {
            shape = layer.shape_after(shape, &format!("{name}.layers[{i}]"))?;
            shapes.push(shape);
        }
        Ok(shapes)
    }
}

impl LayerParams {
    fn shape_after(&self, before: Shape, name: &str) -> Result<Shape> {
        let range = |field: &str, ok: bool, expected: &str, got: f64| {
            if ok { Ok(()) } else { Err(UmapError::parameter(&format!("{name}.{field}"), expected, got)) }
        };
        let after = match *self {
            Self::Dense { units, l2, .. } => {
                range("units", units >= 1, "an integer, at least 1", units.into())?;
                range("l2", l2 >= 0.0 && l2.is_finite(), "a number, at least 0", l2)?;
                Shape::Flat(units as usize)
            }
            Self::Dropout { rate } => {
                range("rate", (0.0..1.0).contains(&rate), "a number, at least 0 and below 1", rate)?;
                before
            }
            Self::BatchNormalization { momentum, epsilon } => {
                range("momentum", (0.0..1.0).contains(&momentum), "a number, at least 0 and below 1", momentum)?;
                range("epsilon", epsilon > 0.0 && epsilon.is_finite(), "a number, more than 0", epsilon)?;
                before
            }
            Self::LayerNormalization { epsilon } => {
                range("epsilon", epsilon > 0.0 && epsilon.is_finite(), "a number, more than 0", epsilon)?;
                before
            }
            Self::Conv2d { filters, kernel_size, strides, padding, l2, .. } => {
                range("filters", filters >= 1, "an integer, at least 1", filters.into())?;
                range("l2", l2 >= 0.0 && l2.is_finite(), "a number, at least 0", l2)?;
                let [height, width] = windows(before, kernel_size, strides, padding, name)?;
                Shape::Image([height, width, filters as usize])
            }
            Self::MaxPooling2d { pool_size } | Self::AveragePooling2d { pool_size } => {
                let [height, width] = windows(before, pool_size, pool_size, Padding::Valid, name)?;
                Shape::Image([height, width, before.channels()])
            }
            Self::Flatten => Shape::Flat(before.len()),
        };
        let values = match after {
            Shape::Flat(len) => len as u64,
            Shape::Image(sides) => sides.iter().map(|&side| side as u64).fold(1, u64::saturating_mul),
        };
        range("units", values <= MOST_VALUES, "at most 16777216 values in a row", values as f64)?;
        Ok(after)
    }
}

/// Places of a window in an image.
fn windows(before: Shape, size: [u32; 2], strides: [u32; 2], padding: Padding, name: &str) -> Result<[usize; 2]> {
    let Shape::Image([height, width, _]) = before else {
        let expected = "an image before it: give the network an inputShape, and no dense or flatten layer before it";
        return Err(UmapError::parameter(name, expected, "flat rows"));
    };
    let fits = |side: usize, size: u32| size >= 1 && (padding == Padding::Same || size as usize <= side);
    if !(fits(height, size[0]) && fits(width, size[1]) && strides.iter().all(|&stride| stride >= 1)) {
        let expected = format!("windows and strides of at least 1 within {height} x {width}");
        return Err(UmapError::parameter(name, expected, format!("{size:?} every {strides:?}")));
    }
    let count = |side: usize, size: u32, stride: u32| match padding {
        Padding::Valid => (side - size as usize) / stride as usize + 1,
        Padding::Same => side.div_ceil(stride as usize),
    };
    Ok([count(height, size[0], strides[0]), count(width, size[1], strides[1])])
}
