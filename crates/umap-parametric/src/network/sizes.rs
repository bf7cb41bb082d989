//! How much room a network takes, known before any of it is made: a description is short, whatever it describes.

use umap_core::parallel::threads;
use umap_core::{Result, memory};

use super::describe::{LayerParams, NetworkParams, Shape};

/// Numbers of values, as floats because no product of them may overflow.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sizes {
    /// Weights, and what layers know of their windows.
    pub(crate) weights: f64,
    /// Of one row at all places of the network.
    pub(crate) row: f64,
    /// What a task of the widest convolution writes out.
    task: f64,
}

impl Sizes {
    /// Of a network of this description between rows of `inputs` and rows of `outputs` values.
    pub(crate) fn of(name: &str, params: &NetworkParams, [inputs, outputs]: [usize; 2]) -> Result<Self> {
        if params.callers {
            return Ok(Self { row: (inputs + outputs) as f64, ..Self::default() });
        }
        let shapes = params.shapes(name, inputs)?;
        let last = shapes[shapes.len() - 1].len() as f64;
        let output = Self { weights: (last + 1.0) * outputs as f64, row: (inputs + outputs) as f64, task: 0.0 };
        let layers = params.layers.iter().zip(shapes.windows(2));
        Ok(layers.map(|(layer, shapes)| Self::of_layer(layer, [shapes[0], shapes[1]])).fold(output, |all, layer| {
            Self { weights: all.weights + layer.weights, row: all.row + layer.row, task: all.task.max(layer.task) }
        }))
    }

    fn of_layer(layer: &LayerParams, [before, after]: [Shape; 2]) -> Self {
        let (inputs, values, channels) = (before.len() as f64, after.len() as f64, before.channels() as f64);
        match *layer {
            // The second time after the activation.
            LayerParams::Dense { .. } => Self { weights: (inputs + 1.0) * values, row: 2.0 * values, task: 0.0 },
            LayerParams::Conv2d { filters, kernel_size, .. } => {
                let ([height, width], filters) = (kernel_size.map(f64::from), f64::from(filters));
                let (window, places) = (height * width * channels, values / filters);
                // An image with the zeros around it.
                let padded = match before {
                    Shape::Image([rows, cols, _]) => (rows as f64 + height) * (cols as f64 + width) * channels,
                    Shape::Flat(_) => 0.0,
                };
                Self {
                    weights: (window + 1.0) * filters + 2.0 * (places + window),
                    row: 2.0 * values + padded,
                    task: places * window + padded,
                }
            }
            LayerParams::BatchNormalization { .. } | LayerParams::LayerNormalization { .. } => {
                Self { weights: 4.0 * channels, row: values, task: 0.0 }
            }
            _ => Self { row: values, ..Self::default() },
        }
    }

    /// Bytes of a step of training with so many rows: values and derivatives of all places, the weights with what the
    /// optimiser remembers, and the tasks at work.
    pub(crate) fn step_bytes(&self, rows: f64) -> f64 {
        4.0 * (2.0 * rows * self.row + 5.0 * self.weights + threads() as f64 * self.task)
    }

    /// Errs unless there is room for the weights and their derivatives, and for a row.
    pub(crate) fn check_room(&self, name: &str) -> Result<()> {
        let values = 2.0 * self.weights + self.row;
        memory::claim(&format!("the {name}, with {} weights,", self.weights), (4.0 * values) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::super::describe::{Activation, Padding};
    use super::*;

    fn conv(filters: u32, size: u32) -> NetworkParams {
        let layer = LayerParams::Conv2d {
            filters,
            kernel_size: [size; 2],
            strides: [1; 2],
            padding: Padding::Same,
            activation: Activation::Relu,
            l2: 0.0,
        };
        NetworkParams { input_shape: Some([64, 64, 1]), layers: vec![layer], callers: false }
    }

    /// Such descriptions ended the module, and all other models in it.
    #[test]
    fn descriptions_of_networks_beyond_all_memory_are_refused_before_anything_is_made() {
        let units = |units: u32| NetworkParams {
            layers: vec![LayerParams::Dense { units, activation: Activation::Relu, l2: 0.0 }; 2],
            ..NetworkParams::default()
        };
        for (params, cols) in [(units(16_000_000), 1000), (conv(4000, u32::MAX), 4096)] {
            let sizes = Sizes::of("encoder", &params, [cols, 2]).unwrap();
            assert!(sizes.weights > 1e14, "{sizes:?}");
            let error = sizes.check_room("encoder").unwrap_err().to_string();
            assert!(error.starts_with("not enough memory: the encoder, with "), "{error}");
        }
        let step = Sizes::of("encoder", &conv(4000, 3), [4096, 2]).unwrap().step_bytes(2000.0);
        assert!(step > 2000.0 * 4000.0 * 4096.0 * 8.0);
    }

    #[test]
    fn sizes_are_those_of_the_network() {
        let sizes = Sizes::of("encoder", &NetworkParams::default(), [30, 2]).unwrap();
        let weights = 31 * 100 + 2 * 101 * 100 + 101 * 2;
        assert_eq!((sizes.weights, sizes.row), (f64::from(weights), 632.0));
        let random = umap_core::random::Random::new(1, umap_core::random::Stream::Networks);
        let network = umap_core::pulse::block_on(async |pulse| {
            super::super::Network::new("encoder", &NetworkParams::default(), [30, 2], random, pulse).await
        });
        let made: usize = network.unwrap().parameters().map(|parameter| parameter.values.len()).sum();
        assert_eq!(made as f64, sizes.weights);
    }
}
