//! Whole fits of DensMAP.

use crate::oracle::{same_for_all_threads, with_threads};
use crate::resume::{finish, interrupt_within_epoch, reloaded};
use crate::transform::bits;
use umap_core::UmapError;
use umap_core::evaluate::{Beside, evaluate};
use umap_core::fuzzy::target::Target;
use umap_core::metric::Metric;
use umap_core::params::{EvaluateParams, Params, UmapParams};
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};
use umap_core::umap::{FitInputs, Fitted, UmapFit, fit};

/// Four groups of different density, far apart.
fn groups(rows: usize, cols: usize) -> Vec<f32> {
    let random = Random::new(2, Stream::Sample);
    let value = |at: usize| {
        let group = at / cols % 4;
        let noise: f32 = (0..4).map(|i| random.at(i).uniform(at as u32) - 0.5).sum();
        40.0 * f32::from(u8::from(at % cols == group)) + noise * 2_f32.powi(group as i32)
    };
    (0..rows * cols).map(value).collect()
}

fn fitted(data: &[f32], cols: usize, options: &str, target: Option<Target>) -> Fitted {
    let params = UmapParams::from_json(options).unwrap();
    let points = Points::from_slice(data, data.len() / cols, cols, params.metric()).unwrap();
    let inputs = FitInputs { target, ..FitInputs::default() };
    block_on(async |pulse| fit(points, &params, inputs, pulse).await).unwrap()
}

/// By `evaluate`, and by the radii that the fit gives.
fn correlations(data: &[f32], cols: usize, fitted: &Fitted, dims: usize) -> (f64, f64) {
    let points = Points::from_slice(data, data.len() / cols, cols, Metric::Euclidean).unwrap();
    let params = EvaluateParams::default();
    let measured =
        block_on(async |pulse| evaluate(&points, &fitted.embedding, dims, Beside::default(), &params, pulse).await);
    let radii = fitted.radii.as_ref().expect("asked for");
    let pairs = radii.input.iter().zip(&radii.embedding).map(|(&x, &y)| (f64::from(x), f64::from(y)));
    let n = radii.input.len() as f64;
    let (x, y) = pairs.clone().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / n, b + y / n));
    let sums = pairs.map(|(a, b)| ((a - x) * (b - y), (a - x).powi(2), (b - y).powi(2)));
    let (xy, xx, yy) = sums.fold((0.0, 0.0, 0.0), |s, t| (s.0 + t.0, s.1 + t.1, s.2 + t.2));
    (measured.unwrap().density_correlation.unwrap(), xy / (xx * yy).sqrt())
}

