//! New points in the embedding of a model: what must hold for every row, and where rows must land.

mod memberships;

use crate::oracle::{METRICS, integers, options_of, same_for_all_threads};
use std::rc::Rc;
use umap_core::UmapError;
use umap_core::index::NeighborIndex;
use umap_core::knn::KnnGraph;
use umap_core::metric::Metric;
use umap_core::params::{Params, UmapParams};
use umap_core::points::{Points, Store};
use umap_core::pulse::{Computation, Pulse, Stage, block_on, native_clock};
use umap_core::random::{Random, Stream};
use umap_core::transform::{Transformed, place_by_neighbors, transform};
use umap_core::umap::{FitInputs, UmapFit, UmapModel};

pub(crate) fn model(data: &[f32], cols: usize, options: &str) -> UmapModel {
    let params = UmapParams::from_json(options).unwrap();
    let points = Points::stored(data, data.len() / cols, cols, params.metric(), params.store).unwrap();
    block_on(async |pulse| {
        let mut fit = UmapFit::new(points, params, FitInputs::default())?;
        fit.run(pulse).await?;
        fit.into_model(pulse)
    })
    .unwrap()
}

pub(crate) fn placed(model: &UmapModel, data: &[f32]) -> umap_core::Result<Transformed> {
    let cols = model.space().info().cols;
    let queries = Points::stored(data, data.len() / cols, cols, model.params.metric(), Store::Auto)?;
    block_on(async |pulse| transform(model, &queries, pulse).await)
}

pub(crate) fn places(model: &UmapModel, data: &[f32]) -> Vec<f32> {
    match placed(model, data).unwrap() {
        Transformed::Embedding(places) => places,
        Transformed::Graph(_) => panic!("no places"),
    }
}

pub(crate) fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|x| x.to_bits()).collect()
}

fn options(metric: Metric, more: &str) -> String {
    format!(r#"{{"nEpochs":30,"nNeighbors":8,{}{more}}}"#, options_of(&metric))
}

/// 1797 images and their labels.
fn digits() -> (Vec<f32>, Vec<u8>) {
    let bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../datasets/digits.u8")).unwrap();
    let (pixels, labels) = bytes.split_at(1797 * 64);
    (pixels.iter().map(|&x| f32::from(x)).collect(), labels.to_vec())
}

#[test]
fn a_rows_place_is_the_same_bits_alone_in_any_order_and_on_any_number_of_threads() {
    for metric in METRICS.iter() {
        for more in ["", r#","nComponents":5"#] {
            let data = integers(500, 8, 3);
            // Some are rows of the model, one is zero, the last ones are far away.
            let mut queries = [&integers(60, 8, 4)[..], &data[..80]].concat();
            queries.extend((0..32).map(|i| 100.0 + i as f32));
            let fitted = model(&data, 8, &options(metric.clone(), more));
            let before = bits(&fitted.fitted.embedding);
            let dims = fitted.params.n_components as usize;
            let all = bits(&places(&fitted, &queries));
            for (row, expected) in queries.chunks_exact(8).zip(all.chunks_exact(dims)) {
                assert_eq!(bits(&places(&fitted, row)), expected, "{metric:?}");
            }
            let reversed: Vec<f32> = queries.chunks_exact(8).rev().flatten().copied().collect();
            let expected: Vec<u32> = all.chunks_exact(dims).rev().flatten().copied().collect();
            assert_eq!(bits(&places(&fitted, &reversed)), expected, "{metric:?}");
            assert_eq!(bits(&fitted.fitted.embedding), before);
            let threaded =
                same_for_all_threads(|| bits(&places(&model(&data, 8, &options(metric.clone(), more)), &queries)));
            assert_eq!(threaded, all, "{metric:?}");
        }
    }
}

/// In 8 bits and in 32 the same values are the same row.
#[test]
fn a_rows_place_does_not_depend_on_the_type_it_comes_in() {
    let (data, _) = digits();
    let fitted = model(&data[..400 * 64], 64, r#"{"nEpochs":20}"#);
    let asked = &data[400 * 64..420 * 64];
    let bytes: Vec<u8> = asked.iter().map(|&x| x as u8).collect();
    let as_bytes = Points::stored(&bytes, 20, 64, Metric::Euclidean, Store::Auto).unwrap();
    let Transformed::Embedding(found) = block_on(async |pulse| transform(&fitted, &as_bytes, pulse).await).unwrap()
    else {
        panic!("no places")
    };
    assert_eq!(bits(&found), bits(&places(&fitted, asked)));
}

#[test]
fn rows_of_the_model_with_a_little_noise_land_at_their_places() {
    let (data, _) = digits();
    let fitted = model(&data, 64, "{}");
    let mean = data.iter().sum::<f32>() / data.len() as f32;
    let scale = (data.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / data.len() as f32).sqrt();
    let random = Random::new(5, Stream::Sample);
    let noisy: Vec<f32> = (0..).zip(&data).map(|(i, x)| x + 1e-3 * scale * random.normal(i)).collect();
    let embedding = &fitted.fitted.embedding;
    let centre = [0, 1].map(|axis| embedding.iter().skip(axis).step_by(2).sum::<f32>() / 1797.0);
    let distance = |a: &[f32], b: &[f32]| ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)).sqrt();
    let squares: f32 = embedding.chunks_exact(2).map(|place| distance(place, &centre).powi(2)).sum();
    let radius = (squares / 1797.0).sqrt();
    let found = places(&fitted, &noisy);
    let mut moved: Vec<f32> =
        found.chunks_exact(2).zip(embedding.chunks_exact(2)).map(|(a, b)| distance(a, b)).collect();
    moved.sort_by(f32::total_cmp);
    assert!(moved[898] < 0.03 * radius, "{} of {radius}", moved[898]);
    assert!(moved[1617] < 0.1 * radius, "{} of {radius}", moved[1617]);
}

