//! The fuzzy simplicial set against slow oracles in f64, umap-learn's printed values, and what must always hold.

use crate::oracle::{counted, same_for_all_threads};
use proptest::prelude::*;
use umap_core::fuzzy::{FuzzyGraph, FuzzyParams, fuzzy_simplicial_set};
use umap_core::knn::{KnnGraph, NONE};
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};

const DEFAULTS: FuzzyParams = FuzzyParams {
    set_op_mix_ratio: 1.0,
    local_connectivity: 1.0,
    disconnection_distance: f32::INFINITY,
    signed_distances: false,
};

fn fuzzy(knn: &KnnGraph, params: FuzzyParams) -> FuzzyGraph {
    block_on(async |pulse| fuzzy_simplicial_set(knn, params, pulse).await).unwrap()
}

/// Exact neighbours of random points in three dimensions; every tenth point is a copy of the one before it.
fn random_knn(rows: usize, k: usize, seed: u32) -> KnnGraph {
    let random = Random::new(seed, Stream::Sample);
    let source = |i: usize| if i % 10 == 9 { i - 1 } else { i } as u32;
    let at = |i: usize, axis: u32| random.at(source(i)).uniform(axis);
    let distance = |i: usize, j: usize| (0..3).map(|a| (at(i, a) - at(j, a)).powi(2)).sum::<f32>().sqrt();
    knn_of(rows, k, distance)
}

fn knn_of(rows: usize, k: usize, distance: impl Fn(usize, usize) -> f32) -> KnnGraph {
    let mut knn = KnnGraph { k, ..KnnGraph::default() };
    for i in 0..rows {
        let mut row: Vec<(f32, u32)> = (0..rows).filter(|&j| j != i).map(|j| (distance(i, j), j as u32)).collect();
        row.sort_by(|a, b| a.partial_cmp(b).unwrap());
        knn.indices.push(i as u32);
        knn.distances.push(0.0);
        knn.indices.extend(row[..k - 1].iter().map(|&(_, j)| j));
        knn.distances.extend(row[..k - 1].iter().map(|&(d, _)| d));
    }
    knn
}

fn mean(values: &[f64]) -> f64 {
    let finite: Vec<f64> = values.iter().copied().filter(|d| d.is_finite()).collect();
    finite.iter().sum::<f64>() / finite.len().max(1) as f64
}

/// umap-learn's `smooth_knn_dist` for one row, in f64: (sigma, rho).
fn slow_smooth(row: &[f64], connectivity: f64, global: f64) -> (f64, f64) {
    let nonzero: Vec<f64> = row.iter().copied().filter(|&d| d > 0.0 && d.is_finite()).collect();
    let (whole, part) = (connectivity.floor() as usize, connectivity.fract());
    let rho = if nonzero.len() as f64 >= connectivity && !nonzero.is_empty() {
        match whole {
            0 => part * nonzero[0],
            _ if part > 1e-5 => nonzero[whole - 1] + part * (nonzero[whole] - nonzero[whole - 1]),
            _ => nonzero[whole - 1],
        }
    } else {
        nonzero.last().copied().unwrap_or(0.0)
    };
    let target = (row.len() as f64).log2();
    let (mut low, mut high, mut sigma) = (0.0, f64::INFINITY, 1.0_f64);
    for _ in 0..64 {
        let sum: f64 = row[1..].iter().map(|&d| if d > rho { (-(d - rho) / sigma).exp() } else { 1.0 }).sum();
        if (sum - target).abs() < 1e-5 {
            break;
        }
        if sum > target {
            high = sigma
        } else {
            low = sigma
        }
        sigma = if high.is_infinite() { sigma * 2.0 } else { (low + high) / 2.0 };
    }
    (sigma.max(1e-3 * if rho > 0.0 { mean(row) } else { global }), rho)
}

fn doubles(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&x| f64::from(x)).collect()
}

/// The whole graph, dense, in f64, with the given sigmas and rhos.
fn dense_graph(knn: &KnnGraph, found: &FuzzyGraph, mix: f64) -> Vec<Vec<f64>> {
    let n = knn.rows();
    let mut directed = vec![vec![0.0_f64; n]; n];
    for (i, row) in directed.iter_mut().enumerate() {
        let (indices, distances) = knn.row(i);
        let (sigma, rho) = (f64::from(found.sigmas[i]), f64::from(found.rhos[i]));
        for (&j, &d) in indices.iter().zip(distances) {
            if j != NONE && j as usize != i && d.is_finite() {
                row[j as usize] = (-(f64::from(d) - rho).max(0.0) / sigma).exp();
            }
        }
    }
    let both = |i: usize, j: usize| directed[i][j] * directed[j][i];
    let union = |i: usize, j: usize| directed[i][j] + directed[j][i] - both(i, j);
    (0..n).map(|i| (0..n).map(|j| mix * union(i, j) + (1.0 - mix) * both(i, j)).collect()).collect()
}

