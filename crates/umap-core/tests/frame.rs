//! Numbers that 32-bit floats would round too much, or whose squares leave their range.

use std::sync::Arc;

use crate::model::{load_model, save};
use crate::oracle::distance;
use proptest::prelude::*;
use umap_core::fuzzy::target::{Target, TargetMetric};
use umap_core::index::NeighborIndex;
use umap_core::knn::exact;
use umap_core::metric::Metric;
use umap_core::params::{Params, SaveParams, UmapParams};
use umap_core::points::{Element, Frame, Points, PointsBuilder, Store, StoreUsed};
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};
use umap_core::transform::{Transformed, transform};
use umap_core::umap::UmapModel;
use umap_core::umap::{FitInputs, UmapFit};
use umap_core::{Result, UmapError};

const EPOCH: f64 = 1_732_660_000.0;
/// Metrics that only see differences.
const OF_DIFFERENCES: [Metric; 3] = [Metric::Euclidean, Metric::Manhattan, Metric::Chebyshev];

fn points<T: Element>(data: &[T], cols: usize, metric: Metric) -> Points {
    Points::from_slice(data, data.len() / cols, cols, metric).unwrap()
}

fn asked(data: &[f64], cols: usize, frame: &Arc<Frame>) -> Result<Points> {
    let builder = PointsBuilder::new(data.len() / cols, cols, Metric::Euclidean, StoreUsed::F32)?;
    let mut builder = builder.in_frame(Arc::clone(frame));
    builder.push(data)?;
    builder.finish()
}

/// Multiples of 1/64, exact in every sum below.
fn values(count: usize, seed: u32) -> Vec<f64> {
    let random = Random::new(seed, Stream::Noise);
    (0..count as u32).map(|i| f64::from(random.below(i, 640)) / 64.0).collect()
}

/// Column 1 of three lies far from 0.
fn far(near: &[f64]) -> Vec<f64> {
    near.iter().enumerate().map(|(i, x)| if i % 3 == 1 { x + EPOCH } else { *x }).collect()
}

fn rows_of(points: &Points) -> Vec<Vec<f32>> {
    (0..points.rows() as u32).map(|i| points.read([i], &mut Vec::new())[0].to_vec()).collect()
}

fn fitted(points: Points, options: &str) -> UmapModel {
    let params = UmapParams::from_json(options).unwrap();
    block_on(async |pulse| {
        let mut fit = UmapFit::new(points, params, FitInputs::default())?;
        fit.run(pulse).await?;
        fit.into_model(pulse)
    })
    .unwrap()
}

#[test]
fn columns_far_from_0_keep_their_neighbours_and_distances() {
    let near = values(300 * 3, 1);
    let floats: Vec<f32> = near.iter().map(|&x| x as f32).collect();
    for metric in OF_DIFFERENCES {
        let found = points(&far(&near), 3, metric.clone());
        assert!(!found.frame().is_plain());
        let knn = block_on(async |pulse| exact(&found, 8, pulse).await).unwrap();
        let expected = block_on(async |pulse| exact(&points(&near, 3, metric.clone()), 8, pulse).await).unwrap();
        assert_eq!(knn, expected, "{metric:?}");
        let (ids, distances) = knn.row(7);
        let row = |i: u32| &floats[i as usize * 3..][..3];
        for (&id, &found) in ids.iter().zip(distances) {
            assert!((f64::from(found) - distance(&metric, row(7), row(id))).abs() < 1e-5);
        }
    }
}

#[test]
fn numbers_of_64_bits_that_are_no_floats_are_kept_too() {
    let near = values(60 * 3, 2);
    let seconds: Vec<i32> = far(&near).iter().map(|&x| x as i32).collect();
    let moved: Vec<i32> =
        seconds.iter().enumerate().map(|(i, x)| if i % 3 == 1 { x - seconds[1] } else { *x }).collect();
    assert_eq!(rows_of(&points(&seconds, 3, Metric::Euclidean)), rows_of(&points(&moved, 3, Metric::Euclidean)));
}

#[test]
fn rows_far_from_0_keep_their_correlation() {
    let near = values(40 * 6, 3);
    let lifted: Vec<f64> = near.iter().enumerate().map(|(i, x)| x + 1e12 * ((i / 6) as f64 - 20.5)).collect();
    let (found, expected) = (points(&lifted, 6, Metric::Correlation), points(&near, 6, Metric::Correlation));
    for (found, expected) in rows_of(&found).concat().iter().zip(rows_of(&expected).concat()) {
        assert!((found - expected).abs() < 1e-4, "{found} {expected}");
    }
}

