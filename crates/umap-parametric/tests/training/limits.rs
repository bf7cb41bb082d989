//! Where trainings end, what they refuse, and that an abort is heard in large ones.

use super::{blobs, fitted, params, places, run_to, run_with, trainer, umap};
use crate::oracle::numbers;
use umap_core::metric::Metric;
use umap_core::params::Params;
use umap_core::points::Points;
use umap_core::pulse::{Pulse, block_on};
use umap_core::{Result, UmapError};
use umap_parametric::model::Networks;
use umap_parametric::scaling::Scaling;
use umap_parametric::train::{Edges, Trainer, TrainingData};

/// Milliseconds that pass between two looks at the clock, so that a batch of tasks has as few as can be.
fn slow_clock() -> f64 {
    static NOW: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    f64::from(NOW.fetch_add(1000, std::sync::atomic::Ordering::Relaxed))
}

/// How often an abort would have been heard.
fn ticks<T>(work: impl AsyncFnOnce(&Pulse) -> Result<T>) -> (T, u64) {
    let pulse = Pulse::new(slow_clock);
    pulse.work_for(0.0);
    let mut work = std::pin::pin!(work(&pulse));
    let mut ticks = 0;
    loop {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        if let std::task::Poll::Ready(result) = work.as_mut().poll(&mut context) {
            return (result.unwrap(), ticks);
        }
        ticks += 1;
    }
}

/// An abort had to wait for the first weights, for a step of the optimiser, and for passes over a thousand rows of any width.
#[test]
fn an_abort_is_heard_within_huge_networks_and_wide_rows() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    pool.install(|| {
        let points = blobs(20, 4);
        let json = r#"{"trainingSteps":1,"batchSize":1,"encoder":{"layers":[{"type":"dense","units":500000}]},
            "inputScaling":"none"}"#;
        let umap = umap();
        let (networks, found) = ticks(async |pulse| Networks::new(&params(json), &points, 2, 42, pulse).await);
        // 4 million weights, in 122 pieces, two at a time.
        assert!(found > 61, "first weights: {found} ticks");
        let fitted = fitted(&points);
        let mut trainer = Trainer::new(networks, params(json), &umap);
        let (_, found) = ticks(async |pulse| {
            let mut edges = Edges::new(fitted.fuzzy.graph.clone());
            edges.prepare(pulse).await?;
            let data = TrainingData {
                points: &points,
                inputs: None,
                edges: &edges,
                layout: None,
                landmark_positions: None,
                validation: None,
            };
            trainer.run(&data, pulse).await
        });
        assert!(found > 200, "a step: {found} ticks");
        let (rows, cols) = (3, 3 << 19);
        let wide = Points::from_slice(&numbers(rows * cols, 5), rows, cols, Metric::Euclidean).unwrap();
        let (_, found) = ticks(async |pulse| Scaling::of(&wide, pulse).await);
        assert!(found >= 6, "wide rows: {found} ticks");
    });
}

/// A pass in several rounds, as wide rows have them, has the sums of one.
#[test]
fn scaling_has_the_same_sums_in_rounds() {
    let (rows, cols) = (1100, 2000);
    let data = numbers(rows * cols, 6);
    let points = Points::from_slice(&data, rows, cols, Metric::Euclidean).unwrap();
    let found = block_on(async |pulse| Scaling::of(&points, pulse).await).unwrap();
    for col in 0..cols {
        let sum = |rows: std::ops::Range<usize>| rows.map(|row| f64::from(data[row * cols + col])).sum::<f64>();
        assert_eq!(found.mean[col], ((sum(0..1024) + sum(1024..rows)) / rows as f64) as f32);
    }
}

#[test]
fn early_stopping_stops() {
    let points = blobs(100, 9);
    let fitted = fitted(&points);
    let json = r#"{"distillationSteps":0,"trainingSteps":100,"learningRate":1e-9,"lossReportFrequency":50,
        "earlyStopping":{"patience":3,"minDelta":10}}"#;
    let mut trainer = trainer(&points, json);
    run_to(&mut trainer, u32::MAX, &points, &fitted).unwrap();
    assert_eq!(trainer.history().len(), 4);
}

#[test]
fn what_cannot_be_trained_is_said() {
    let points = blobs(100, 10);
    let fitted = fitted(&points);
    let mut diverging = trainer(
        &points,
        r#"{"distillationSteps":0,"trainingSteps":100,"learningRate":1e20,"optimizer":{"type":"sgd"},"clipValue":1e20,
            "encoder":{"layers":[]}}"#,
    );
    let error = run_to(&mut diverging, u32::MAX, &points, &fitted).unwrap_err();
    assert!(error.to_string().contains("learningRate"), "{error}");
    let mut short = trainer(&points, "{}");
    let error = run_with(&mut short, 1, &points, &fitted, Some(&[1.0; 7]), None).unwrap_err();
    assert!(error.to_string().contains("landmarkPositions: expected 100 x 2 values, got 7"), "{error}");
    for (json, words) in [
        (r#"{"batchSize":0}"#, "batchSize"),
        (r#"{"learningRate":0}"#, "learningRate"),
        (r#"{"optimizer":{"type":"adam","beta1":1}}"#, "optimizer.beta1"),
        (r#"{"landmarkLoss":{"type":"truncated","limit":0}}"#, "landmarkLoss.limit"),
        (r#"{"earlyStopping":{"patience":0}}"#, "earlyStopping.patience"),
    ] {
        let error = params(json).validate().unwrap_err().to_string();
        assert!(error.contains(words), "{json}: {error}");
    }
    let places = block_on(async |pulse| short.networks.inverse_transform(&[0.0; 2], pulse).await);
    assert!(matches!(places, Err(UmapError::NotFitted(_))));
}

/// They ended the module, and all other models in it.
#[test]
fn batches_beyond_all_memory_are_refused() {
    let points = blobs(60, 3);
    let fitted = fitted(&points);
    let mut trainer = trainer(&points, r#"{"batchSize":4000000000}"#);
    let error = run_to(&mut trainer, 1, &points, &fitted).unwrap_err();
    assert!(matches!(error, UmapError::OutOfMemory { .. }), "{error}");
    assert!(error.to_string().contains("a batch of 4000000000 edges"), "{error}");
    assert_eq!(trainer.steps(), 0);
}

/// Of a layer of so many values few rows go through at a time.
#[test]
fn wide_networks_place_rows_as_narrow_ones_do() {
    let points = blobs(40, 4);
    let wide = r#"{"encoder":{"layers":[{"type":"dense","units":1000000,"activation":"tanh"}]},"inputComponents":0}"#;
    let trainer = trainer(&points, wide);
    let all = places(&trainer, &points);
    let one = Points::from_slice(
        &(0..8).map(|col| points.read([39], &mut Vec::new())[0][col]).collect::<Vec<_>>(),
        1,
        8,
        Metric::Euclidean,
    );
    assert_eq!(places(&trainer, &one.unwrap()), all[78..]);
}
