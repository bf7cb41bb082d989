//! Approximate search against all pairs, in the shapes of data that break trees, heaps and 7-bit rows.

use crate::oracle::{same_for_all_threads, with_threads};
use umap_core::knn::{KnnGraph, KnnMethod, Neighbors, exact, nearest_neighbors};
use umap_core::metric::Metric;
use umap_core::points::Points;
use umap_core::pulse::{Computation, Pulse, block_on, native_clock};
use umap_core::random::{Random, Stream};

const K: usize = 15;

fn normals(rows: usize, cols: usize) -> impl Fn(usize, usize) -> f32 {
    assert!(rows > 0 && cols > 0);
    |row, col| Random::new(7, Stream::Noise).at(row as u32).normal(col as u32)
}

fn points(rows: usize, cols: usize, metric: Metric, value: impl Fn(usize, usize) -> f32) -> Points {
    let data: Vec<f32> = (0..rows * cols).map(|i| value(i / cols, i % cols)).collect();
    Points::from_slice(&data, rows, cols, metric).unwrap()
}

fn clusters(rows: usize, cols: usize, metric: Metric) -> Points {
    let noise = normals(rows, cols);
    let center = |row: usize, col| Random::new(8, Stream::Layout).at((row % 12) as u32).normal(col as u32);
    points(rows, cols, metric, |row, col| 4.0 * center(row, col) + noise(row, col))
}

fn approximate(points: &Points, k: usize) -> Neighbors {
    block_on(async |pulse| nearest_neighbors(points, k, true, 42, pulse).await).unwrap()
}

/// Share of the neighbours that are as near as true ones.
fn recall(points: &Points, graph: &KnnGraph) -> f64 {
    let truth = block_on(async |pulse| exact(points, graph.k, pulse).await).unwrap();
    let mut hits = 0;
    for row in 0..truth.rows() {
        let radius = truth.row(row).1[graph.k - 1];
        hits += graph.row(row).1[1..].iter().filter(|&&distance| distance <= radius).count();
    }
    hits as f64 / (truth.rows() * (graph.k - 1)) as f64
}

/// What holds for every graph whatever its recall.
fn check(points: &Points, graph: &KnnGraph) {
    if *points.metric() != Metric::InnerProduct {
        block_on(async |pulse| graph.validate(points.rows(), points.rows(), pulse).await).unwrap();
    }
    for row in 0..points.rows() {
        let (ids, distances) = graph.row(row);
        assert_eq!((ids[0], distances[0]), (row as u32, 0.0));
        let mut distinct = ids.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), ids.len(), "row {row} lists a row twice: {ids:?}");
        assert!(ids.iter().all(|&id| (id as usize) < points.rows()), "row {row} is not full");
        let order: Vec<_> = distances.iter().zip(ids).skip(1).collect();
        assert!(order.is_sorted_by(|a, b| a < b), "row {row} is not in order");
    }
}

fn expect(points: &Points, least: f64) -> Neighbors {
    let found = approximate(points, K);
    check(points, &found.graph);
    let recall = recall(points, &found.graph);
    assert!(recall >= least, "recall {recall}, reported {}", found.recall);
    assert!((found.recall - recall).abs() < 0.03, "recall {recall}, reported {}", found.recall);
    assert_eq!(found.method, KnnMethod::NnDescent);
    found
}

#[test]
fn clusters_are_found_in_every_metric() {
    let quantized = [
        (Metric::Euclidean, true),
        (Metric::Cosine, true),
        (Metric::Correlation, true),
        (Metric::Dot, true),
        (Metric::Manhattan, true),
        (Metric::Chebyshev, false),
    ];
    for (metric, quantized) in quantized {
        let found = expect(&clusters(3000, 40, metric.clone()), 0.98);
        assert_eq!(found.quantized, quantized, "{metric:?}");
    }
}

#[test]
fn greatest_inner_products_are_found() {
    expect(&clusters(3000, 24, Metric::InnerProduct), 0.95);
}

#[test]
fn uniform_points_are_found() {
    let uniform = |row: usize, col: usize| Random::new(9, Stream::Noise).at(row as u32).uniform(col as u32);
    for cols in [1, 2, 8] {
        expect(&points(5000, cols, Metric::Euclidean, uniform), 0.97);
    }
}