fn check_invariants(knn: &KnnGraph, found: &FuzzyGraph) {
    let graph = &found.graph;
    assert_eq!(graph.rows(), knn.rows());
    assert_eq!(graph.indices.len(), graph.data.len());
    for i in 0..graph.rows() {
        let (columns, weights) = graph.row(i);
        assert!(columns.windows(2).all(|pair| pair[0] < pair[1]), "row {i} is not in order");
        for (&j, &weight) in columns.iter().zip(weights) {
            assert!(weight > 0.0 && weight <= 1.0 && j as usize != i);
            let (back, back_weights) = graph.row(j as usize);
            let at = back.binary_search(&(i as u32)).expect("every edge has its reverse");
            assert_eq!(back_weights[at].to_bits(), weight.to_bits());
        }
        assert_eq!(columns.is_empty(), found.disconnected.contains(&(i as u32)));
    }
}

#[test]
fn sigma_and_rho_are_those_umap_learn_prints() {
    let indices = [0, 1, 2, 3, 4].repeat(5);
    let knn = KnnGraph { k: 5, indices, distances: [0.0, 1.0, 2.0, 3.0, 4.0].repeat(5) };
    for (local_connectivity, sigma, rho) in
        [(1.0, 2.2636108, 1.0), (0.0, 4.333252, 0.0), (0.5, 3.3370972, 0.5), (2.5, 0.41070557, 2.5)]
    {
        let found = fuzzy(&knn, FuzzyParams { local_connectivity, ..DEFAULTS });
        assert!((found.sigmas[0] - sigma).abs() < 2e-5 * sigma, "{local_connectivity}: sigma {}", found.sigmas[0]);
        assert_eq!(found.rhos[0], rho);
    }
}

#[test]
fn sigma_and_rho_equal_the_slow_ones() {
    let knn = random_knn(150, 12, 1);
    let global = mean(&doubles(&knn.distances));
    for local_connectivity in [0.0, 0.3, 1.0, 1.5, 3.0, 4.75] {
        let found = fuzzy(&knn, FuzzyParams { local_connectivity, ..DEFAULTS });
        for i in 0..knn.rows() {
            let (sigma, rho) = slow_smooth(&doubles(knn.row(i).1), local_connectivity, global);
            assert!((f64::from(found.rhos[i]) - rho).abs() <= 1e-6 * rho, "row {i}: {} not {rho}", found.rhos[i]);
            assert!(
                (f64::from(found.sigmas[i]) / sigma - 1.0).abs() < 2e-4,
                "row {i}: {} not {sigma}",
                found.sigmas[i]
            );
        }
    }
}

#[test]
fn memberships_of_a_row_sum_to_log2_k() {
    for k in [4, 15, 37] {
        let knn = random_knn(200, k, 2);
        let found = fuzzy(&knn, DEFAULTS);
        for i in 0..knn.rows() {
            let (sigma, rho) = (f64::from(found.sigmas[i]), f64::from(found.rhos[i]));
            let beyond = knn.row(i).1[1..].iter().map(|&d| (f64::from(d) - rho).max(0.0));
            if beyond.clone().filter(|&x| x == 0.0).count() as f64 >= (k as f64).log2() {
                // Copies within rho already sum to more, whatever sigma is.
                continue;
            }
            let sum: f64 = beyond.map(|x| (-x / sigma).exp()).sum();
            assert!((sum - (k as f64).log2()).abs() < 1e-3, "row {i} of {k} neighbours sums to {sum}");
        }
    }
}

#[test]
fn the_graph_equals_the_dense_one() {
    let knn = random_knn(120, 9, 3);
    for mix in [1.0, 0.0, 0.35] {
        let found = fuzzy(&knn, FuzzyParams { set_op_mix_ratio: mix, ..DEFAULTS });
        check_invariants(&knn, &found);
        let expected = dense_graph(&knn, &found, mix);
        let mut dense = vec![vec![0.0; 120]; 120];
        for (i, row) in dense.iter_mut().enumerate() {
            let (columns, weights) = found.graph.row(i);
            columns.iter().zip(weights).for_each(|(&j, &weight)| row[j as usize] = f64::from(weight));
        }
        for (i, j) in (0..120).flat_map(|i| (0..120).map(move |j| (i, j))) {
            let (got, expected) = (dense[i][j], expected[i][j]);
            assert!((got - expected).abs() < 2e-6, "mix {mix}, edge {i}-{j}: {got}, not {expected}");
            assert_eq!(got == 0.0, expected == 0.0);
        }
    }
}

