//! Every stage against the reference answers in test/fixtures, which scripts/fixtures.py had umap-learn, scikit-learn and
//! scipy compute.

use serde_json::Value;
use umap_core::csr::Csr;
use umap_core::curve::find_ab;
use umap_core::evaluate::{Evaluation, evaluate};
use umap_core::fuzzy::{FuzzyGraph, FuzzyParams, fuzzy_simplicial_set};
use umap_core::init::initial_layout;
use umap_core::knn::{KnnGraph, NONE, exact};
use umap_core::metric::Metric;
use umap_core::params::{EvaluateParams, Init, UmapParams};
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::umap::{FitInputs, fit};

fn path(name: &str) -> String {
    format!("{}/../../test/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn fixture(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path(name)).unwrap()).unwrap()
}

/// The numbers of an array of any depth in order; null is infinite.
fn numbers(value: &Value) -> Vec<f64> {
    match value.as_array() {
        Some(items) => items.iter().flat_map(numbers).collect(),
        None => vec![value.as_f64().unwrap_or(f64::INFINITY)],
    }
}

fn floats(value: &Value) -> Vec<f32> {
    numbers(value).iter().map(|&x| x as f32).collect()
}

fn array(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn points(value: &Value, metric: Metric) -> Points {
    let rows = array(value);
    Points::from_slice(&floats(value), rows.len(), array(&rows[0]).len(), metric).unwrap()
}

fn csr(value: &Value) -> Csr {
    let integers = |key: &str| numbers(&value[key]).iter().map(|&x| x as u32).collect();
    Csr { indptr: integers("indptr"), indices: integers("indices"), data: floats(&value["data"]) }
}

#[track_caller]
fn assert_close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found} is not {expected} within {tolerance}");
}

#[test]
fn curve() {
    for row in array(&fixture("curve.json")["table"]) {
        let (spread, min_dist) = (row["spread"].as_f64().unwrap(), row["min_dist"].as_f64().unwrap());
        let (a, b) = find_ab(spread, min_dist);
        let what = format!("spread {spread}, min_dist {min_dist}");
        assert_close(a / row["a"].as_f64().unwrap(), 1.0, 1e-4, &what);
        assert_close(b / row["b"].as_f64().unwrap(), 1.0, 1e-4, &what);
    }
}

#[test]
fn neighbours_of_every_metric() {
    let all = fixture("knn.json");
    let k = all["k"].as_u64().unwrap() as usize;
    for (name, expected) in all["metrics"].as_object().unwrap() {
        let metric: Metric = serde_json::from_value(name.as_str().into()).unwrap();
        let points = points(&all["points"], metric);
        let found = block_on(async |pulse| exact(&points, k + 1, pulse).await).unwrap();
        for (i, distances) in array(&expected["distances"]).iter().enumerate() {
            let (_, row) = found.row(i);
            for (at, (&found, expected)) in row[1..].iter().zip(numbers(distances)).enumerate() {
                // pynndescent caps `dot` at 1 and puts two zero rows at 1; ours is the cosine distance throughout.
                let tells = metric != Metric::Dot || expected < 1.0;
                let what = format!("{name}, row {i}, neighbour {at}");
                if tells && (metric != Metric::Dot || found > 1e-3) {
                    assert_close(found.into(), expected, 2e-5 * expected.abs().max(1.0), &what);
                }
            }
        }
    }
}

fn fuzzy(fixture: &Value, mix: f64, local_connectivity: f64) -> FuzzyGraph {
    let indices = numbers(&fixture["indices"]).iter().map(|&i| if i < 0.0 { NONE } else { i as u32 }).collect();
    let knn =
        KnnGraph { k: fixture["k"].as_u64().unwrap() as usize, indices, distances: floats(&fixture["distances"]) };
    let params = FuzzyParams {
        set_op_mix_ratio: mix,
        local_connectivity,
        disconnection_distance: f32::INFINITY,
        signed_distances: false,
    };
    block_on(async |pulse| fuzzy_simplicial_set(&knn, params, pulse).await).unwrap()
}

#[track_caller]
fn assert_same_graph(found: &Csr, expected: &Csr, what: &str) {
    assert_eq!(found.indptr, expected.indptr, "{what}");
    assert_eq!(found.indices, expected.indices, "{what}");
    for (&found, &expected) in found.data.iter().zip(&expected.data) {
        assert_close(found.into(), expected.into(), 5e-5, what);
    }
}

#[test]
fn fuzzy_union_and_intersection() {
    let all = fixture("fuzzy.json");
    for case in array(&all["union"]) {
        let (mix, local) = (case["set_op_mix_ratio"].as_f64().unwrap(), case["local_connectivity"].as_f64().unwrap());
        let what = format!("mix {mix}, local connectivity {local}");
        assert_same_graph(&fuzzy(&all, mix, local).graph, &csr(&case["graph"]), &what);
    }
}

#[test]
fn fuzzy_with_missing_neighbours() {
    let all = fixture("fuzzy_disconnected.json");
    let found = fuzzy(&all, 1.0, 1.0);
    assert_same_graph(&found.graph, &csr(&all["graph"]), "disconnected");
    assert_eq!(found.disconnected, [7]);
}

