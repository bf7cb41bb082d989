//! Trainings of networks on a graph that is there.

mod limits;

use crate::oracle::numbers;
use std::rc::Rc;
use umap_core::metric::Metric;
use umap_core::params::{Params, UmapParams};
use umap_core::points::Points;
use umap_core::pulse::{Computation, Pulse, block_on, native_clock};
use umap_core::umap::{FitInputs, Fitted, fit};
use umap_core::{Result, UmapError};
use umap_parametric::model::Networks;
use umap_parametric::params::{TrainingParams, default_steps};
use umap_parametric::train::{Edges, Report, Trainer, TrainingData};

const CLUSTERS: usize = 4;

/// Four clusters in eight dimensions.
pub(crate) fn blobs(rows: usize, seed: u32) -> Points {
    let centers = numbers(CLUSTERS * 8, 77);
    let noise = numbers(rows * 8, seed);
    let value = |at: usize| 4.0 * centers[at / 8 % CLUSTERS * 8 + at % 8] + 0.6 * noise[at];
    let data: Vec<f32> = (0..rows * 8).map(value).collect();
    Points::from_slice(&data, rows, 8, Metric::Euclidean).unwrap()
}

fn umap() -> UmapParams {
    UmapParams::from_json(r#"{"nNeighbors":10,"nEpochs":100}"#).unwrap()
}

fn params(json: &str) -> TrainingParams {
    umap_core::params::from_json(json).unwrap()
}

pub(crate) fn fitted(points: &Points) -> Fitted {
    block_on(async |pulse| fit(points.clone(), &umap(), FitInputs::default(), pulse).await).unwrap()
}

pub(crate) fn trainer(points: &Points, json: &str) -> Trainer {
    let params = params(json);
    let networks = block_on(async |pulse| Networks::new(&params, points, 2, 42, pulse).await).unwrap();
    Trainer::new(networks, params, &umap())
}

fn run_to(trainer: &mut Trainer, last: u32, points: &Points, fitted: &Fitted) -> Result<()> {
    run_with(trainer, last, points, fitted, None, None)
}

fn run_with(
    trainer: &mut Trainer,
    last: u32,
    points: &Points,
    fitted: &Fitted,
    landmarks: Option<&[f32]>,
    validation: Option<&Points>,
) -> Result<()> {
    block_on(async |pulse| {
        let mut edges = Edges::new(fitted.fuzzy.graph.clone());
        edges.prepare(pulse).await?;
        let layout = Some(fitted.embedding.as_slice());
        let data =
            TrainingData { points, inputs: None, edges: &edges, layout, landmark_positions: landmarks, validation };
        trainer.run_to(last, &data, pulse).await
    })
}

pub(crate) fn bits(trainer: &Trainer) -> Vec<u32> {
    trainer.networks.parameters().flat_map(|parameter| &parameter.values).map(|weight| weight.to_bits()).collect()
}

pub(crate) fn places(trainer: &Trainer, points: &Points) -> Vec<f32> {
    block_on(async |pulse| trainer.networks.transform(points, pulse).await).unwrap()
}

const EVERYTHING: &str = r#"{"distillationSteps":6,"trainingSteps":9,"batchSize":64,"parametricReconstruction":true,
    "autoencoderLoss":true,"globalCorrelationLossWeight":0.1,"landmarkLossWeight":0.1,"lossReportFrequency":3,
    "encoder":{"layers":[{"type":"dense","units":20,"l2":0.001},{"type":"batchNormalization"},
    {"type":"dropout","rate":0.2},{"type":"dense","units":16,"activation":"tanh"}]}}"#;

pub(crate) fn landmarks(rows: usize) -> Vec<f32> {
    (0..rows * 2).map(|at| if at / 2 % 3 == 0 { (at % 7) as f32 } else { f32::NAN }).collect()
}

/// The share of rows whose nearest of `old` is of their own cluster.
fn purity(old: &[f32], places: &[f32]) -> f64 {
    let nearest = |place: &[f32]| {
        let squared = |other: &[f32]| (place[0] - other[0]).powi(2) + (place[1] - other[1]).powi(2);
        let order = |a: &(usize, &[f32]), b: &(usize, &[f32])| squared(a.1).total_cmp(&squared(b.1));
        old.chunks_exact(2).enumerate().min_by(order).expect("not empty").0
    };
    let right = places.chunks_exact(2).enumerate().filter(|(i, place)| nearest(place) % CLUSTERS == i % CLUSTERS);
    right.count() as f64 / (places.len() / 2) as f64
}

