//! Networks in f64, one value after the other.

use std::collections::BTreeMap;

use umap_core::random::{Random, Stream};
use umap_parametric::network::{Activation, LayerParams, Network, NetworkParams, Padding};

/// Weights by name.
pub(crate) type Weights = BTreeMap<String, Vec<f64>>;

pub(crate) fn weights(network: &Network) -> Weights {
    network.parameters().map(|p| (p.name.clone(), p.values.iter().map(|&w| w.into()).collect())).collect()
}

/// Numbers between -1 and 1.
pub(crate) fn numbers(len: usize, seed: u32) -> Vec<f32> {
    (0..len as u32).map(|i| 2.0 * Random::new(seed, Stream::Sample).uniform(i) - 1.0).collect()
}

pub(crate) fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| value.into()).collect()
}

/// The output of a training pass without dropout.
pub(crate) fn forward(params: &NetworkParams, weights: &Weights, x: &[f64], rows: usize, outputs: usize) -> Vec<f64> {
    let mut shape = params.input_shape.map_or([1, 1, x.len() / rows], |sides| sides.map(|side| side as usize));
    let mut values = x.to_vec();
    for (i, layer) in params.layers.iter().enumerate() {
        let weight = |what: &str| weights[&format!("layers.{i}.{what}")].as_slice();
        (values, shape) = match *layer {
            LayerParams::Dense { units, activation, .. } => {
                let y = dense(&values, rows, weight("kernel"), weight("bias"));
                (activate(y, activation), [1, 1, units as usize])
            }
            LayerParams::Conv2d { kernel_size, strides, padding, activation, .. } => {
                let (y, shape) =
                    conv(&values, rows, shape, kernel_size, strides, padding, weight("kernel"), weight("bias"));
                (activate(y, activation), shape)
            }
            LayerParams::MaxPooling2d { pool_size } => {
                pool(&values, rows, shape, pool_size, |window| window.iter().copied().fold(f64::NEG_INFINITY, f64::max))
            }
            LayerParams::AveragePooling2d { pool_size } => {
                pool(&values, rows, shape, pool_size, |window| window.iter().sum::<f64>() / window.len() as f64)
            }
            LayerParams::BatchNormalization { epsilon, .. } => {
                let channels = shape[2];
                let mut y = values.clone();
                for c in 0..channels {
                    let column: Vec<f64> = values.iter().skip(c).step_by(channels).copied().collect();
                    let normalized = normalize(&column, epsilon);
                    for (y, x) in y.iter_mut().skip(c).step_by(channels).zip(normalized) {
                        *y = x * weight("gamma")[c] + weight("beta")[c];
                    }
                }
                (y, shape)
            }
            LayerParams::LayerNormalization { epsilon } => {
                let rows = values.chunks_exact(shape[2]).flat_map(|row| {
                    let affine = weight("gamma").iter().zip(weight("beta"));
                    normalize(row, epsilon).into_iter().zip(affine).map(|(x, (g, b))| x * g + b).collect::<Vec<_>>()
                });
                (rows.collect(), shape)
            }
            LayerParams::Dropout { .. } | LayerParams::Flatten => (values, shape),
        };
    }
    let y = dense(&values, rows, &weights["output.kernel"], &weights["output.bias"]);
    assert_eq!(y.len(), rows * outputs);
    y
}

fn dense(x: &[f64], rows: usize, kernel: &[f64], bias: &[f64]) -> Vec<f64> {
    let (inputs, units) = (x.len() / rows, bias.len());
    let at = |i: usize, j: usize| (0..inputs).map(|k| x[i * inputs + k] * kernel[k * units + j]).sum::<f64>() + bias[j];
    (0..rows * units).map(|place| at(place / units, place % units)).collect()
}