#[test]
fn thousands_of_duplicates_are_no_obstacle() {
    let noise = normals(6000, 10);
    let value = |row: usize, col| noise(if row.is_multiple_of(3) { row } else { row % 2 }, col);
    expect(&points(6000, 10, Metric::Euclidean, value), 0.97);
    for metric in [Metric::Euclidean, Metric::Cosine, Metric::InnerProduct, Metric::Chebyshev] {
        expect(&points(3000, 5, metric.clone(), |_, _| 1.5), 1.0);
        expect(&points(3000, 5, metric, |_, _| 0.0), 1.0);
    }
}

/// 5,000 equal rows would be one cell, and take the centres of others.
#[test]
fn equal_rows_leave_the_others_their_neighbors() {
    let noise = normals(20_000, 40);
    let value = |row: usize, col| noise(if row.is_multiple_of(4) { 0 } else { row % 12 }, col) * 4.0 + noise(row, col);
    let equal = |row: usize, col| if row.is_multiple_of(4) { noise(0, col) } else { value(row, col) };
    assert!(expect(&points(20_000, 40, Metric::Euclidean, equal), 0.97).quantized);
}

/// Ten rows near the mean are nearer to all others than those are to each other.
#[test]
fn hubs_are_found_by_all() {
    let noise = normals(6000, 40);
    let value = |row: usize, col| noise(row, col) * if row < 10 { 0.1 } else { 1.0 };
    let points = points(6000, 40, Metric::Euclidean, value);
    let found = expect(&points, 0.85);
    let truth = block_on(async |pulse| exact(&points, K, pulse).await).unwrap();
    let hubs = |graph: &KnnGraph| (10..6000).map(|row| graph.row(row).0.iter().filter(|&&id| id < 10).count()).sum();
    let (found, wanted): (usize, usize) = (hubs(&found.graph), hubs(&truth));
    assert!(wanted > 10_000 && found as f64 > 0.95 * wanted as f64, "{found} of {wanted}");
}

#[test]
fn columns_of_very_different_width_are_not_quantized() {
    let noise = normals(3000, 40);
    let heavy = |row: usize, col: usize| {
        let tail = (f64::from(noise(row, col + 40)) * 2.0).exp() as f32;
        noise(row, col) * tail * 10f32.powi((col % 10) as i32 - 3)
    };
    assert!(!expect(&points(3000, 40, Metric::Euclidean, heavy), 0.98).quantized);
    // Neighbours are decided by narrow columns beside one very wide one, which has two values only.
    let narrow = |row: usize, col: usize| if col == 0 { 1e6 * (row % 2) as f32 } else { 1e-3 * noise(row, col) };
    assert!(!expect(&points(3000, 40, Metric::Euclidean, narrow), 0.98).quantized);
}

/// 7 bits serve for the data as a whole, and cannot tell some rows from each other: their steps are wider than what lies
/// between the rows, or the columns in which those differ are left out.
#[test]
fn near_copies_find_the_nearest_of_them() {
    const COPIES: usize = 60;
    let noise = &normals(8000, 40);
    let is_copy = |row: usize| row.is_multiple_of(100) && row / 100 < COPIES;
    let copies = |part: f32| {
        move |row: usize, col: usize| match is_copy(row) {
            true => noise(7999, col) * (1.0 + part * noise(row, col)),
            false => noise(row, col),
        }
    };
    let narrow = |row: usize, col: usize| match (col < 36, is_copy(row)) {
        (true, true) => noise(7999, col),
        (true, false) => noise(row, col),
        _ => 0.01 * noise(row, col),
    };
    type Values<'a> = &'a dyn Fn(usize, usize) -> f32;
    let cases: [(Metric, Values); 5] = [
        (Metric::Cosine, &copies(0.01)),
        (Metric::Euclidean, &copies(0.05)),
        (Metric::Euclidean, &copies(1e-4)),
        (Metric::Manhattan, &copies(0.01)),
        (Metric::Euclidean, &narrow),
    ];
    for (case, (metric, value)) in cases.into_iter().enumerate() {
        let points = points(8000, 40, metric, value);
        let truth = block_on(async |pulse| exact(&points, K, pulse).await).unwrap();
        let found = approximate(&points, K);
        check(&points, &found.graph);
        let hits = |row: usize| {
            let radius = truth.row(row).1[K - 1];
            found.graph.row(row).1.iter().filter(|&&distance| distance <= radius).count()
        };
        let hits: usize = (0..COPIES).map(|copy| hits(100 * copy)).sum();
        let share = hits as f64 / (COPIES * K) as f64;
        assert!(found.quantized && share >= 0.97, "case {case}: {share}, quantized {}", found.quantized);
    }
}