#[test]
fn missing_and_distant_neighbors_are_cut_and_do_not_blur_the_rest() {
    let mut knn = random_knn(60, 6, 4);
    let plain = fuzzy(&knn, DEFAULTS);
    // Row 7 loses its last neighbour, row 8 all.
    (knn.indices[7 * 6 + 5], knn.distances[7 * 6 + 5]) = (NONE, f32::INFINITY);
    knn.indices[8 * 6 + 1..9 * 6].fill(NONE);
    knn.distances[8 * 6 + 1..9 * 6].fill(f32::INFINITY);
    let found = fuzzy(&knn, DEFAULTS);
    check_invariants(&knn, &found);
    assert!(found.sigmas[7].is_finite() && found.sigmas[7] > plain.sigmas[7]);
    assert_eq!(found.rhos[7], plain.rhos[7]);
    assert_eq!(found.sigmas[20], plain.sigmas[20]);

    let limit = 0.2;
    let cut = fuzzy(&knn, FuzzyParams { disconnection_distance: limit, ..DEFAULTS });
    check_invariants(&knn, &cut);
    assert!(!cut.disconnected.is_empty());
    let mut by_hand = knn.clone();
    for (index, distance) in by_hand.indices.iter_mut().zip(&mut by_hand.distances) {
        if *distance >= limit {
            (*index, *distance) = (NONE, f32::INFINITY);
        }
    }
    assert_eq!(fuzzy(&by_hand, DEFAULTS), cut);
}

#[test]
fn with_signed_distances_only_differences_count() {
    // Powers of two, so that shifting them is exact.
    let distance = |i: usize, j: usize| ((i * 7 + j * 13) % 64) as f32 / 64.0;
    let signed = FuzzyParams { signed_distances: true, ..DEFAULTS };
    let near = knn_of(50, 8, |i, j| distance(i, j) - 0.5);
    let far = knn_of(50, 8, |i, j| distance(i, j) - 4.0);
    let (found, shifted) = (fuzzy(&near, signed), fuzzy(&far, signed));
    check_invariants(&near, &found);
    assert_eq!(found.graph, shifted.graph);
    for i in 0..50 {
        assert_eq!(found.rhos[i], near.row(i).1[1]);
        assert_eq!(found.sigmas[i], shifted.sigmas[i]);
        let sum: f64 =
            near.row(i).1[1..].iter().map(|&d| f64::from(-(d - found.rhos[i]) / found.sigmas[i]).exp()).sum();
        assert!((sum - 3.0).abs() < 1e-3);
    }
}

#[test]
fn tiny_and_degenerate_graphs_give_finite_memberships() {
    for (rows, k) in [(1, 1), (2, 2), (3, 2), (3, 3), (40, 40)] {
        for scale in [0.0, 1.0, 1e30] {
            let knn = knn_of(rows, k, |i, j| scale * (i as f32 - j as f32).abs());
            let found = fuzzy(&knn, DEFAULTS);
            check_invariants(&knn, &found);
            assert!(found.sigmas.iter().chain(&found.rhos).all(|x| x.is_finite()));
            assert_eq!(found.disconnected.len(), usize::from(rows == 1));
        }
    }
    assert_eq!(fuzzy(&KnnGraph::default(), DEFAULTS).graph.rows(), 0);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let knn = random_knn(2500, 10, 5);
    same_for_all_threads(|| fuzzy(&knn, DEFAULTS));
}

#[test]
fn work_is_interruptible_throughout() {
    let knn = KnnGraph { k: 4, indices: vec![NONE; 4 << 17], distances: vec![f32::INFINITY; 4 << 17] };
    let (found, ticks) = block_on(async |pulse| counted(pulse, fuzzy_simplicial_set(&knn, DEFAULTS, pulse)).await);
    found.unwrap();
    // Two sequential passes of 2^17 entries per tick, and at least a few batches in each parallel one.
    assert!(ticks >= 2 * 4 + 5, "{ticks} ticks");
}

proptest! {
    #[test]
    fn any_neighbors_give_a_canonical_graph(
        (rows, k, cells) in (2_usize..30, 1_usize..8).prop_flat_map(|(rows, k)| {
            let cell = (0..rows as u32 + 1, 0..20_u32);
            (Just(rows), Just(k), proptest::collection::vec(cell, rows * k))
        }),
        mix in 0.0..1.0_f64,
        connectivity in 0.0..3.0_f64,
    ) {
        // Repeated neighbours, rows without themselves, missing ones: all that validation lets through.
        let mut knn = KnnGraph { k, ..KnnGraph::default() };
        for row in cells.chunks(k) {
            let mut row = row.to_vec();
            row.sort_unstable_by_key(|&(_, distance)| distance);
            knn.indices.extend(row.iter().map(|&(j, _)| if j as usize == rows { NONE } else { j }));
            knn.distances.extend(row.iter().map(|&(_, distance)| distance as f32));
        }
        let params = FuzzyParams { set_op_mix_ratio: mix, local_connectivity: connectivity, ..DEFAULTS };
        check_invariants(&knn, &fuzzy(&knn, params));
    }
}
