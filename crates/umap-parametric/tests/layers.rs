//! Every layer: its values and its derivatives.

use crate::oracle::{assert_slopes, forward, numbers, weights, wide};
use umap_core::Result;
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};
use umap_parametric::network::{LayerParams, Network, NetworkParams};

const ROWS: usize = 7;
const OUTPUTS: usize = 3;

fn random() -> Random {
    Random::new(3, Stream::Networks)
}

fn network(params: &NetworkParams, sides: [usize; 2]) -> Result<Network> {
    block_on(async |pulse| Network::new("encoder", params, sides, random(), pulse).await)
}

/// Values of a training pass are the oracle's; derivatives of a sum of weighted outputs are its finite differences, for all
/// weights and for the input.
fn check(json: &str, inputs: usize) {
    let params: NetworkParams = umap_core::params::from_json(json).unwrap();
    let mut network = network(&params, [inputs, OUTPUTS]).unwrap();
    let names: Vec<(String, usize)> = network.parameters().map(|p| (p.name.clone(), p.values.len())).collect();
    for (i, (name, len)) in names.iter().enumerate() {
        let start = weights(&network)[name].clone();
        let moved: Vec<f32> = numbers(*len, 50 + i as u32).iter().zip(start).map(|(x, w)| w as f32 + 0.2 * x).collect();
        network.set(name, &moved).unwrap();
    }
    let (x, shares) = (numbers(ROWS * inputs, 1), numbers(ROWS * OUTPUTS, 2));
    let (tape, dx) = block_on(async |pulse| {
        let tape = network.forward(x.clone(), random(), pulse).await.unwrap();
        let dx = network.backward(&tape, shares.clone(), true, pulse).await.unwrap();
        (tape, dx)
    });
    let all = weights(&network);
    let expected = forward(&params, &all, &wide(&x), ROWS, OUTPUTS);
    for (at, (found, expected)) in tape.output().iter().zip(&expected).enumerate() {
        assert!((f64::from(*found) - expected).abs() < 1e-5, "{json}[{at}]: {found} instead of {expected}");
    }
    let sum = |y: &[f64]| y.iter().zip(&shares).map(|(y, share)| y * f64::from(*share)).sum::<f64>();
    assert_slopes(json, &dx, &wide(&x), |x| sum(&forward(&params, &all, x, ROWS, OUTPUTS)));
    for parameter in network.parameters().filter(|parameter| parameter.is_trained()) {
        let name = format!("{json}: {}", parameter.name);
        assert_slopes(&name, parameter.gradient(), &all[&parameter.name], |values| {
            let mut moved = all.clone();
            moved.insert(parameter.name.clone(), values.to_vec());
            sum(&forward(&params, &moved, &wide(&x), ROWS, OUTPUTS))
        });
    }
}