#[test]
fn the_embedding_is_dense_where_the_points_are() {
    let data = groups(600, 5);
    let options = |densmap: bool, dims: usize| {
        format!(r#"{{"nEpochs":200,"outputDens":true,"densmap":{densmap},"nComponents":{dims}}}"#)
    };
    // On a line everything has two neighbours only.
    for (dims, least) in [(1, 0.7), (2, 0.85), (3, 0.85)] {
        let of = |densmap| correlations(&data, 5, &fitted(&data, 5, &options(densmap, dims), None), dims);
        let (plain, dense) = (of(false), of(true));
        assert!(dense.0 > least && dense.1 > least, "{dims} dimensions: {dense:?}");
        assert!(plain.0 < 0.6 && plain.1 < 0.6, "{dims} dimensions: {plain:?} without densmap");
    }
}

#[test]
fn a_lambda_of_nothing_is_umap_and_so_are_the_first_epochs() {
    let data = groups(200, 5);
    let embed = |options: &str| bits(&fitted(&data, 5, options, None).embedding);
    let plain = embed(r#"{"nEpochs":50}"#);
    assert_eq!(embed(r#"{"nEpochs":50,"densmap":true,"densLambda":0}"#), plain);
    assert_eq!(embed(r#"{"nEpochs":50,"densmap":true,"densFrac":0}"#), plain);
    assert_ne!(embed(r#"{"nEpochs":50,"densmap":true,"densFrac":0.02}"#), plain, "one epoch");
}

#[test]
fn a_greater_lambda_follows_the_radii_more() {
    let data = groups(600, 5);
    let of = |lambda: f64| {
        let options = format!(r#"{{"nEpochs":200,"outputDens":true,"densmap":true,"densLambda":{lambda}}}"#);
        correlations(&data, 5, &fitted(&data, 5, &options, None), 2).1
    };
    let found = [0.1, 0.5, 2.0].map(of);
    assert!(found.is_sorted_by(|a, b| a + 0.02 < *b), "{found:?}");
}

#[test]
fn coincident_isolated_and_few_points_stay_finite() {
    let same = vec![3.0; 400];
    let mut copies = groups(200, 4);
    // Forty copies of one row: more than it has neighbours.
    (1..40).for_each(|row| copies.copy_within(0..4, row * 4));
    let mut far = groups(200, 4);
    far[..4].fill(1e6);
    for curve in ["", r#","a":1.5,"b":0.4"#, r#","a":10,"b":0.1"#, r#","minDist":0.99"#] {
        for (data, options) in [(&same, ""), (&copies, ""), (&copies, r#","init":"random""#), (&far, "")] {
            let options = format!(r#"{{"nEpochs":60,"densmap":true,"outputDens":true{options}{curve}}}"#);
            let Fitted { embedding, radii, .. } = fitted(data, 4, &options, None);
            let radii = radii.unwrap();
            let values = embedding.iter().chain(&radii.input).chain(&radii.embedding);
            assert!(values.copied().all(f32::is_finite), "{options}");
        }
    }
    for rows in 1..5 {
        let options = r#"{"nEpochs":30,"densmap":true,"outputDens":true,"nNeighbors":3}"#;
        let found = fitted(&groups(rows, 4), 4, options, None);
        assert!(found.embedding.iter().all(|x| x.is_finite()), "{rows} rows");
        assert_eq!(found.radii.unwrap().embedding.len(), rows);
    }
}

#[test]
fn rows_without_neighbors_have_no_radius_and_disturb_nobody() {
    let mut data = groups(120, 4);
    data[80..84].fill(1e4);
    let options = r#"{"nEpochs":60,"densmap":true,"outputDens":true,"disconnectionDistance":100}"#;
    let Fitted { embedding, radii, .. } = fitted(&data, 4, options, None);
    let radii = radii.unwrap();
    for row in 0..120 {
        let values = [embedding[2 * row], radii.input[row], radii.embedding[row]];
        assert!(values.iter().all(|x| x.is_nan() == (row == 20)), "row {row}: {values:?}");
    }
}

#[test]
fn targets_and_radii_go_together() {
    let data = groups(400, 5);
    let labels = Target::Labels((0..400).map(|i| i % 4).collect());
    let values = Target::Values { data: (0..400).map(|i| (i * 7 % 400) as f32).collect(), cols: 1 };
    let with = |target: Target, more: &str| {
        let options = format!(r#"{{"nEpochs":200,"outputDens":true,"densmap":true{more}}}"#);
        fitted(&data, 5, &options, Some(target))
    };
    let by_labels = with(labels, "");
    assert!(correlations(&data, 5, &by_labels, 2).1 > 0.8);
    // Edges that the target adds have no distance between points.
    let by_values = with(values, r#","targetMetric":"euclidean""#);
    assert!(by_values.embedding.iter().chain(&by_values.radii.unwrap().input).all(|x| x.is_finite()));
}

fn whole_fit(data: &[f32], options: &str) -> UmapFit {
    let params = UmapParams::from_json(options).unwrap();
    let points = Points::from_slice(data, data.len() / 5, 5, params.metric()).unwrap();
    UmapFit::new(points, params, FitInputs::default()).unwrap()
}

#[test]
fn the_bits_do_not_depend_on_threads_or_interruptions() {
    let data = groups(4000, 5);
    let options = r#"{"nEpochs":60,"nComponents":16,"init":"random","densmap":true,"densFrac":1,"outputDens":true}"#;
    let (embedding, radii) = same_for_all_threads(|| {
        let Fitted { embedding, radii, .. } = fitted(&data, 5, options, None);
        let radii = radii.unwrap();
        (bits(&embedding), bits(&[radii.input, radii.embedding].concat()))
    });
    assert!(radii.len() == 8000);
    let resumed = with_threads(1, || {
        let mut fit = whole_fit(&data, options);
        interrupt_within_epoch(&mut fit);
        finish(reloaded(&fit))
    });
    assert!(bits(&resumed) == embedding, "interrupted it has other bits");
}

#[test]
fn options_out_of_range_and_metrics_without_distances_are_refused() {
    for (options, name) in [
        (r#"{"densLambda":-1}"#, "densLambda"),
        (r#"{"densFrac":1.5}"#, "densFrac"),
        (r#"{"densVarShift":-0.1}"#, "densVarShift"),
        (r#"{"densmap":true,"metric":"inner_product"}"#, "metric"),
        (r#"{"outputDens":true,"metric":"inner_product"}"#, "metric"),
    ] {
        let error = UmapParams::from_json(options).unwrap_err();
        assert!(matches!(&error, UmapError::InvalidParameter { name: found, .. } if found == name), "{error}");
    }
}
