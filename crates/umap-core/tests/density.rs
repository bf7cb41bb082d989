//! densMAP: radii against umap-learn's, the climb against the gradient of what it climbs, and what must always hold.

use crate::oracle::{fixture, floats, numbers, order, same_for_all_threads, with_threads};
use crate::resume::{finish, is_within_epoch, reloaded, run_some};
use crate::transform::bits;
use umap_core::UmapError;
use umap_core::csr::Csr;
use umap_core::evaluate::{Beside, evaluate};
use umap_core::fuzzy::radii::log_radii;
use umap_core::fuzzy::target::Target;
use umap_core::fuzzy::{FuzzyParams, fuzzy_simplicial_set};
use umap_core::knn::KnnGraph;
use umap_core::metric::Metric;
use umap_core::optimize::density::{Density, DensityParams};
use umap_core::optimize::force::{Force, UmapForce};
use umap_core::optimize::schedule::rates;
use umap_core::params::{EvaluateParams, Params, UmapParams};
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};
use umap_core::simd::F32x4;
use umap_core::umap::{FitInputs, Fitted, UmapFit, fit};

const PARAMS: DensityParams = DensityParams { lambda: 2.0, frac: 0.3, var_shift: 0.1 };

fn nearest(points: &[f32], cols: usize, k: usize) -> KnnGraph {
    let mut graph = KnnGraph { k, ..KnnGraph::default() };
    for (row, others) in order(Metric::Euclidean, points, cols).into_iter().enumerate() {
        let nearest = std::iter::once((0.0, row)).chain(others).take(k);
        graph.indices.extend(nearest.clone().map(|(_, id)| id as u32));
        graph.distances.extend(nearest.map(|(distance, _)| distance as f32));
    }
    graph
}