#[test]
fn dense_layers_with_every_activation() {
    for activation in ["linear", "relu", "elu", "gelu", "tanh", "sigmoid"] {
        let json = format!(r#"{{"layers":[{{"type":"dense","units":9,"activation":"{activation}"}}]}}"#);
        check(&json, 5);
    }
    check(r#"{"layers":[]}"#, 4);
    check(r#"{"layers":[{"type":"dense","units":12},{"type":"dense","units":3,"activation":"tanh"}]}"#, 6);
}

#[test]
fn normalisations() {
    for kind in ["batchNormalization", "layerNormalization"] {
        check(&format!(r#"{{"layers":[{{"type":"dense","units":6}},{{"type":"{kind}"}}]}}"#), 5);
        let image = format!(r#"{{"inputShape":[3,4,2],"layers":[{{"type":"{kind}","epsilon":0.1}}]}}"#);
        check(&image, 24);
    }
}

#[test]
fn convolutions() {
    let conv = |shape: [u32; 3], rest: &str| {
        let json = format!(r#"{{"inputShape":{shape:?},"layers":[{{"type":"conv2d","filters":3,{rest}}}]}}"#);
        check(&json, shape.iter().product::<u32>() as usize);
    };
    conv([5, 6, 2], r#""kernelSize":[3,2]"#);
    conv([5, 6, 1], r#""kernelSize":[3,3],"padding":"same","activation":"linear""#);
    conv([6, 5, 2], r#""kernelSize":[2,3],"strides":[2,2],"padding":"same","activation":"elu""#);
    conv([7, 5, 2], r#""kernelSize":[3,2],"strides":[2,1],"activation":"tanh""#);
}

#[test]
fn pooling_and_whole_stacks() {
    check(r#"{"inputShape":[5,6,2],"layers":[{"type":"maxPooling2d"}]}"#, 60);
    check(r#"{"inputShape":[6,5,2],"layers":[{"type":"averagePooling2d","poolSize":[3,2]}]}"#, 60);
    let stack = r#"{"inputShape":[8,8,1],"layers":[{"type":"conv2d","filters":4,"kernelSize":[3,3],"padding":"same"},
        {"type":"maxPooling2d"},{"type":"batchNormalization"},
        {"type":"conv2d","filters":3,"kernelSize":[3,3],"activation":"gelu"},{"type":"flatten"},
        {"type":"dense","units":8,"activation":"sigmoid"},{"type":"layerNormalization"}]}"#;
    check(stack, 64);
}

#[test]
fn dropout_scales_what_it_keeps_and_its_derivatives_alike() {
    let cols = 40;
    let params = NetworkParams { layers: vec![LayerParams::Dropout { rate: 0.4 }], ..NetworkParams::default() };
    let mut network = network(&params, [cols, cols]).unwrap();
    let identity: Vec<f32> = (0..cols * cols).map(|at| if at % (cols + 1) == 0 { 1.0 } else { 0.0 }).collect();
    network.set("output.kernel", &identity).unwrap();
    let x = vec![2.0; 100 * cols];
    let (y, dx, other, inferred) = block_on(async |pulse| {
        let tape = network.forward(x.clone(), random(), pulse).await.unwrap();
        let dx = network.backward(&tape, vec![1.0; x.len()], true, pulse).await.unwrap();
        let other = network.forward(x.clone(), random().at(1), pulse).await.unwrap().output().to_vec();
        (tape.output().to_vec(), dx, other, network.infer(&x, pulse).await.unwrap())
    });
    let dropped = y.iter().filter(|y| **y == 0.0).count();
    assert!(y.iter().all(|&y| y == 0.0 || (y - 2.0 / 0.6).abs() < 1e-6));
    assert!((1480..=1720).contains(&dropped), "{dropped} of 4000 with a rate of 0.4");
    assert!(y.iter().zip(&dx).all(|(y, dx)| (y / 2.0 - dx).abs() < 1e-6));
    assert!(y != other && inferred == x);
}

#[test]
fn batch_normalisation_remembers_its_batches() {
    let params: NetworkParams =
        umap_core::params::from_json(r#"{"layers":[{"type":"batchNormalization","momentum":0.5}]}"#).unwrap();
    let network = network(&params, [2, 1]).unwrap();
    let names: Vec<&str> = network.parameters().map(|parameter| parameter.name.as_str()).collect();
    assert_eq!(
        names,
        ["layers.0.gamma", "layers.0.beta", "layers.0.mean", "layers.0.variance", "output.kernel", "output.bias"]
    );
}

#[test]
fn what_does_not_fit_is_said() {
    let refused = |json: &str, inputs: usize, words: &str| {
        let made = umap_core::params::from_json::<NetworkParams>(json).and_then(|params| network(&params, [inputs, 2]));
        let error = made.expect_err(json).to_string();
        assert!(error.contains(words), "{json}: {error}");
    };
    refused(
        r#"{"layers":[{"type":"dense","units":0}]}"#,
        4,
        "encoder.layers[0].units: expected an integer, at least 1",
    );
    refused(r#"{"layers":[{"type":"dropout","rate":1}]}"#, 4, "layers[0].rate");
    refused(r#"{"inputShape":[2,3,1],"layers":[]}"#, 4, "encoder.inputShape: expected height x width x channels = 4");
    refused(r#"{"layers":[{"type":"conv2d","filters":2,"kernelSize":[3,3]}]}"#, 4, "an image before it");
    refused(r#"{"inputShape":[2,2,1],"layers":[{"type":"conv2d","filters":2,"kernelSize":[3,3]}]}"#, 4, "within 2 x 2");
    refused(r#"{"layers":[{"type":"lstm"}]}"#, 4, "lstm");
    refused(r#"{"layers":[{"type":"dense","units":3,"activaton":"relu"}]}"#, 4, "activaton");
    let mut network = network(&NetworkParams::default(), [4, 2]).unwrap();
    assert!(network.set("layers.9.kernel", &[]).unwrap_err().to_string().contains("layers.0.kernel"));
    assert!(network.set("output.bias", &[1.0]).unwrap_err().to_string().contains("[2]"));
    assert!(network.set("output.bias", &[1.0, f32::NAN]).is_err());
}