/// Whether `found` (from 0 to 10) is `expected` shifted and scaled, in either direction.
#[track_caller]
fn assert_same_axis(found: &[f64], expected: &[f64], what: &str) {
    let (low, high) = expected.iter().fold((f64::MAX, f64::MIN), |(l, h), &x| (l.min(x), h.max(x)));
    let scaled: Vec<f64> = expected.iter().map(|x| (x - low) / (high - low) * 10.0).collect();
    let off = |flip: bool| {
        let pairs = found.iter().zip(&scaled);
        pairs.map(|(f, s)| (f - if flip { 10.0 - s } else { *s }).abs()).fold(0.0, f64::max)
    };
    assert!(off(false).min(off(true)) < 0.02, "{what}: off by {} or {}", off(false), off(true));
}

fn axis(data: &[f32], dims: usize, axis: usize) -> Vec<f64> {
    data.iter().skip(axis).step_by(dims).map(|&x| f64::from(x)).collect()
}

#[test]
fn spectral_layout_of_connected_graphs() {
    let all = fixture("spectral.json");
    for case in array(&all["cases"]).iter().filter(|case| case["components"] == 1) {
        let dims = 3;
        let graph = csr(&case["graph"]);
        let layout =
            block_on(async |pulse| initial_layout(None, &graph, Init::Spectral, dims, 42, pulse).await).unwrap();
        for d in 0..dims {
            let what = format!("{}, eigenvector {}", case["name"], d + 1);
            assert_same_axis(&axis(&layout.data, dims, d), &numbers(&case["eigenvectors"][d + 1]), &what);
        }
    }
}

#[test]
fn principal_components() {
    let all = fixture("pca.json");
    let (points, rows) = (points(&all["points"], Metric::Euclidean), array(&all["points"]).len());
    let graph = Csr { indptr: vec![0; rows + 1], ..Csr::default() };
    let layout = block_on(async |pulse| initial_layout(Some(&points), &graph, Init::Pca, 3, 42, pulse).await).unwrap();
    let scores = floats(&all["scores"]);
    for d in 0..3 {
        assert_same_axis(&axis(&layout.data, 3, d), &axis(&scores, 3, d), &format!("component {d}"));
    }
}

fn measure(points: &Points, embedding: &[f32], labels: &[i32], k: u32) -> Evaluation {
    let params = EvaluateParams { k, sample: u32::MAX, ..EvaluateParams::default() };
    block_on(async |pulse| evaluate(points, embedding, 2, Some(labels), &params, pulse).await).unwrap()
}

#[test]
fn quality_measures_are_scikit_learns() {
    for case in array(&fixture("quality.json")["cases"]) {
        let points = points(&case["points"], Metric::Euclidean);
        let labels: Vec<i32> = numbers(&case["labels"]).iter().map(|&x| x as i32).collect();
        // Blobs have no equal distances; the digits' pixels are integers, and ties go either way in floating point.
        let tolerance = if case["name"] == "blobs" { 1e-9 } else { 1e-3 };
        for scores in array(&case["scores"]) {
            let found = measure(&points, &floats(&case["embedding"]), &labels, scores["k"].as_u64().unwrap() as u32);
            let expected = |key: &str| scores[key].as_f64().unwrap();
            assert_close(found.trustworthiness, expected("trustworthiness"), tolerance, "trustworthiness");
            assert_close(found.neighbor_preservation, expected("preservation"), tolerance, "preservation");
            assert_close(found.label_accuracy.unwrap(), expected("label_accuracy"), 3.0 * tolerance, "label accuracy");
        }
    }
}

#[test]
fn the_digits_are_embedded_as_well_as_by_umap_learn() {
    let bytes = std::fs::read(path("digits.u8")).unwrap();
    let (pixels, labels) = bytes.split_at(1797 * 64);
    let labels: Vec<i32> = labels.iter().map(|&x| i32::from(x)).collect();
    let points = || Points::from_slice(pixels, 1797, 64, Metric::Euclidean).unwrap();
    let reference = &fixture("reference.json")["digits"]["mean"];
    let scores = [1, 2, 3].map(|seed| {
        let params = UmapParams { seed, ..UmapParams::default() };
        let fitted = block_on(async |pulse| fit(points(), &params, FitInputs::default(), pulse).await).unwrap();
        measure(&points(), &fitted.embedding, &labels, 15)
    });
    let mean = |of: fn(&Evaluation) -> f64| scores.iter().map(of).sum::<f64>() / 3.0;
    let at_least = |found: f64, key: &str, less: f64| {
        let expected = reference[key].as_f64().unwrap();
        assert!(found >= expected - less, "{key}: {found} is below umap-learn's {expected} by more than {less}");
    };
    at_least(mean(|s| s.trustworthiness), "trustworthiness", 0.003);
    at_least(mean(|s| s.neighbor_preservation), "preservation", 0.002);
    at_least(mean(|s| s.label_accuracy.unwrap()), "label_accuracy", 0.005);
}
