//! Whole fits with a target: bits, small data, new rows, interruptions, refusals.

use super::uniform;
use crate::model::{load, save_fit};
use crate::oracle::same_for_all_threads;
use crate::resume::in_pieces;
use umap_core::csr::Csr;
use umap_core::error::ErrorCode;
use umap_core::fuzzy::target::{Target, UNKNOWN};
use umap_core::metric::Metric;
use umap_core::params::{Params, SaveParams, UmapParams};
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::transform::{Transformed, transform};
use umap_core::umap::{FitInputs, UmapFit};
use umap_core::umap::{Loaded, UmapModel};
use umap_core::{Result, UmapError};

pub(crate) fn start(data: &[f32], cols: usize, target: Target, options: &str) -> Result<UmapFit> {
    let params = UmapParams::from_json(options).unwrap();
    let points = Points::from_slice(data, data.len() / cols, cols, params.metric()).unwrap();
    UmapFit::new(points, params, FitInputs { target: Some(target), ..FitInputs::default() })
}

pub(crate) fn finish(mut fit: UmapFit) -> UmapModel {
    block_on(async |pulse| {
        fit.run(pulse).await.unwrap();
        fit.into_model(pulse).unwrap()
    })
}

fn blobs(rows: usize) -> Vec<f32> {
    let noise = uniform(rows, 8, 11);
    noise.chunks_exact(8).enumerate().flat_map(|(i, row)| row.iter().map(move |x| x * 3.0 + (i % 4) as f32)).collect()
}