#[allow(clippy::too_many_arguments, reason = "a plain definition")]
fn conv(
    x: &[f64],
    rows: usize,
    [height, width, channels]: [usize; 3],
    size: [u32; 2],
    strides: [u32; 2],
    padding: Padding,
    kernel: &[f64],
    bias: &[f64],
) -> (Vec<f64>, [usize; 3]) {
    let (filters, sides) = (bias.len(), [height, width]);
    let plan = |axis: usize| {
        let (side, size, stride) = (sides[axis] as i64, i64::from(size[axis]), i64::from(strides[axis]));
        match padding {
            Padding::Valid => ((side - size) / stride + 1, 0),
            Padding::Same => {
                let places = (side + stride - 1) / stride;
                (places, ((places - 1) * stride + size - side).max(0) / 2)
            }
        }
    };
    let ((out_height, top), (out_width, left)) = (plan(0), plan(1));
    let mut y = Vec::new();
    for row in 0..rows {
        for place in 0..out_height * out_width {
            for filter in 0..filters {
                let mut sum = bias[filter];
                for ky in 0..i64::from(size[0]) {
                    for kx in 0..i64::from(size[1]) {
                        let at_y = place / out_width * i64::from(strides[0]) + ky - top;
                        let at_x = place % out_width * i64::from(strides[1]) + kx - left;
                        if !(0..height as i64).contains(&at_y) || !(0..width as i64).contains(&at_x) {
                            continue;
                        }
                        for channel in 0..channels {
                            let pixel = (row * height + at_y as usize) * width + at_x as usize;
                            let place = (ky * i64::from(size[1]) + kx) as usize * channels + channel;
                            sum += x[pixel * channels + channel] * kernel[place * filters + filter];
                        }
                    }
                }
                y.push(sum);
            }
        }
    }
    (y, [out_height as usize, out_width as usize, filters])
}

fn pool(
    x: &[f64],
    rows: usize,
    [height, width, channels]: [usize; 3],
    size: [u32; 2],
    of: impl Fn(&[f64]) -> f64,
) -> (Vec<f64>, [usize; 3]) {
    let [tall, wide] = size.map(|side| side as usize);
    let (out_height, out_width) = (height / tall, width / wide);
    let mut y = Vec::new();
    for row in 0..rows {
        for place in 0..out_height * out_width {
            for channel in 0..channels {
                let pixels = (0..tall * wide).map(|at| {
                    let (at_y, at_x) = (place / out_width * tall + at / wide, place % out_width * wide + at % wide);
                    x[((row * height + at_y) * width + at_x) * channels + channel]
                });
                y.push(of(&pixels.collect::<Vec<_>>()));
            }
        }
    }
    (y, [out_height, out_width, channels])
}

fn normalize(x: &[f64], epsilon: f64) -> Vec<f64> {
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / x.len() as f64;
    x.iter().map(|x| (x - mean) / (variance + epsilon).sqrt()).collect()
}

fn activate(x: Vec<f64>, activation: Activation) -> Vec<f64> {
    let f = |x: f64| match activation {
        Activation::Linear => x,
        Activation::Relu => x.max(0.0),
        Activation::Elu => {
            if x > 0.0 {
                x
            } else {
                libm::expm1(x)
            }
        }
        Activation::Gelu => 0.5 * x * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2),
        Activation::Tanh => libm::tanh(x),
        Activation::Sigmoid => 1.0 / (1.0 + libm::exp(-x)),
    };
    x.into_iter().map(f).collect()
}

/// The derivative of `f` with respect to its argument's value number `at`.
pub(crate) fn slope(values: &[f64], at: usize, f: impl Fn(&[f64]) -> f64) -> f64 {
    let step = 1e-6;
    let mut moved = values.to_vec();
    moved[at] = values[at] + step;
    let above = f(&moved);
    moved[at] = values[at] - step;
    (above - f(&moved)) / (2.0 * step)
}

/// Holds derivatives against finite differences: each within 1e-4 of the greatest.
pub(crate) fn assert_slopes(name: &str, found: &[f32], values: &[f64], f: impl Fn(&[f64]) -> f64) {
    assert_eq!(found.len(), values.len(), "{name}");
    let greatest = found.iter().fold(0.0_f32, |a, b| a.max(b.abs())).max(1e-6);
    for at in (0..values.len()).step_by(values.len().div_ceil(60)) {
        let expected = slope(values, at, &f);
        let error = (f64::from(found[at]) - expected).abs();
        assert!(error < 1e-4 * f64::from(greatest), "{name}[{at}]: {} instead of {expected}", found[at]);
    }
    assert!(greatest > 1e-6, "{name}: nothing depends on it");
}
