//! Code of the caller's in a training: a model in the place of the encoder, a loss of landmarks.

use umap_core::error::ErrorCode;
use umap_core::metric::Metric;
use umap_core::points::Points;
use umap_core::pulse::{Computation, Pulse, Question, block_on, native_clock};
use umap_core::random::{Random, Stream};
use umap_core::{Result, UmapError};
use umap_parametric::fit::{ParametricFit, ParametricFitted, ParametricInputs, ParametricModel};
use umap_parametric::model::Networks;
use umap_parametric::network::{Network, Tape};
use umap_parametric::params::ParametricParams;

use crate::oracle::numbers;

const ROWS: usize = 90;
const COLS: usize = 5;
const RATE: f32 = 0.05;
const OPTIONS: &str = r#""trainingSteps":12,"distillationSteps":6,"nEpochs":20,"nNeighbors":8,"batchSize":40,
    "inputScaling":"none","schedule":"constant","learningRate":0.05,"optimizer":{"type":"sgd"},"landmarkLossWeight":1"#;

type Fitted = (ParametricModel, ParametricFitted);

fn points() -> Points {
    Points::from_slice(&numbers(ROWS * COLS, 3), ROWS, COLS, Metric::Euclidean).unwrap()
}

fn params(more: &str) -> ParametricParams {
    ParametricParams::from_json(&format!("{{{OPTIONS}{more}}}")).unwrap()
}

fn landmarks() -> Vec<f32> {
    (0..ROWS * 2).map(|at| if at / 2 % 4 == 0 { (at % 5) as f32 } else { f32::NAN }).collect()
}

/// A fit whose questions `answer` answers.
fn fit(more: &str, answer: impl FnMut(&Question) -> Option<Vec<f32>>) -> Result<Fitted> {
    let inputs = ParametricInputs { landmark_positions: Some(landmarks()), ..ParametricInputs::default() };
    let mut fit = ParametricFit::new(points(), params(more), inputs, None)?;
    let pulse = Pulse::new(native_clock);
    let reports = pulse.clone();
    let work = async move {
        fit.run(&reports).await?;
        fit.finish(&reports)
    };
    finish(Computation::new(&pulse, work), answer)
}

fn finish<T>(mut job: Computation<T>, mut answer: impl FnMut(&Question) -> Option<Vec<f32>>) -> Result<T> {
    loop {
        if let Some(result) = job.step(1e9) {
            return result;
        }
        if let Some(question) = job.pulse().take_question() {
            job.pulse().answer(answer(&question));
        }
    }
}

/// The package's own network as a caller's model, trained by plain gradient descent.
struct Model {
    network: Network,
    tape: Option<Tape>,
}

impl Model {
    fn new() -> Self {
        let ParametricParams { umap, training } = params("");
        let networks = block_on(async |pulse| Networks::new(&training, &points(), 2, umap.seed, pulse).await).unwrap();
        Self { network: networks.encoder, tape: None }
    }

    fn answer(&mut self, question: &Question) -> Option<Vec<f32>> {
        let values = question.matrices[0].1.clone();
        Some(match question.kind {
            "infer" => block_on(async |pulse| self.network.infer(&values, pulse).await).unwrap(),
            "forward" => {
                let random = Random::new(0, Stream::Networks);
                let tape = block_on(async |pulse| self.network.forward(values, random, pulse).await).unwrap();
                self.tape.insert(tape).output().to_vec()
            }
            "backward" => {
                let tape = self.tape.take().expect("forward comes first");
                block_on(async |pulse| self.network.backward(&tape, values, false, pulse).await).unwrap();
                self.descend();
                Vec::new()
            }
            other => panic!("{other}"),
        })
    }