#[track_caller]
fn assert_near(found: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (row, (&found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((f64::from(found) - expected).abs() <= tolerance, "row {row}: {found} is not {expected}");
    }
}

#[test]
fn radii_of_points_are_umap_learns() {
    let fixture = fixture("density");
    let knn = nearest(&floats(&fixture["points"]), 4, fixture["k"].as_u64().unwrap() as usize);
    let params = FuzzyParams {
        set_op_mix_ratio: 1.0,
        local_connectivity: 1.0,
        disconnection_distance: f32::INFINITY,
        signed_distances: false,
    };
    let radii = block_on(async |pulse| {
        let fuzzy = fuzzy_simplicial_set(&knn, params, pulse).await?;
        log_radii(&fuzzy.graph, &knn, pulse).await
    });
    assert_near(&radii.unwrap(), &numbers(&fixture["radii"]), 1e-3);
}

#[test]
fn radii_of_a_layout_are_umap_learns() {
    let fixture = fixture("density");
    let integers = |name: &str| numbers(&fixture["graph"][name]).iter().map(|&x| x as u32).collect();
    let data = floats(&fixture["graph"]["data"]);
    let graph = Csr { indptr: integers("indptr"), indices: integers("indices"), data };
    let (a, b) = (fixture["a"].as_f64().unwrap(), fixture["b"].as_f64().unwrap());
    let density = Density::new(&floats(&fixture["radii"]), a, b, PARAMS);
    let radii = block_on(async |pulse| {
        let edges = rates(&graph, 4000, pulse).await?;
        density.radii(&edges, &floats(&fixture["embedding"]), 2, pulse).await
    });
    let radii = radii.unwrap();
    // The curve is a table, within 6e-3.
    assert_near(&radii.logs(), &numbers(&fixture["layout_radii"]), 5e-3);
    let close = |found: f64, name: &str| (found / fixture[name].as_f64().unwrap() - 1.0).abs() < 2e-3;
    assert!(close(radii.variance(), "variance") && close(radii.covariance(), "covariance"), "{radii:?}");
}

/// A ring with chords and random weights.
fn ring(rows: u32) -> Csr {
    let random = Random::new(4, Stream::Sample);
    let mut graph = Csr { indptr: vec![0], ..Csr::default() };
    for i in 0..rows {
        let mut others: Vec<u32> = [1, 2, 7, rows - 7, rows - 2, rows - 1].map(|step| (i + step) % rows).to_vec();
        others.sort_unstable();
        graph.data.extend(others.iter().map(|&j| 0.05 + 0.95 * random.at(i.min(j)).uniform(i.max(j))));
        graph.indices.extend(others);
        graph.indptr.push(graph.indices.len() as u32);
    }
    graph
}

fn start(rows: u32, dims: usize, scale: f32) -> Vec<f32> {
    let random = Random::new(9, Stream::Layout);
    (0..rows * dims as u32).map(|i| scale * random.uniform(i)).collect()
}

/// What is climbed, in f64.
fn objective(edges: &Csr<u32>, wanted: &[f64], positions: &[f64], dims: usize, (a, b): (f64, f64)) -> f64 {
    let n = wanted.len() as f64;
    let radius = |i: usize| {
        let (mut sum, mut total) = (0.0, 0.0);
        for &j in edges.row(i).0 {
            let pairs = positions[i * dims..][..dims].iter().zip(&positions[j as usize * dims..][..dims]);
            let squared = pairs.map(|(x, y)| (x - y).powi(2)).sum::<f64>();
            let phi = 1.0 / (1.0 + a * squared.powf(b));
            (sum, total) = (sum + phi * squared, total + phi);
        }
        (sum / total + 1e-6 * a.powf(-1.0 / b)).ln()
    };
    let radii: Vec<f64> = (0..wanted.len()).map(radius).collect();
    let mean = radii.iter().sum::<f64>() / n;
    let variance = radii.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / n;
    let covariance = radii.iter().zip(wanted).map(|(r, w)| r * w).sum::<f64>() / n;
    let memberships = edges.data.iter().map(|&rate| f64::from(rate)).sum::<f64>() / 4_294_967_296.0;
    PARAMS.lambda * memberships * covariance / (variance + PARAMS.var_shift).sqrt()
}

#[test]
fn the_climb_is_the_gradient_of_the_correlation() {
    let rows = 40;
    let graph = ring(rows);
    let random = Random::new(6, Stream::Sample);
    let log_radii: Vec<f32> = (0..rows).map(|i| 3.0 * random.uniform(i)).collect();
    let n = f64::from(rows);
    let mean = log_radii.iter().map(|&x| f64::from(x)).sum::<f64>() / n;
    let deviation = (log_radii.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / n).sqrt();
    let wanted: Vec<f64> = log_radii.iter().map(|&x| (f64::from(x) - mean) / deviation).collect();
    for (dims, scale, (a, b)) in [(2, 3.0, (1.577, 0.895)), (3, 1.0, (0.583, 1.334)), (5, 2.0, (1.9, 0.7))] {
        let positions = start(rows, dims, scale);
        let density = Density::new(&log_radii, a, b, PARAMS);
        let base = UmapForce::new(a, b, 1.0);
        let (edges, climb) = block_on(async |pulse| {
            let edges = rates(&graph, 500, pulse).await?;
            let radii = density.radii(&edges, &positions, dims, pulse).await?;
            let force = density.force(&base, &edges, &radii, pulse).await?;
            let mut climb = vec![0.0_f64; positions.len()];
            for i in 0..rows as usize {
                for &j in edges.row(i).0 {
                    let difference = |axis: usize| positions[i * dims + axis] - positions[j as usize * dims + axis];
                    let squared = (0..dims).map(|axis| difference(axis).powi(2)).sum::<f32>();
                    let [pull, ..] = force.pull(i as u32, &[j; 4], F32x4::splat(squared)).to_array();
                    (0..dims).for_each(|axis| climb[i * dims + axis] += f64::from(pull * difference(axis)));
                }
            }
            umap_core::Result::Ok((edges, climb))
        })
        .unwrap();
        let mut positions: Vec<f64> = positions.iter().map(|&x| x.into()).collect();
        let mut value_at = |at: usize, step: f64| {
            let before = positions[at];
            positions[at] = before + step;
            let value = objective(&edges, &wanted, &positions, dims, (a, b));
            positions[at] = before;
            value
        };
        let slopes: Vec<f64> = (0..climb.len()).map(|at| (value_at(at, 1e-5) - value_at(at, -1e-5)) / 2e-5).collect();
        let norm = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>().sqrt();
        let off: Vec<f64> = climb.iter().zip(&slopes).map(|(x, y)| x - y).collect();
        assert!(norm(&off) < 0.01 * norm(&slopes), "{dims} dimensions: {} of {}", norm(&off), norm(&slopes));
    }
}

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
        let is_done = (20..).any(|slices| run_some(&mut fit, slices).unwrap() || is_within_epoch(&fit));
        assert!(is_done && is_within_epoch(&fit), "it was never interrupted within an epoch");
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