#[test]
fn a_toy_is_learned_and_new_rows_find_their_clusters() {
    let (points, new) = (blobs(200, 1), blobs(80, 2));
    let fitted = fitted(&points);
    for json in [
        r#"{"distillationSteps":300,"trainingSteps":0,"learningRate":0.005}"#,
        r#"{"distillationSteps":0,"trainingSteps":300,"learningRate":0.005,"graphLoss":"umap"}"#,
        r#"{"distillationSteps":0,"trainingSteps":300,"learningRate":0.005}"#,
        r#"{"distillationSteps":0,"trainingSteps":300,"learningRate":0.001,"optimizer":{"type":"rmsProp"}}"#,
        r#"{"distillationSteps":0,"trainingSteps":300,"learningRate":0.1,"optimizer":{"type":"sgd","momentum":0.9}}"#,
    ] {
        let mut trainer = trainer(&points, json);
        run_to(&mut trainer, u32::MAX, &points, &fitted).unwrap();
        let found = purity(&places(&trainer, &points), &places(&trainer, &new));
        assert!(found >= 0.97, "{json}: {found}");
        let losses: Vec<f64> = trainer.history().iter().map(|report| report.loss).collect();
        assert!(losses.len() == 10 && losses[9] < 0.9 * losses[0], "{json}: {losses:?}");
    }
}

#[test]
fn a_layout_is_learned_by_heart() {
    let points = blobs(60, 3);
    let fitted = fitted(&points);
    let json = r#"{"distillationSteps":2500,"trainingSteps":0,"learningRate":0.005}"#;
    let mut trainer = trainer(&points, json);
    run_to(&mut trainer, u32::MAX, &points, &fitted).unwrap();
    let found = places(&trainer, &points);
    let squares = |a: &[f32], b: &dyn Fn(usize) -> f32| {
        a.iter().enumerate().map(|(at, a)| f64::from(a - b(at)).powi(2)).sum::<f64>()
    };
    let mean = |axis: usize| fitted.embedding.iter().skip(axis).step_by(2).sum::<f32>() / 60.0;
    let means = [mean(0), mean(1)];
    let (off, spread) = (squares(&found, &|at| fitted.embedding[at]), squares(&fitted.embedding, &|at| means[at % 2]));
    assert!(off < 0.003 * spread, "{off} of {spread}");
}

#[test]
fn bits_are_the_same_for_any_number_of_threads_and_slices() {
    let points = blobs(300, 4);
    let (fitted, landmarks) = (fitted(&points), landmarks(300));
    let train = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut trainer = trainer(&points, EVERYTHING);
            run_with(&mut trainer, u32::MAX, &points, &fitted, Some(&landmarks), Some(&points)).unwrap();
            let places: Vec<u32> = places(&trainer, &points).iter().map(|place| place.to_bits()).collect();
            (bits(&trainer), places, trainer.history().to_vec())
        })
    };
    let one = train(1);
    assert!(one.0.iter().all(|&bits| f32::from_bits(bits).is_finite()));
    let has_all = |r: &Report| [r.graph, r.reconstruction, r.global_correlation, r.landmarks, r.penalty, r.validation];
    assert!(has_all(one.2.last().unwrap()).iter().all(Option::is_some), "{:?}", one.2.last());
    assert!(train(2) == one && train(4) == one);
}

#[test]
fn stopping_and_going_on_changes_no_bit() {
    let points = blobs(300, 5);
    let (fitted, landmarks) = (fitted(&points), landmarks(300));
    let mut whole = trainer(&points, EVERYTHING);
    let run = |trainer: &mut Trainer, last| run_with(trainer, last, &points, &fitted, Some(&landmarks), None).unwrap();
    run(&mut whole, u32::MAX);
    let mut parts = trainer(&points, EVERYTHING);
    for last in [2, 5, 6, 7, 11] {
        run(&mut parts, last);
    }
    assert_ne!(bits(&parts), bits(&whole));
    run(&mut parts, u32::MAX);
    assert!(bits(&parts) == bits(&whole) && parts.history() == whole.history());
    // A second training goes on from the first, its draws are its own.
    run(&mut parts, u32::MAX);
    run(&mut whole, u32::MAX);
    assert!(bits(&parts) == bits(&whole) && parts.history() == whole.history());
}

