//! Supervised graphs against umap-learn's and a slow oracle, and what must hold for every target.

mod fits;

pub(crate) use fits::{finish, start};

use crate::oracle::{counted, fixture, floats, numbers};
use proptest::prelude::*;
use serde_json::Value;
use umap_core::csr::Csr;
use umap_core::fuzzy::target::{Target, TargetMetric, TargetParams, UNKNOWN, intersect};
use umap_core::fuzzy::{FuzzyGraph, FuzzyParams, fuzzy_simplicial_set};
use umap_core::knn::exact;
use umap_core::metric::Metric;
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};

const PARAMS: TargetParams = TargetParams { metric: TargetMetric::Euclidean, weight: 0.5, n_neighbors: 15, seed: 1 };

fn dense(graph: &Csr) -> Vec<Vec<f64>> {
    let mut all = vec![vec![0.0; graph.rows()]; graph.rows()];
    for (i, row) in all.iter_mut().enumerate() {
        let (columns, weights) = graph.row(i);
        columns.iter().zip(weights).for_each(|(&j, &weight)| row[j as usize] = f64::from(weight));
    }
    all
}

#[track_caller]
fn assert_same(found: &Csr, expected: &[Vec<f64>], what: &str) {
    for (i, (found, expected)) in dense(found).iter().zip(expected).enumerate() {
        for (j, (&found, &expected)) in found.iter().zip(expected).enumerate() {
            // Sigmas agree to 2e-4, of which a membership of e^-x makes x times as much.
            assert!((found - expected).abs() <= 5e-3 * expected + 1e-12, "{what}, {i}-{j}: {found} is not {expected}");
        }
    }
}

fn umap_learns(case: &Value) -> Vec<Vec<f64>> {
    let integers = |key: &str| numbers(&case["graph"][key]).iter().map(|&x| x as u32).collect();
    dense(&Csr { indptr: integers("indptr"), indices: integers("indices"), data: floats(&case["graph"]["data"]) })
}

fn labels_of(value: &Value) -> Vec<u32> {
    numbers(value).iter().map(|&x| if x < 0.0 { UNKNOWN } else { x as u32 }).collect()
}