    fn descend(&mut self) {
        let moved = |(weight, slope): (&f32, &f32)| weight - RATE * slope.clamp(-4.0, 4.0);
        let all: Vec<(String, Vec<f32>)> = self
            .network
            .parameters()
            .map(|p| (p.name.clone(), p.values.iter().zip(p.gradient()).map(moved).collect()))
            .collect();
        all.iter().for_each(|(name, values)| self.network.set(name, values).unwrap());
    }
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn unasked(question: &Question) -> Option<Vec<f32>> {
    panic!("asked for {}", question.kind)
}

const CALLERS: &str = r#","encoder":{"callers":true}"#;

#[test]
fn a_callers_model_learns_as_our_encoder_does_bit_for_bit() {
    let (ours, expected) = fit("", unasked).unwrap();
    let mut model = Model::new();
    let (theirs, found) = fit(CALLERS, |question| model.answer(question)).unwrap();
    assert_eq!(bits(&found.embedding), bits(&expected.embedding));
    assert_eq!(theirs.trainer.history(), ours.trainer.history());
    // What is new goes through it too.
    let pulse = Pulse::new(native_clock);
    let reports = pulse.clone();
    let work = async move { theirs.trainer.networks.transform(&points(), &reports).await };
    let places = finish(Computation::new(&pulse, work), |question| model.answer(question)).unwrap();
    assert_eq!(bits(&places), bits(&expected.embedding));
}

#[test]
fn a_decoder_of_ours_learns_beside_it() {
    let decoding = r#","parametricReconstruction":true,"autoencoderLoss":true"#;
    let (_, expected) = fit(decoding, unasked).unwrap();
    let mut model = Model::new();
    let (_, found) = fit(&format!("{CALLERS}{decoding}"), |question| model.answer(question)).unwrap();
    assert_eq!(bits(&found.embedding), bits(&expected.embedding));
}

#[test]
fn a_callers_loss_of_landmarks_acts_as_ours_of_the_same_form() {
    let (ours, expected) = fit(r#","landmarkLoss":{"type":"squared"}"#, unasked).unwrap();
    let squared = |question: &Question| {
        assert_eq!(question.kind, "landmarkLoss");
        let [(_, positions), (_, targets)] = &question.matrices[..] else { panic!("two matrices") };
        assert_eq!(positions.len(), 2 * question.rows);
        let scale = 1.0 / question.rows as f32;
        let apart: Vec<f32> = positions.iter().zip(targets).map(|(z, t)| z - t).collect();
        let loss = scale * apart.iter().map(|d| d * d).sum::<f32>();
        Some([loss].into_iter().chain(apart.iter().map(|d| 2.0 * scale * d)).collect())
    };
    let (theirs, found) = fit(r#","landmarkLoss":{"type":"function"}"#, squared).unwrap();
    assert_eq!(bits(&found.embedding), bits(&expected.embedding));
    let losses =
        |model: &ParametricModel| model.trainer.history().iter().filter_map(|r| r.landmarks).collect::<Vec<_>>();
    let (ours, theirs) = (losses(&ours), losses(&theirs));
    assert!(ours.len() == theirs.len() && !ours.is_empty());
    assert!(ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 1e-6 * a), "{ours:?} {theirs:?}");
}

#[test]
fn what_a_caller_gives_is_checked() {
    let function = r#","landmarkLoss":{"type":"function"}"#;
    let places = |question: &Question, value: f32| Some(vec![value; 2 * question.rows]);
    let error = |more: &str, answer: &dyn Fn(&Question) -> Option<Vec<f32>>| {
        let error = fit(more, answer).expect_err("refused");
        (error.code(), error.to_string())
    };
    for (more, answer, code, says) in [
        (
            CALLERS,
            &(|_: &Question| Some(vec![0_f32; 3])) as &dyn Fn(&Question) -> Option<Vec<f32>>,
            ErrorCode::ShapeMismatch,
            " x 2 values",
        ),
        (CALLERS, &|question| places(question, f32::NAN), ErrorCode::NotFinite, "encoder.forward"),
        (CALLERS, &|_| None, ErrorCode::Cancelled, "cancelled"),
        (function, &|_| Some(vec![]), ErrorCode::ShapeMismatch, "landmarkLoss: loss"),
        (function, &|_| Some(vec![1.0]), ErrorCode::ShapeMismatch, "landmarkLoss: gradient"),
        (function, &|_| Some(vec![f32::INFINITY]), ErrorCode::NotFinite, "landmarkLoss: loss"),
    ] {
        let (found, message) = error(more, answer);
        assert_eq!(found, code, "{message}");
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn a_callers_model_is_not_in_files() {
    let mut model = Model::new();
    let (theirs, _) = fit(CALLERS, |question| model.answer(question)).unwrap();
    let saved: Result<()> = block_on(async |pulse| theirs.save(false, |_| Ok(()), |_| {}, pulse).await);
    for error in [saved.expect_err("refused"), theirs.encoder_onnx().expect_err("refused")] {
        assert!(matches!(&error, UmapError::InvalidParameter { name, .. } if name == "encoder"), "{error}");
    }
    let decoder = ParametricParams::from_json(r#"{"decoder":{"callers":true}}"#).unwrap();
    assert!(ParametricFit::new(points(), decoder, ParametricInputs::default(), None).is_err());
}