#[test]
fn data_of_any_size_have_the_graph_of_data_of_usual_size() {
    let near = values(400 * 3, 4);
    let expected = fitted(points(&near, 3, Metric::Euclidean), r#"{"nEpochs":1}"#).fitted;
    for exponent in [-90, -60, 60, 100] {
        let scaled: Vec<f32> = near.iter().map(|x| (x * 2f64.powi(exponent)) as f32).collect();
        let found = fitted(points(&scaled, 3, Metric::Euclidean), r#"{"nEpochs":1}"#).fitted;
        let in_size = |distance: &f32| (f64::from(*distance) * 2f64.powi(exponent)) as f32;
        assert_eq!(found.knn.indices, expected.knn.indices);
        assert!(found.knn.distances == expected.knn.distances.iter().map(in_size).collect::<Vec<f32>>());
        assert_eq!(found.fuzzy.graph.indices, expected.fuzzy.graph.indices);
        for (found, expected) in found.fuzzy.graph.data.iter().zip(&expected.fuzzy.graph.data) {
            assert!((found - expected).abs() < 1e-4, "2^{exponent}: {found} {expected}");
        }
    }
}

proptest! {
    #[test]
    fn ordinary_numbers_are_kept_as_32_bit_floats(
        rows in 1usize..20,
        cols in 1usize..6,
        seed: u32,
        scale in -8i32..14,
        offset in -100.0f64..100.0,
    ) {
        let random = Random::new(seed, Stream::Noise);
        let value = |i: u32| (f64::from(random.normal(i)) + offset) * 10f64.powi(scale);
        let mut data: Vec<f64> = (0..(rows * cols) as u32).map(value).collect();
        // As wide as the offset is far, and a tenth more.
        if rows > 1 {
            (0..cols).for_each(|col| data[cols + col] = data[col] * 0.9);
        }
        let floats: Vec<f32> = data.iter().map(|&x| x as f32).collect();
        for metric in OF_DIFFERENCES {
            let found = points(&data, cols, metric.clone());
            prop_assert!(found.frame().is_plain());
            prop_assert_eq!(rows_of(&found), rows_of(&points(&floats, cols, metric)));
        }
    }

    #[test]
    fn pieces_do_not_matter(piece in 1usize..200, rows in 2usize..30) {
        let mut data = far(&values(rows * 3, 5));
        // A column that is the same for some rows, and one that stops being far.
        data.iter_mut().step_by(3).take(rows / 2).for_each(|x| *x = EPOCH);
        data.iter_mut().skip(1).step_by(3).take(rows / 2).for_each(|x| *x = EPOCH + 0.1);
        let mut builder = PointsBuilder::new(rows, 3, Metric::Euclidean, StoreUsed::F32).unwrap();
        data.chunks(piece).for_each(|piece| builder.push(piece).unwrap());
        let (found, expected) = (builder.finish().unwrap(), points(&data, 3, Metric::Euclidean));
        prop_assert_eq!(found.frame(), expected.frame());
        prop_assert_eq!(rows_of(&found), rows_of(&expected));
    }

    #[test]
    fn rows_are_restored(exponent in -90i32..90, rows in 3usize..20) {
        let scale = 2f64.powi(exponent);
        let data: Vec<f64> = far(&values(rows * 3, 6)).iter().map(|x| x * scale).collect();
        let points = points(&data, 3, Metric::Euclidean);
        for (row, given) in rows_of(&points).iter_mut().zip(data.chunks(3)) {
            points.frame().restore(row);
            for (found, given) in row.iter().zip(given) {
                prop_assert!((f64::from(*found) - given).abs() <= 1e-6 * given.abs(), "{found} {given}");
            }
        }
    }
}

#[test]
fn new_rows_are_compared_in_the_frame_of_the_old() {
    let near = values(500 * 3, 7);
    let (data, moved) = (far(&near), near.clone());
    let model = fitted(points(&data, 3, Metric::Euclidean), r#"{"nEpochs":20,"nNeighbors":6}"#);
    let expected = fitted(points(&moved, 3, Metric::Euclidean), r#"{"nEpochs":20,"nNeighbors":6}"#);
    let place = |model: &UmapModel, new: &[f64]| {
        let new = asked(new, 3, model.space().dense().unwrap().frame()).unwrap();
        match block_on(async |pulse| transform(model, &new, pulse).await).unwrap() {
            Transformed::Embedding(places) => places,
            Transformed::Graph(_) => unreachable!("not asked for"),
        }
    };
    let places = place(&model, &data[..60]);
    assert_eq!(places, place(&expected, &moved[..60]));
    for how in [r#"{}"#, r#"{"rawData":false,"landmarks":100}"#] {
        let file = save(&model, &SaveParams::from_json(how).unwrap()).unwrap();
        let loaded = load_model(&file).unwrap();
        assert_eq!(loaded.space().dense().unwrap().frame(), model.space().dense().unwrap().frame());
        if how == "{}" {
            assert_eq!(place(&loaded, &data[..60]), places);
        }
    }
    let other = points(&data[..60], 3, Metric::Euclidean);
    let plain = points(&moved[..60], 3, Metric::Euclidean);
    assert_eq!(other.frame(), model.space().dense().unwrap().frame());
    let refused = block_on(async |pulse| transform(&model, &plain, pulse).await);
    assert!(matches!(refused, Err(UmapError::InvalidParameter { .. })), "{refused:?}");
}

#[test]
fn rows_are_added_to_an_index_in_its_frame() {
    let near = values(400 * 3, 8);
    let data = far(&near);
    let built = points(&data[..900], 3, Metric::Euclidean);
    let frame = Arc::clone(built.frame());
    let mut index = block_on(async |pulse| NeighborIndex::build(built, 5, 1, pulse).await).unwrap();
    let more = asked(&data[900..], 3, &frame).unwrap();
    block_on(async |pulse| index.add(&more, pulse).await).unwrap();
    let found = block_on(async |pulse| index.query(&more, 4, 0.0, pulse).await).unwrap();
    assert_eq!(found.indices.iter().step_by(4).copied().collect::<Vec<_>>(), (300..400).collect::<Vec<u32>>());
    assert_eq!(found.distances[0], 0.0);
    assert!(found.distances.iter().all(|&distance| distance < 4.0));
}

#[test]
fn a_value_that_is_none_in_the_frame_is_refused() {
    let tiny: Vec<f64> = values(30, 9).iter().map(|x| x * 1e-25).collect();
    let frame = Arc::clone(points(&tiny, 3, Metric::Euclidean).frame());
    let refused = asked(&[1.0, 2.0, 1e30], 3, &frame).unwrap_err();
    assert_eq!(refused, UmapError::NotFinite { what: "points", row: 0, col: 2, value: 1e30 });
    let huge: Vec<f64> = tiny.iter().map(|x| x * 1e45).collect();
    let refused = Points::stored(&huge, 10, 3, Metric::Euclidean, Store::Int8).unwrap_err().to_string();
    assert!(refused.contains("store: expected values within 1e15 of 0 for int8"), "{refused}");
}

#[test]
fn a_note_says_which_columns_stay_rounded() {
    let data = far(&values(50 * 3, 10));
    let of = |metric, store| Points::stored(&data, 50, 3, metric, store).unwrap();
    let notes = |points: Points| {
        let metric = serde_json::to_string(&points.metric().name()).unwrap();
        fitted(points, &format!(r#"{{"nEpochs":1,"metric":{metric}}}"#)).fitted.diagnostics.notes
    };
    let [note] = &notes(of(Metric::InnerProduct, Store::F32))[..] else { panic!("one note") };
    assert!(note.starts_with("columns 1 of points lie so far from 0"), "{note}");
    assert_eq!(notes(of(Metric::Euclidean, Store::F32)), Vec::<String>::new());
    assert_eq!(notes(of(Metric::Euclidean, Store::Int8)).len(), 1);
}

#[test]
fn targets_far_from_0_keep_their_differences() {
    let near = values(90, 11);
    let milliseconds: Vec<f64> = near.iter().map(|x| x + 1e3 * EPOCH).collect();
    for (metric, cols) in [(TargetMetric::Euclidean, 1), (TargetMetric::Manhattan, 3)] {
        let Target::Values { data, .. } = Target::of_numbers(&milliseconds, cols, metric).unwrap() else {
            panic!("numbers")
        };
        for (i, (found, near_by)) in data.iter().zip(&near).enumerate() {
            assert_eq!(f64::from(*found), near_by - near[i % cols]);
        }
    }
    let refused = Target::of_numbers(&[0.0, f64::NAN], 1, TargetMetric::Euclidean).unwrap_err();
    assert!(matches!(refused, UmapError::NotFinite { what: "target", row: 1, .. }), "{refused:?}");
}

#[test]
fn only_frames_load() {
    let frame = Frame::of_numbers(&[3, 1, 0, 0x41d9_0000, 2, 0, 0x3ff0_0000], 3).unwrap();
    assert_eq!(frame.numbers(), [3, 1, 0, 0x41d9_0000, 2, 0, 0x3ff0_0000]);
    for (numbers, why) in [
        (&[][..], "no exponent"),
        (&[200], "the exponent is too great"),
        (&[0, 1, 0], "half an offset"),
        (&[0, 3, 0, 0], "there is no such column"),
        (&[0, 2, 0, 0, 1, 0, 0], "columns fall"),
        (&[0, 1, 0, 0x7ff0_0000], "infinite"),
    ] {
        assert_eq!(Frame::of_numbers(numbers, 3), None, "{why}");
    }
}
