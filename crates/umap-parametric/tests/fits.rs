//! Whole fits: cancelled, saved and loaded, trained on.

use umap_core::file::Reader;
use umap_core::metric::Metric;
use umap_core::points::Points;
use umap_core::pulse::{Computation, Pulse, block_on, native_clock};
use umap_core::{Result, UmapError};
use umap_parametric::file::Loaded;
use umap_parametric::fit::{ParametricFit, ParametricFitted, ParametricInputs, ParametricModel};
use umap_parametric::params::ParametricParams;

use crate::oracle::numbers;
use crate::training::{bits, blobs, landmarks, places};

pub(crate) fn whole_fit(
    points: &Points,
    json: &str,
    model: Option<ParametricModel>,
) -> (ParametricModel, ParametricFitted) {
    block_on(async |pulse| {
        let params = ParametricParams::from_json(json)?;
        let mut fit = ParametricFit::new(points.clone(), params, ParametricInputs::default(), model)?;
        fit.run(pulse).await?;
        fit.finish(pulse)
    })
    .unwrap()
}

fn loaded(file: &[u8]) -> Result<Loaded> {
    let mut reader = Reader::default();
    reader.push(file)?;
    let contents = reader.finish()?;
    block_on(async |pulse| Loaded::read(contents, pulse).await)
}

fn saved_and_loaded(model: &ParametricModel, with_optimizer: bool) -> (ParametricModel, usize) {
    let mut file = Vec::new();
    let sink = |bytes: &[u8]| file.extend_from_slice(bytes);
    block_on(async |pulse| model.save(with_optimizer, |_| Ok(()), sink, pulse).await).unwrap();
    let Loaded::Model(loaded) = loaded(&file).unwrap() else { panic!("a model") };
    (*loaded, file.len())
}

const SHORT: &str = r#"{"nNeighbors":8,"nEpochs":50,"distillationSteps":10,"trainingSteps":10,"batchSize":50,
    "parametricReconstruction":true,"lossReportFrequency":2,"inputComponents":4,"encoder":{"layers":[{"type":"dense","units":20},
    {"type":"batchNormalization"}]}}"#;

#[test]
fn a_saved_model_goes_on_like_one_that_was_not() {
    let (first, second) = (blobs(150, 11), blobs(120, 12));
    let (model, fitted) = whole_fit(&first, SHORT, None);
    assert_eq!(model.trainer.history().len(), 4);
    let (loaded, _) = saved_and_loaded(&model, true);
    assert!(places(&loaded.trainer, &first) == fitted.embedding);
    let (whole, _) = whole_fit(&second, SHORT, Some(model.clone()));
    let (resumed, _) = whole_fit(&second, SHORT, Some(loaded));
    assert!(bits(&resumed.trainer) == bits(&whole.trainer) && bits(&whole.trainer) != bits(&model.trainer));
    assert_eq!(resumed.trainer.history(), whole.trainer.history());
    assert_eq!(whole.trainer.history().len(), 6);
    // Without the optimiser the places are the same, the training is another one.
    let (forgetful, _) = saved_and_loaded(&model, false);
    assert!(places(&forgetful.trainer, &first) == fitted.embedding);
    assert!(bits(&whole_fit(&second, SHORT, Some(forgetful)).0.trainer) != bits(&whole.trainer));
}

/// The fit, cancelled after so many ticks; None if it has ended before.
fn cancelled_after(mut fit: ParametricFit, ticks: usize) -> Option<ParametricFit> {
    let pulse = Pulse::new(native_clock);
    let within = pulse.clone();
    let mut job = Computation::new(&pulse, async move {
        let result = fit.run(&within).await;
        Ok((fit, result))
    });
    for _ in 0..=ticks {
        if job.step(-1.0).is_some() {
            return None;
        }
    }
    pulse.cancel();
    let (fit, result) = job.step(-1.0)?.unwrap();
    assert_eq!(result, Err(UmapError::Cancelled));
    Some(fit)
}

