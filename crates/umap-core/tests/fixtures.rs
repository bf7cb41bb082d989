//! Stages and the whole against the reference answers in test/fixtures (evaluate and exact have theirs), which scripts/fixtures.py had umap-learn, scikit-learn and
//! scipy compute.

use crate::oracle::{fixture, floats, numbers};
use serde_json::Value;
use umap_core::csr::Csr;
use umap_core::curve::find_ab;
use umap_core::evaluate::{Beside, Evaluation, evaluate};
use umap_core::fuzzy::{FuzzyGraph, FuzzyParams, fuzzy_simplicial_set};
use umap_core::init::initial_layout;
use umap_core::knn::{KnnGraph, NONE};
use umap_core::metric::Metric;
use umap_core::params::{EvaluateParams, Init, UmapParams};
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::umap::{FitInputs, fit};

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
    for row in array(&fixture("curve")["table"]) {
        let (spread, min_dist) = (row["spread"].as_f64().unwrap(), row["min_dist"].as_f64().unwrap());
        let (a, b) = find_ab(spread, min_dist);
        let what = format!("spread {spread}, min_dist {min_dist}");
        assert_close(a / row["a"].as_f64().unwrap(), 1.0, 1e-4, &what);
        assert_close(b / row["b"].as_f64().unwrap(), 1.0, 1e-4, &what);
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

/// Our exponential ends at e^-87, umap-learn's in subnormals; such memberships mean nothing.
fn without_specks(graph: &Csr) -> Csr {
    let mut kept = Csr { indptr: vec![0], ..Csr::default() };
    for i in 0..graph.rows() {
        let (indices, data) = graph.row(i);
        for (&index, &value) in indices.iter().zip(data).filter(|(_, value)| **value > 1e-30) {
            kept.indices.push(index);
            kept.data.push(value);
        }
        kept.indptr.push(kept.indices.len() as u32);
    }
    kept
}

#[track_caller]
fn assert_same_graph(found: &Csr, expected: &Csr, what: &str) {
    let (found, expected) = (without_specks(found), without_specks(expected));
    assert_eq!(found.indptr, expected.indptr, "{what}");
    assert_eq!(found.indices, expected.indices, "{what}");
    for (&found, &expected) in found.data.iter().zip(&expected.data) {
        assert_close(found.into(), expected.into(), 5e-5, what);
    }
}

#[test]
fn fuzzy_union_and_intersection() {
    let all = fixture("fuzzy");
    for case in array(&all["union"]) {
        let (mix, local) = (case["set_op_mix_ratio"].as_f64().unwrap(), case["local_connectivity"].as_f64().unwrap());
        let what = format!("mix {mix}, local connectivity {local}");
        assert_same_graph(&fuzzy(&all, mix, local).graph, &csr(&case["graph"]), &what);
    }
}

#[test]
fn fuzzy_with_missing_neighbors() {
    let all = fixture("fuzzy_disconnected");
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
    // A start needs to be no more exact than this (see init/eigen.rs).
    assert!(off(false).min(off(true)) < 0.25, "{what}: off by {} or {}", off(false), off(true));
}

fn axis(data: &[f32], dims: usize, axis: usize) -> Vec<f64> {
    data.iter().skip(axis).step_by(dims).map(|&x| f64::from(x)).collect()
}

#[test]
fn spectral_layout_of_connected_graphs() {
    let all = fixture("spectral");
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
    let all = fixture("pca");
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
    let beside = Beside { labels: Some(labels), ..Beside::default() };
    block_on(async |pulse| evaluate(points, embedding, 2, beside, &params, pulse).await).unwrap()
}

#[test]
fn the_digits_are_embedded_as_well_as_by_umap_learn() {
    let bytes = include_bytes!("../../../datasets/digits.u8");
    let (pixels, labels) = bytes.split_at(1797 * 64);
    let labels: Vec<i32> = labels.iter().map(|&x| i32::from(x)).collect();
    let points = || Points::from_slice(pixels, 1797, 64, Metric::Euclidean).unwrap();
    let reference = &fixture("reference")["digits"]["mean"];
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