#[test]
fn new_digits_land_among_their_like() {
    let (data, labels) = digits();
    let fitted = model(&data[..1400 * 64], 64, "{}");
    let found = places(&fitted, &data[1400 * 64..]);
    let label_of_nearest = |place: &[f32]| {
        let distance = |i: &usize| {
            let own = &fitted.fitted.embedding[2 * i..];
            (own[0] - place[0]).powi(2) + (own[1] - place[1]).powi(2)
        };
        labels[(0..1400).min_by(|i, j| distance(i).total_cmp(&distance(j))).unwrap()]
    };
    let right = found.chunks_exact(2).zip(&labels[1400..]).filter(|(place, label)| label_of_nearest(place) == **label);
    let right = right.count();
    assert!(right >= 360, "{right} of 397");
}

#[test]
fn rows_of_other_lengths_are_refused() {
    let fitted = model(&integers(100, 5, 2), 5, &options(Metric::Euclidean, ""));
    let queries = Points::from_slice(&[0.0; 12], 2, 6, Metric::Euclidean).unwrap();
    let error = block_on(async |pulse| transform(&fitted, &queries, pulse).await).unwrap_err();
    assert_eq!(error.to_string(), "points: expected 5 columns as in the model, got 6");
}

#[test]
fn a_model_of_one_row_has_one_place() {
    let fitted = model(&[1.0, 2.0], 2, "{}");
    let found = places(&fitted, &[3.0, 4.0, 1.0, 2.0]);
    assert!(found.iter().all(|x| x.is_finite()), "{found:?}");
}

#[test]
fn rows_that_are_known_by_their_neighbours_get_the_same_places() {
    let data = integers(300, 6, 1);
    let fitted = model(&data, 6, r#"{"nEpochs":10,"nNeighbors":9}"#);
    let queries = integers(40, 6, 77);
    let expected = places(&fitted, &queries);
    let queries = Points::from_slice(&queries, 40, 6, Metric::Euclidean).unwrap();
    let by = |found: &KnnGraph| block_on(async |pulse| place_by_neighbors(&fitted, found, pulse).await);
    let found = block_on(async |pulse| {
        let index = NeighborIndex::build(fitted.space().dense().unwrap().clone(), 9, 42, pulse).await?;
        index.query(&queries, 9, 0.1, pulse).await
    })
    .unwrap();
    assert_eq!(bits(&by(&found).unwrap()), bits(&expected));

    let fewer = KnnGraph { k: 5, indices: vec![0; 10], distances: vec![0.0; 10] };
    assert!(matches!(by(&fewer), Err(UmapError::ShapeMismatch { .. })));
    let mut wrong = found.clone();
    wrong.indices[9 * 7 + 3] = 300;
    assert!(matches!(by(&wrong), Err(UmapError::InvalidParameter { .. })));
    let mut wrong = found;
    wrong.distances[4] = f32::NAN;
    assert!(matches!(by(&wrong), Err(UmapError::InvalidParameter { .. })));
}

/// With more neighbours than places are looked for around too.
#[test]
fn rows_stay_among_their_neighbours() {
    let data = integers(300, 6, 1);
    for k in [2, 15, 300] {
        let fitted = model(&data, 6, &format!(r#"{{"nEpochs":2,"nNeighbors":{k}}}"#));
        let found = places(&fitted, &integers(50, 6, 77));
        let side = |axis: usize| fitted.fitted.embedding.iter().skip(axis).step_by(2).copied();
        for axis in 0..2 {
            let (low, high) = (side(axis).fold(f32::MAX, f32::min), side(axis).fold(f32::MIN, f32::max));
            assert!(found.iter().skip(axis).step_by(2).all(|x| (low - 1e-4..=high + 1e-4).contains(x)), "{k}");
        }
    }
}

#[test]
fn cancelling_stops_soon_and_the_model_goes_on() {
    let data = integers(300, 6, 1);
    let fitted = Rc::new(model(&data, 6, r#"{"nEpochs":3}"#));
    let expected = places(&fitted, &data[..60]);
    let queries = Points::from_slice(&integers(50_000, 6, 2), 50_000, 6, Metric::Euclidean).unwrap();
    for stage in [Stage::Knn, Stage::Optimize] {
        let pulse = Pulse::new(native_clock);
        let (inside, queries, other) = (pulse.clone(), queries.clone(), fitted.clone());
        let mut job = Computation::new(&pulse, async move { transform(&other, &queries, &inside).await });
        while pulse.stage() != stage {
            assert!(job.step(0.0).is_none());
        }
        pulse.cancel();
        let error = (0..3).find_map(|_| job.step(0.0)).expect("it ends").unwrap_err();
        assert_eq!(error, UmapError::Cancelled);
    }
    assert_eq!(bits(&places(&fitted, &data[..60])), bits(&expected));
}