#[test]
fn an_interrupted_fit_goes_on_after_it_was_saved_and_loaded() {
    let data = numbers(150 * 6, 21);
    let json = SHORT.replacen('{', r#"{"metric":"cosine","landmarkLossWeight":0.1,"#, 1);
    let new = || {
        let points = |metric| Points::from_slice(&data, 150, 6, metric).unwrap();
        let inputs = ParametricInputs {
            rows: Some(points(Metric::Euclidean)),
            landmark_positions: Some(landmarks(150)),
            validation: Some(Points::from_slice(&data[..60], 10, 6, Metric::Euclidean).unwrap()),
            ..ParametricInputs::default()
        };
        ParametricFit::new(points(Metric::Cosine), ParametricParams::from_json(&json).unwrap(), inputs, None).unwrap()
    };
    let finished = |mut fit: ParametricFit| {
        let work = async |pulse: &Pulse| {
            fit.run(pulse).await?;
            fit.finish(pulse)
        };
        block_on(work).unwrap()
    };
    let (whole, expected) = finished(new());
    let mut interrupted = 0;
    for unfinished in (0..).step_by(17).map_while(|ticks| cancelled_after(new(), ticks)) {
        let mut file = Vec::new();
        let sink = |bytes: &[u8]| file.extend_from_slice(bytes);
        block_on(async |pulse| unfinished.save(|_| Ok(()), sink, pulse).await).unwrap();
        let Loaded::Fit(fit) = loaded(&file).unwrap() else { panic!("a fit") };
        let (model, found) = finished(*fit);
        assert!(found.embedding == expected.embedding && found.graph == expected.graph);
        assert!(bits(&model.trainer) == bits(&whole.trainer));
        assert_eq!(model.trainer.history(), whole.trainer.history());
        interrupted += 1;
    }
    assert!(interrupted > 10, "{interrupted} places");
}

/// A layer of several pieces of weights, of which some have moved when the abort comes.
#[test]
fn an_interrupted_step_goes_on_after_it_was_saved_and_loaded() {
    let points = blobs(20, 22);
    let json = r#"{"nNeighbors":5,"batchSize":4,"trainingSteps":1,"encoder":{"layers":[{"type":"dense","units":9000}]},
        "inputScaling":"none","negativeSampleRate":1}"#;
    let new = || {
        let params = ParametricParams::from_json(json).unwrap();
        ParametricFit::new(points.clone(), params, ParametricInputs::default(), None).unwrap()
    };
    let (whole, expected) = whole_fit(&points, json, None);
    assert_eq!((expected.training_steps, whole.trainer.steps()), (1, 1));
    let ended = |mut fit: ParametricFit| {
        block_on(async |pulse| {
            fit.run(pulse).await?;
            fit.finish(pulse)
        })
        .unwrap()
    };
    for unfinished in (0..).step_by(2).map_while(|ticks| cancelled_after(new(), ticks)) {
        let mut file = Vec::new();
        let sink = |bytes: &[u8]| file.extend_from_slice(bytes);
        block_on(async |pulse| unfinished.save(|_| Ok(()), sink, pulse).await).unwrap();
        let Loaded::Fit(fit) = loaded(&file).unwrap() else { panic!("a fit") };
        for fit in [*fit, unfinished] {
            let (model, found) = ended(fit);
            assert!(bits(&model.trainer) == bits(&whole.trainer));
            assert_eq!(model.trainer.history(), whole.trainer.history());
            assert_eq!(found.training_steps, 1);
        }
    }
}

#[test]
fn a_file_of_the_default_encoder_takes_less_than_a_megabyte() {
    let points = Points::from_slice(&numbers(40 * 784, 13), 40, 784, Metric::Euclidean).unwrap();
    let (model, _) = whole_fit(&points, r#"{"distillationSteps":1,"trainingSteps":1}"#, None);
    let (_, bytes) = saved_and_loaded(&model, false);
    assert!((380_000..420_000).contains(&bytes), "{bytes}");
}

#[test]
fn metrics_that_change_rows_need_them_as_given() {
    let data = numbers(60 * 5, 14);
    let points = |metric| Points::from_slice(&data, 60, 5, metric).unwrap();
    let json = r#"{"metric":"cosine","nNeighbors":5,"nEpochs":20,"distillationSteps":3,"trainingSteps":3}"#;
    let params = ParametricParams::from_json(json).unwrap();
    let without = ParametricFit::new(points(Metric::Cosine), params.clone(), ParametricInputs::default(), None);
    assert!(without.unwrap_err().to_string().contains("as they are given"));
    let inputs = ParametricInputs { rows: Some(points(Metric::Euclidean)), ..ParametricInputs::default() };
    let fitted = block_on(async |pulse| {
        let mut fit = ParametricFit::new(points(Metric::Cosine), params, inputs, None)?;
        fit.run(pulse).await?;
        fit.finish(pulse)
    });
    assert!(fitted.unwrap().1.embedding.iter().all(|place| place.is_finite()));
}

#[test]
fn options_are_one_object() {
    let params = ParametricParams::from_json(r#"{"nNeighbors":7,"learningRate":0.5,"batchSize":9}"#).unwrap();
    assert_eq!((params.umap.n_neighbors, params.training.batch_size), (7, Some(9)));
    assert_eq!((params.umap.learning_rate, params.training.learning_rate), (1.0, 0.5));
    let flat = serde_json::Value::Object(params.flat()).to_string();
    assert_eq!(ParametricParams::from_json(&flat).unwrap(), params);
    for (json, words) in [
        (r#"{"nNeighbours":7}"#, "nNeighbours"),
        (r#"{"batchSize":0}"#, "batchSize"),
        (r#"{"encoder":{"layers":[{"type":"dense"}]}}"#, "units"),
        (r#"{"densmap":true}"#, "densmap"),
    ] {
        let error = ParametricParams::from_json(json).unwrap_err().to_string();
        assert!(error.contains(words), "{json}: {error}");
    }
}

/// Weights that are finite can give places that are not.
#[test]
fn no_place_is_given_that_is_not_finite() {
    let points = blobs(60, 21);
    let (mut model, _) = whole_fit(&points, SHORT, None);
    let networks = &mut model.trainer.networks;
    let variance = networks.set("encoder.layers.1.variance", &[-1.0; 20]).unwrap_err().to_string();
    assert!(variance.contains("finite, at least 0"), "{variance}");
    let units = networks.parameters().find(|parameter| parameter.name == "layers.0.kernel").unwrap().values.len();
    networks.set("encoder.layers.0.kernel", &vec![3e38; units]).unwrap();
    networks.set("decoder.output.bias", &[3e38; 8]).unwrap();
    let (loaded, _) = saved_and_loaded(&model, false);
    for model in [model, loaded] {
        let networks = &model.trainer.networks;
        let error = block_on(async |pulse| networks.transform(&points, pulse).await).unwrap_err();
        assert!(matches!(error, UmapError::InvalidParameter { .. }), "{error}");
        assert!(error.to_string().contains("the encoder stays within 32-bit floats"), "{error}");
    }
}
