//! A network's layers as operators.

use umap_core::Result;

use super::builder::{Builder, float, int, ints};
use crate::network::{Activation, LayerParams, Network, NetworkParams, Padding, Shape};

/// A network's weights, by their names in it.
struct Weights<'a>(&'a Network);

impl Weights<'_> {
    fn of(&self, layer: &str, name: &str) -> &[f32] {
        let name = format!("{layer}.{name}");
        let found = self.0.parameters().find(|weights| weights.name == name);
        &found.expect("the network is made of this description").values
    }
}

impl Builder {
    /// Appends a network.
    pub(super) fn network(&mut self, name: &str, network: &Network, params: &NetworkParams) -> Result<()> {
        let shapes = params.shapes(name, network.inputs())?;
        let weights = Weights(network);
        for (i, (layer, sides)) in params.layers.iter().zip(shapes.windows(2)).enumerate() {
            self.layer(layer, &format!("layers.{i}"), &weights, [sides[0], sides[1]]);
        }
        let last = shapes[shapes.len() - 1].len();
        self.dense("output", &weights, [last, network.outputs()]);
        Ok(())
    }

    fn layer(&mut self, layer: &LayerParams, name: &str, weights: &Weights, [before, after]: [Shape; 2]) {
        match *layer {
            LayerParams::Dense { activation, .. } => {
                self.dense(name, weights, [before.len(), after.len()]);
                self.activation(activation);
            }
            LayerParams::Conv2d { activation, kernel_size, strides, padding, .. } => {
                self.convolution(name, weights, [image(before), image(after)], [kernel_size, strides], padding);
                self.activation(activation);
            }
            LayerParams::MaxPooling2d { pool_size } => self.pooling("MaxPool", image(before), pool_size, after),
            LayerParams::AveragePooling2d { pool_size } => self.pooling("AveragePool", image(before), pool_size, after),
            LayerParams::BatchNormalization { epsilon, .. } => {
                self.by_channel(before, |graph, channels| {
                    let of = |what| weights.of(name, what);
                    let scale = |(gamma, variance): (&f32, &f32)| gamma / (variance + epsilon as f32).sqrt();
                    let scales: Vec<f32> = of("gamma").iter().zip(of("variance")).map(scale).collect();
                    for (operator, values) in [("Sub", of("mean")), ("Mul", &scales), ("Add", of("beta"))] {
                        let values = graph.floats(name, &[channels], values);
                        graph.then(operator, &[values], vec![]);
                    }
                });
            }
            LayerParams::LayerNormalization { epsilon } => {
                self.by_channel(before, |graph, channels| {
                    let both = ["gamma", "beta"].map(|what| graph.floats(name, &[channels], weights.of(name, what)));
                    graph.then("LayerNormalization", &both, vec![int("axis", -1), float("epsilon", epsilon as f32)]);
                });
            }
            // Dropout acts in training only; rows are flat already.
            LayerParams::Dropout { .. } | LayerParams::Flatten => {}
        }
    }

    fn dense(&mut self, name: &str, weights: &Weights, sides: [usize; 2]) {
        let kernel = self.floats(&format!("{name}.kernel"), &sides, weights.of(name, "kernel"));
        let bias = self.floats(&format!("{name}.bias"), &sides[1..], weights.of(name, "bias"));
        self.then("Gemm", &[kernel, bias], vec![]);
    }

    fn activation(&mut self, activation: Activation) {
        match activation {
            Activation::Linear => {}
            Activation::Relu => self.then("Relu", &[], vec![]),
            Activation::Elu => self.then("Elu", &[], vec![float("alpha", 1.0)]),
            Activation::Tanh => self.then("Tanh", &[], vec![]),
            Activation::Sigmoid => self.then("Sigmoid", &[], vec![]),
            // An operator of its own from opset 20 on: x (1 + erf(x / sqrt 2)) / 2.
            Activation::Gelu => {
                let x = self.last();
                for (operator, value) in [("Mul", std::f32::consts::FRAC_1_SQRT_2), ("Erf", 0.0), ("Add", 1.0)] {
                    let value: Vec<String> = if operator == "Erf" { vec![] } else { vec![self.number("gelu", value)] };
                    self.then(operator, &value, vec![]);
                }
                self.then("Mul", &[x], vec![]);
                let half = self.number("gelu", 0.5);
                self.then("Mul", &[half], vec![]);
            }
        }
    }

    fn convolution(
        &mut self,
        name: &str,
        weights: &Weights,
        [input, output]: [[usize; 3]; 2],
        [size, strides]: [[u32; 2]; 2],
        padding: Padding,
    ) {
        let ([height, width], channels, filters) = (size.map(|side| side as usize), input[2], output[2]);
        // From height, width, channels, filters to filters, channels, height, width.
        let from = weights.of(name, "kernel");
        let mut kernel = Vec::with_capacity(from.len());
        for at in 0..filters * channels * height * width {
            let (x, y) = (at % width, at / width % height);
            let (channel, filter) = (at / (width * height) % channels, at / (width * height * channels));
            kernel.push(from[((y * width + x) * channels + channel) * filters + filter]);
        }
        let kernel = self.floats(&format!("{name}.kernel"), &[filters, channels, height, width], &kernel);
        let bias = self.floats(&format!("{name}.bias"), &[filters], weights.of(name, "bias"));
        let missing = [0, 1].map(|axis| match padding {
            Padding::Valid => 0,
            Padding::Same => {
                let span = (output[axis] as i64 - 1) * i64::from(strides[axis]) + i64::from(size[axis]);
                (span - input[axis] as i64).max(0)
            }
        });
        let [top, left] = missing.map(|zeros| zeros / 2);
        let pads = ints("pads", &[top, left, missing[0] - top, missing[1] - left]);
        let attributes =
            vec![ints("kernel_shape", &size.map(i64::from)), ints("strides", &strides.map(i64::from)), pads];
        self.on_images(input, output, |graph| graph.then("Conv", &[kernel, bias], attributes));
    }

    fn pooling(&mut self, operator: &str, input: [usize; 3], size: [u32; 2], after: Shape) {
        let size = size.map(i64::from);
        let attributes = vec![ints("kernel_shape", &size), ints("strides", &size)];
        self.on_images(input, image(after), |graph| graph.then(operator, &[], attributes));
    }

    /// Turns rows into images with channels first, and back.
    fn on_images(&mut self, input: [usize; 3], output: [usize; 3], work: impl FnOnce(&mut Self)) {
        self.reshape(&input);
        self.then("Transpose", &[], vec![ints("perm", &[0, 3, 1, 2])]);
        work(self);
        self.then("Transpose", &[], vec![ints("perm", &[0, 2, 3, 1])]);
        self.reshape(&[output.iter().product()]);
    }

    /// Works on rows of channels: a row, or a pixel of an image.
    fn by_channel(&mut self, shape: Shape, work: impl FnOnce(&mut Self, usize)) {
        let channels = shape.channels();
        if channels < shape.len() {
            self.reshape(&[channels]);
        }
        work(self, channels);
        if channels < shape.len() {
            self.reshape(&[shape.len()]);
        }
    }
}

fn image(shape: Shape) -> [usize; 3] {
    match shape {
        Shape::Image(sides) => sides,
        Shape::Flat(len) => [1, 1, len],
    }
}