#[test]
fn few_rows_and_many_neighbors_leave_no_gap() {
    for (rows, k) in [(2, 2), (3, 2), (61, 61), (61, 15), (70, 70), (300, 200), (500, 2)] {
        let points = clusters(rows, 5, Metric::Euclidean);
        let found = approximate(&points, k);
        check(&points, &found.graph);
        assert_eq!(found.graph.k, k);
        assert!(recall(&points, &found.graph) >= 0.98, "{rows} rows, {k} neighbours");
    }
}

#[test]
fn small_inputs_are_searched_exactly() {
    let points = clusters(500, 5, Metric::Euclidean);
    let found = block_on(async |pulse| nearest_neighbors(&points, K, false, 42, pulse).await).unwrap();
    assert_eq!((found.method, found.recall), (KnnMethod::Exact, 1.0));
    assert_eq!(found.graph, block_on(async |pulse| exact(&points, K, pulse).await).unwrap());
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for metric in [Metric::Euclidean, Metric::Chebyshev] {
        let points = clusters(4000, 17, metric);
        same_for_all_threads(|| approximate(&points, K));
    }
}

#[test]
fn large_inputs_are_not() {
    let points = clusters(16_000, 5, Metric::Euclidean);
    let found = block_on(async |pulse| nearest_neighbors(&points, K, false, 42, pulse).await).unwrap();
    assert_eq!(found.method, KnnMethod::NnDescent);
    check(&points, &found.graph);
}

/// Milliseconds between ticks are what an abort waits for; with one thread, a task's share of the work bounds them.
#[test]
fn work_is_interruptible_all_along() {
    let points = clusters(8000, 100, Metric::Chebyshev);
    let (ticks, gap, took) = with_threads(1, || {
        let pulse = Pulse::new(native_clock);
        let (inside, points) = (pulse.clone(), points);
        let search = async move { nearest_neighbors(&points, K, true, 42, &inside).await };
        let mut job = Computation::new(&pulse, search);
        let (start, mut ticks, mut gap) = (native_clock(), 0, 0.0f64);
        loop {
            let before = native_clock();
            // A slice without any time ends at the next tick.
            if job.step(0.0).is_some() {
                return (ticks, gap, native_clock() - start);
            }
            ticks += 1;
            gap = gap.max(native_clock() - before);
        }
    });
    // A batch aims at 15 ms. The machine may have other work, so the bound is a part of the whole, not a time.
    assert!(ticks > 100 && gap < 0.2 * took, "{ticks} ticks, {gap} ms of {took} ms between two of them");
}

#[test]
fn seeds_differ() {
    // Hard enough that not all neighbours are found.
    let points = points(3000, 40, Metric::Euclidean, normals(3000, 40));
    let seeded = |seed| block_on(async |pulse| nearest_neighbors(&points, K, true, seed, pulse).await).unwrap();
    assert_eq!(seeded(1), seeded(1));
    assert!(seeded(1).graph != seeded(2).graph);
}

/// 20,000 rows of 24 categories of 6 values: 40 kinds of rows, of which each differs in a third of the columns from its kind.
#[test]
fn categories_that_have_no_means_are_found() {
    let random = Random::new(9, Stream::Sample);
    let kind = |row: usize, col: usize| random.at((row % 40) as u32).below(col as u32, 6) as f32;
    let own = |row: usize, col: usize| random.at(1000 + row as u32).below(col as u32, 18);
    let value = |row, col| if own(row, col) < 6 { own(row, col) as f32 } else { kind(row, col) };
    expect(&points(20_000, 24, Metric::Hamming, value), 0.95);
}

#[test]
fn places_on_a_sphere_are_found() {
    let random = Random::new(9, Stream::Sample);
    let value = |row: usize, col: usize| {
        let at = random.at(row as u32).uniform(col as u32);
        if col == 0 { (2.0 * at - 1.0).asin() } else { std::f32::consts::PI * (2.0 * at - 1.0) }
    };
    expect(&points(20_000, 2, Metric::Haversine, value), 0.95);
}

#[test]
fn counts_and_powers_are_found() {
    for metric in [Metric::Canberra, Metric::minkowski(1.5)] {
        let noise = normals(2500, 16);
        let center = |row: usize, col| Random::new(8, Stream::Layout).at((row % 12) as u32).normal(col as u32);
        expect(&points(2500, 16, metric, |row, col| (2.0 * center(row, col) + 0.5 * noise(row, col)).exp()), 0.95);
    }
}