#[test]
#[expect(clippy::await_holding_refcell_ref, reason = "nobody else looks while the job runs")]
fn a_cancelled_training_goes_on_where_it_was() {
    let points = Rc::new(blobs(300, 6));
    let fitted = Rc::new(fitted(&points));
    let mut whole = trainer(&points, EVERYTHING);
    run_to(&mut whole, u32::MAX, &points, &fitted).unwrap();
    let kept = Rc::new(std::cell::RefCell::new(trainer(&points, EVERYTHING)));
    for steps in [0, 3, 40, 100, 171] {
        let pulse = Pulse::new(native_clock);
        let (points, fitted, kept, within) = (points.clone(), fitted.clone(), kept.clone(), pulse.clone());
        let mut job = Computation::new(&pulse, async move {
            let mut edges = Edges::new(fitted.fuzzy.graph.clone());
            edges.prepare(&within).await?;
            let layout = Some(fitted.embedding.as_slice());
            let data = TrainingData {
                points: &points,
                inputs: None,
                edges: &edges,
                layout,
                landmark_positions: None,
                validation: None,
            };
            kept.borrow_mut().run(&data, &within).await
        });
        let stopped = (0..=steps).find_map(|_| job.step(-1.0));
        assert!(stopped.is_none(), "every tick ends a step");
        pulse.cancel();
        assert_eq!(job.step(-1.0), Some(Err(UmapError::Cancelled)));
    }
    let mut trainer = kept.borrow().clone();
    run_to(&mut trainer, u32::MAX, &points, &fitted).unwrap();
    assert!(bits(&trainer) == bits(&whole) && trainer.history() == whole.history());
}

#[test]
fn a_decoder_gives_data_back_in_their_own_units() {
    let points = blobs(200, 7);
    let fitted = fitted(&points);
    let json = r#"{"distillationSteps":0,"trainingSteps":400,"parametricReconstruction":true,"learningRate":0.005}"#;
    let mut trainer = trainer(&points, json);
    run_with(&mut trainer, u32::MAX, &points, &fitted, None, Some(&blobs(80, 8))).unwrap();
    let places = places(&trainer, &points);
    let back = block_on(async |pulse| trainer.networks.inverse_transform(&places, pulse).await).unwrap();
    let mut scratch = Vec::new();
    let mut off = 0.0;
    for (i, back) in back.chunks_exact(8).enumerate() {
        let [row] = points.read([i as u32], &mut scratch);
        off += row.iter().zip(back).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>() / (200.0 * 8.0);
    }
    // The noise within a cluster has a variance of 0.12, the data one of 5 or so.
    assert!(off < 0.2, "mean squared error {off}");
    let validation = trainer.history().last().unwrap().validation.unwrap();
    assert!(validation < 0.1, "of scaled data: {validation}");
}

#[test]
fn steps_follow_the_rows_where_options_do_not_say_how_many() {
    let counts = [10, 1797, 10_000, 40_000, 60_000, usize::MAX].map(default_steps);
    assert_eq!(counts, [126, 1695, 4000, 8000, 8000, 8000]);
    let points = blobs(60, 9);
    let fitted = fitted(&points);
    let trained = |json: &str| {
        let json = format!(r#"{{"batchSize":10,"encoder":{{"layers":[{{"type":"dense","units":5}}]}}{json}}}"#);
        let mut trainer = trainer(&points, &json);
        run_to(&mut trainer, u32::MAX, &points, &fitted).unwrap();
        (trainer.learned(), trainer.steps(), bits(&trainer))
    };
    let default = trained("");
    assert_eq!((default.0, default.1), (309, 309));
    assert!(default == trained(r#","trainingSteps":309"#) && default == trained(r#","trainingSteps":null"#));
    // The layout's steps are others.
    let (learned, steps, _) = trained(r#","distillationSteps":7,"trainingSteps":3"#);
    assert_eq!((learned, steps), (3, 10));
}