#[test]
fn graphs_of_labels_are_umap_learns() {
    let all = fixture("target");
    let points = floats(&all["points"]);
    for case in all["by_labels"].as_array().unwrap() {
        let labels = labels_of(&all["labels"][case["labels"].as_str().unwrap()]);
        let known = labels.iter().filter(|&&label| label != UNKNOWN).count() as u32;
        let options = format!(r#"{{"nNeighbors":{},"nEpochs":0,"targetWeight":{}}}"#, all["k"], case["weight"]);
        let model = finish(start(&points, 5, Target::Labels(labels), &options).unwrap());
        assert_same(
            &model.fitted.fuzzy.graph,
            &umap_learns(case),
            &format!("{} at {}", case["labels"], case["weight"]),
        );
        assert_eq!(model.fitted.diagnostics.labelled, Some(known));
    }
}

#[test]
fn graphs_of_numbers_are_umap_learns() {
    let all = fixture("target");
    let (points, values) = (floats(&all["points"]), floats(&all["values"]));
    for case in all["by_values"].as_array().unwrap() {
        let cols = case["cols"].as_u64().unwrap() as usize;
        let data = values.chunks_exact(3).flat_map(|row| &row[..cols]).copied().collect();
        let options = format!(
            r#"{{"nNeighbors":{},"nEpochs":0,"targetMetric":{},"targetWeight":{},"targetNNeighbors":{}}}"#,
            all["k"], case["metric"], case["weight"], case["n_neighbors"]
        );
        let model = finish(start(&points, 5, Target::Values { data, cols }, &options).unwrap());
        assert_same(&model.fitted.fuzzy.graph, &umap_learns(case), &options);
    }
}

fn uniform(rows: usize, cols: u32, seed: u32) -> Vec<f32> {
    let random = Random::new(seed, Stream::Sample);
    (0..rows as u32).flat_map(|i| (0..cols).map(move |j| random.at(i).uniform(j))).collect()
}

fn points_graph(rows: usize, k: usize) -> FuzzyGraph {
    let points = Points::from_slice(&uniform(rows, 3, 7), rows, 3, Metric::Euclidean).unwrap();
    let params = FuzzyParams {
        set_op_mix_ratio: 1.0,
        local_connectivity: 1.0,
        disconnection_distance: f32::INFINITY,
        signed_distances: false,
    };
    block_on(async |pulse| fuzzy_simplicial_set(&exact(&points, k, pulse).await.unwrap(), params, pulse).await).unwrap()
}

fn intersected(fuzzy: &FuzzyGraph, target: &Target, params: TargetParams) -> FuzzyGraph {
    block_on(async |pulse| intersect(fuzzy.clone(), target, params, pulse).await).unwrap()
}

/// Rescales each row by its greatest, then unites, in f64.
fn slow_reset(mut graph: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    for row in &mut graph {
        let most = row.iter().copied().fold(0.0, f64::max);
        row.iter_mut().for_each(|x| *x = if most > 0.0 { *x / most } else { 0.0 });
    }
    let n = graph.len();
    let union = |i: usize, j: usize| graph[i][j] + graph[j][i] - graph[i][j] * graph[j][i];
    (0..n).map(|i| (0..n).map(|j| union(i, j)).collect()).collect()
}

#[test]
fn labels_weaken_edges_by_what_the_oracle_says() {
    let fuzzy = points_graph(120, 7);
    let labels: Vec<u32> = (0..120).map(|i| if i % 5 == 4 { UNKNOWN } else { i % 3 }).collect();
    for weight in [0.0, 0.3, 0.5, 0.95] {
        let mut slow = dense(&fuzzy.graph);
        for (i, row) in slow.iter_mut().enumerate() {
            for (j, x) in row.iter_mut().enumerate() {
                let far: f64 = match (labels[i], labels[j]) {
                    (UNKNOWN, _) | (_, UNKNOWN) => 1.0,
                    (a, b) if a == b => 0.0,
                    _ => 2.5 / (1.0 - weight),
                };
                *x *= (-far).exp();
            }
        }
        let found = intersected(&fuzzy, &Target::Labels(labels.clone()), TargetParams { weight, ..PARAMS });
        assert_same(&found.graph, &slow_reset(slow), &format!("weight {weight}"));
        assert_eq!((&found.sigmas, &found.rhos), (&fuzzy.sigmas, &fuzzy.rhos));
    }
}

/// Directed memberships of exact neighbours among numbers, from the library's own fuzzy set of them by the definition.
fn slow_memberships(values: &[f32], k: usize) -> Vec<Vec<f64>> {
    let n = values.len();
    let mut directed = vec![vec![0.0; n]; n];
    for (i, row) in directed.iter_mut().enumerate() {
        let mut near: Vec<(f64, usize)> = (0..n).map(|j| (f64::from((values[i] - values[j]).abs()), j)).collect();
        near.sort_by(|a, b| a.partial_cmp(b).unwrap());
        let rho = near[1].0;
        let sum = |sigma: f64| near[1..k].iter().map(|&(d, _)| (-(d - rho).max(0.0) / sigma).exp()).sum::<f64>();
        let (mut low, mut high) = (0.0, 1e3);
        for _ in 0..100 {
            let middle = (low + high) / 2.0;
            if sum(middle) > (k as f64).log2() { high = middle } else { low = middle }
        }
        near[1..k].iter().for_each(|&(d, j)| row[j] = (-(d - rho).max(0.0) / high).exp());
    }
    directed
}

#[test]
fn numbers_intersect_as_the_oracle_says() {
    let (rows, k) = (100, 9);
    let (fuzzy, values) = (points_graph(rows, 6), uniform(rows, 1, 3));
    let (points, target) = (dense(&fuzzy.graph), slow_memberships(&values, k));
    let least = |graph: &[Vec<f64>]| graph.iter().flatten().copied().filter(|&x| x > 0.0).fold(1.0, f64::min);
    let (no_point, no_target) = (least(&points) / 2.0, (least(&target) / 2.0).min(1e-4));
    for weight in [0.0, 0.2, 0.5, 0.8, 1.0] {
        let both = |i: usize, j: usize| {
            if points[i][j] == 0.0 && target[i][j] == 0.0 {
                return 0.0;
            }
            let l = if points[i][j] > 0.0 { points[i][j] } else { no_point };
            let r = if target[i][j] > 0.0 { target[i][j] } else { no_target };
            if weight < 0.5 { l * r.powf(weight / (1.0 - weight)) } else { l.powf((1.0 - weight) / weight) * r }
        };
        let slow = slow_reset((0..rows).map(|i| (0..rows).map(|j| both(i, j)).collect()).collect());
        let params = TargetParams { weight, n_neighbors: k, ..PARAMS };
        let found = intersected(&fuzzy, &Target::Values { data: values.clone(), cols: 1 }, params);
        assert_same(&found.graph, &slow, &format!("weight {weight}"));
    }
}

fn check_invariants(graph: &Csr) {
    for i in 0..graph.rows() {
        let (columns, weights) = graph.row(i);
        assert!(columns.windows(2).all(|pair| pair[0] < pair[1]), "row {i} is not in order");
        // 1 + x - 1 x, rounded.
        let is_connected = weights.is_empty() || weights.iter().any(|&weight| weight > 1.0 - 1e-6);
        assert!(is_connected, "row {i} is not fully connected to any");
        for (&j, &weight) in columns.iter().zip(weights) {
            assert!(weight > 0.0 && weight <= 1.0 && j as usize != i);
            let (back, back_weights) = graph.row(j as usize);
            let at = back.binary_search(&(i as u32)).expect("every edge has its reverse");
            assert_eq!(back_weights[at].to_bits(), weight.to_bits());
        }
    }
}

proptest! {
    /// Targets with many ties, of any weight.
    #[test]
    fn any_target_gives_a_canonical_graph(
        cells in proptest::collection::vec(0_u8..6, 60),
        weight in prop_oneof![Just(0.0), Just(0.5), Just(1.0), 0.0..1.0_f64],
        n_neighbors in 2_usize..70,
        cols in prop_oneof![Just(1_usize), Just(2)],
        metric in prop_oneof![Just(TargetMetric::Euclidean), Just(TargetMetric::Chebyshev)],
    ) {
        let params = TargetParams { metric, weight, n_neighbors, seed: 1 };
        let fuzzy = points_graph(60 / cols, 5);
        let data = cells.iter().map(|&x| f32::from(x) * 1e3).collect();
        check_invariants(&intersected(&fuzzy, &Target::Values { data, cols }, params).graph);
        let labels = cells[..60 / cols].iter().map(|&x| if x == 5 { UNKNOWN } else { x.into() }).collect();
        check_invariants(&intersected(&fuzzy, &Target::Labels(labels), params).graph);
    }
}

#[test]
fn at_weight_1_different_labels_share_no_edge() {
    let fuzzy = points_graph(200, 5);
    let mut labels: Vec<u32> = (0..200).map(|i| i % 2).collect();
    labels[50] = 7;
    let found = intersected(&fuzzy, &Target::Labels(labels.clone()), TargetParams { weight: 1.0, ..PARAMS });
    check_invariants(&found.graph);
    for i in 0..200 {
        assert!(found.graph.row(i).0.iter().all(|&j| labels[j as usize] == labels[i]));
    }
    assert!(found.disconnected.contains(&50));
}

#[test]
fn equal_numbers_make_no_hubs() {
    let fuzzy = points_graph(3000, 10);
    let target = Target::Values { data: (0..3000).map(|i| (i % 3) as f32).collect(), cols: 1 };
    let found = intersected(&fuzzy, &target, TargetParams { n_neighbors: 20, ..PARAMS });
    let of_points = (0..3000).map(|i| fuzzy.graph.range(i).len()).max().unwrap();
    let most = (0..3000).map(|i| found.graph.range(i).len()).max().unwrap();
    assert!(most <= of_points + 2 * 19, "a row has {most} edges");
}

#[test]
fn work_is_interruptible_throughout() {
    let rows = 1 << 19;
    let fuzzy = FuzzyGraph { graph: Csr { indptr: vec![0; rows + 1], ..Csr::default() }, ..FuzzyGraph::default() };
    let target = Target::Values { data: uniform(rows, 1, 9), cols: 1 };
    let params = TargetParams { n_neighbors: 3, ..PARAMS };
    let (found, ticks) = block_on(async |pulse| counted(pulse, intersect(fuzzy, &target, params, pulse)).await);
    found.unwrap();
    // Three passes of the sort and one of the places, 2^17 rows per tick, and a few batches in each of seven parallel ones.
    assert!(ticks >= 4 * 4 + 7 * 3, "{ticks} ticks");
}