fn both_targets(rows: usize) -> [(Target, &'static str); 3] {
    let labels = (0..rows as u32).map(|i| if i % 3 == 0 { UNKNOWN } else { i % 4 }).collect();
    let values = uniform(rows, 2, 5);
    [
        (Target::Labels(labels), r#"{"nEpochs":15}"#),
        (
            Target::Values { data: values.iter().copied().step_by(2).collect(), cols: 1 },
            r#"{"nEpochs":15,"targetMetric":"l2","targetNNeighbors":40,"targetWeight":0.3}"#,
        ),
        (Target::Values { data: values, cols: 2 }, r#"{"nEpochs":15,"targetMetric":"manhattan","targetWeight":0.7}"#),
    ]
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let data = blobs(2500);
    for (target, options) in both_targets(2500) {
        same_for_all_threads(|| {
            let Fitted { graph, embedding } = fitted(start(&data, 8, target.clone(), options).unwrap());
            (graph, embedding.into_iter().map(f32::to_bits).collect::<Vec<_>>())
        });
    }
}

struct Fitted {
    graph: Csr,
    embedding: Vec<f32>,
}

fn fitted(fit: UmapFit) -> Fitted {
    let model = finish(fit);
    Fitted { graph: model.fitted.fuzzy.graph, embedding: model.fitted.embedding }
}

/// Fewer rows than neighbours, down to one.
#[test]
fn few_rows_have_places() {
    for rows in 1..=4 {
        let all = both_targets(rows);
        let known = (Target::Labels((0..rows as u32).map(|i| i % 2).collect()), r#"{"nEpochs":15}"#);
        for (target, options) in all.into_iter().skip(1).chain([known]) {
            let embedding = fitted(start(&uniform(rows, 8, 11), 8, target, options).unwrap()).embedding;
            assert!(embedding.iter().all(|x| x.is_finite()), "{rows} rows, {options}: {embedding:?}");
        }
    }
}

#[test]
fn new_rows_find_the_class_that_the_model_has_learnt() {
    let data = blobs(900);
    let (known, new) = data.split_at(600 * 8);
    let labels: Vec<u32> = (0..600).map(|i| i % 4).collect();
    let accuracy = |model: &UmapModel| {
        let points = Points::from_slice(new, 300, 8, Metric::Euclidean).unwrap();
        let Transformed::Embedding(places) = block_on(async |pulse| transform(model, &points, pulse).await).unwrap()
        else {
            panic!("places were asked for")
        };
        let nearest = |place: &[f32]| {
            let apart = |i: usize| (0..2).map(|d| (model.fitted.embedding[2 * i + d] - place[d]).powi(2)).sum::<f32>();
            (0..600).min_by(|&a, &b| apart(a).total_cmp(&apart(b))).unwrap()
        };
        let places = places.chunks_exact(2).enumerate();
        places.filter(|(i, place)| labels[nearest(place)] == (*i as u32) % 4).count() as f64 / 300.0
    };
    let model = finish(start(known, 8, Target::Labels(labels.clone()), "{}").unwrap());
    let unlabelled = UmapFit::new(
        Points::from_slice(known, 600, 8, Metric::Euclidean).unwrap(),
        UmapParams::default(),
        FitInputs::default(),
    );
    let without = accuracy(&finish(unlabelled.unwrap()));
    let with = accuracy(&model);
    assert!(with > without + 0.03, "{with} of new rows lie at their class with labels, {without} without");
}

#[test]
fn an_interrupted_fit_keeps_its_target() {
    let data = blobs(400);
    for (target, options) in both_targets(400) {
        let whole = fitted(start(&data, 8, target.clone(), options).unwrap());
        let fresh = start(&data, 8, target.clone(), options).unwrap();
        let Loaded::Fit(again) = load(&save_fit(&fresh, &SaveParams::default()).unwrap()).unwrap() else {
            panic!("it was not finished")
        };
        let again = finish(*again);
        assert_eq!(again.fitted.fuzzy.graph, whole.graph);
        assert_eq!(again.fitted.embedding, whole.embedding);
        let known = target.check(400, UmapParams::from_json(options).unwrap().target_metric).unwrap();
        assert_eq!(again.fitted.diagnostics.labelled, Some(known));
        // Cancelled, saved and loaded at every turn.
        assert_eq!(in_pieces(start(&data, 8, target, options).unwrap(), 1), whole.embedding);
    }
}

#[track_caller]
fn assert_refused(target: Target, options: &str, code: ErrorCode, message: &str) {
    let error: UmapError = start(&[0.0; 20], 2, target, options).unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert!(error.to_string().contains(message), "{error} does not contain {message}");
}

#[test]
fn targets_that_do_not_fit_are_refused() {
    let numbers = |data: Vec<f32>, cols| Target::Values { data, cols };
    let euclidean = r#"{"targetMetric":"euclidean"}"#;
    let (shape, parameter) = (ErrorCode::ShapeMismatch, ErrorCode::InvalidParameter);
    assert_refused(
        Target::Labels(vec![1; 9]),
        "{}",
        shape,
        "target: expected 10 rows, as many as the points have, got 9",
    );
    assert_refused(Target::Labels(vec![UNKNOWN; 10]), "{}", parameter, "target: expected at least one labelled row");
    assert_refused(numbers(vec![1.0; 11], 1), euclidean, shape, "got 11");
    assert_refused(numbers(vec![1.0; 15], 2), euclidean, shape, "whole rows");
    assert_refused(numbers(vec![], 0), euclidean, shape, "at least 1 number");
    assert_refused(
        Target::Labels(vec![1; 10]),
        euclidean,
        parameter,
        "targetMetric: expected categorical, for labels, got",
    );
    assert_refused(numbers(vec![1.0; 10], 1), "{}", parameter, "targetMetric: expected a metric of numbers");
    for metric in ["cosine", "correlation"] {
        let options = format!(r#"{{"targetMetric":"{metric}"}}"#);
        assert_refused(
            numbers(vec![1.0; 10], 1),
            &options,
            parameter,
            &format!("for one number per row, got {metric}"),
        );
    }
    for value in [f32::NAN, f32::INFINITY] {
        let mut data = vec![1.0; 20];
        data[13] = value;
        assert_refused(numbers(data, 2), euclidean, ErrorCode::NotFinite, "target[6, 1] is");
    }
}
