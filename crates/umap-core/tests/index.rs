//! The search index against sorting all distances.

mod add;
mod files;
mod refusals;

use crate::oracle::{METRICS, counted, distance, integers, is_exact, same_for_all_threads};
use umap_core::UmapError;
use umap_core::index::{IndexMethod, NeighborIndex};
use umap_core::knn::KnnGraph;
use umap_core::metric::Metric;
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};

const EPSILON: f32 = 0.1;

fn points(data: &[f32], cols: usize, metric: Metric) -> Points {
    Points::from_slice(data, data.len() / cols, cols, metric).unwrap()
}

fn build(data: &[f32], cols: usize, metric: Metric) -> NeighborIndex {
    block_on(async |pulse| NeighborIndex::build(points(data, cols, metric), 15, 42, pulse).await).unwrap()
}

fn query(index: &NeighborIndex, queries: &Points, k: usize) -> KnnGraph {
    try_query(index, queries, k, EPSILON).unwrap()
}

fn try_query(index: &NeighborIndex, queries: &Points, k: usize, epsilon: f32) -> Result<KnnGraph, UmapError> {
    block_on(async |pulse| index.query(queries, k, epsilon, pulse).await)
}

fn add(index: &mut NeighborIndex, rows: &Points) {
    block_on(async |pulse| index.add(rows, pulse).await).unwrap();
}

/// Normal values around one of so many centres.
fn clusters(rows: usize, cols: usize, centers: usize, seed: u32) -> Vec<f32> {
    let (center, noise) = (Random::new(3, Stream::Layout), Random::new(seed, Stream::Noise));
    let value = |row: usize, col: usize| {
        let own = noise.at(row as u32);
        4.0 * center.at((row % centers) as u32).normal(col as u32) + own.normal(col as u32)
    };
    (0..rows * cols).map(|i| value(i / cols, i % cols)).collect()
}

fn sorted(metric: Metric, data: &[f32], query: &[f32]) -> Vec<(f64, u32)> {
    let rows = data.chunks_exact(query.len());
    let mut all: Vec<_> = rows.map(|row| distance(&metric, query, row)).zip(0..).collect();
    all.sort_by(|a, b| a.partial_cmp(b).unwrap());
    all
}

/// Share of the nearest rows that were found; whatever was found has its own distance, in order.
fn recall(metric: Metric, data: &[f32], cols: usize, asked: &[f32], found: &KnnGraph) -> f64 {
    let mut hits = 0;
    for (row, asked) in asked.chunks_exact(cols).enumerate() {
        let truth = sorted(metric.clone(), data, asked);
        let radius = truth[found.k - 1].0;
        let (ids, distances) = found.row(row);
        assert!(distances.iter().zip(ids).is_sorted(), "row {row}: by distance, then row number");
        let mut distinct = ids.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), found.k, "row {row}: {ids:?}");
        for (&id, &got) in ids.iter().zip(distances) {
            let expected = distance(&metric, asked, &data[id as usize * cols..][..cols]);
            let error = (f64::from(got) - expected).abs();
            assert!(error <= 1e-4 * expected.abs().max(1.0), "{metric:?}, row {row}: {got} for {expected}");
            hits += usize::from(expected <= radius + 1e-6 * radius.abs());
        }
    }
    hits as f64 / found.indices.len() as f64
}

#[test]
fn small_data_is_searched_exactly_in_every_metric() {
    let (cols, k) = (6, 9);
    let (data, asked) = (integers(300, cols, 1), integers(50, cols, 2));
    for metric in METRICS.iter() {
        let index = build(&data, cols, metric.clone());
        assert_eq!(index.diagnostics().method, IndexMethod::Exact);
        let found = query(&index, &points(&asked, cols, metric.clone()), k);
        assert_eq!((found.k, found.rows()), (k, 50));
        assert_eq!(recall(metric.clone(), &data, cols, &asked, &found), 1.0);
        // Integers make the values of these metrics exact, so ties must fall as in the sorted order.
        if is_exact(metric) {
            for (row, asked) in asked.chunks_exact(cols).enumerate() {
                let expected = sorted(metric.clone(), &data, asked).into_iter().map(|(_, id)| id);
                assert!(expected.take(k).eq(found.row(row).0.iter().copied()), "{metric:?}, row {row}");
            }
        }
    }
}

/// Whether `asked` finds the same in a batch, in another order, and each row alone.
fn assert_same_alone_and_in_any_batch(index: &NeighborIndex, mut asked: Vec<f32>, cols: usize, metric: Metric) {
    // Too far outside for 7 bits.
    asked[9 * cols..10 * cols].fill(1e4);
    let rows = asked.len() / cols;
    let together = query(index, &points(&asked, cols, metric.clone()), 10);
    let mut reversed: Vec<f32> = asked.chunks_exact(cols).rev().flatten().copied().collect();
    reversed.extend_from_slice(&asked[..7 * cols]);
    let backwards = query(index, &points(&reversed, cols, metric.clone()), 10);
    for row in 0..rows {
        let alone = query(index, &points(&asked[row * cols..][..cols], cols, metric.clone()), 10);
        assert_eq!(alone.row(0), together.row(row));
        assert_eq!(backwards.row(rows - 1 - row), together.row(row));
    }
}

#[test]
fn large_data_is_searched_well_in_every_metric_alone_and_in_any_batch() {
    let (rows, cols) = (9000, 100);
    let (data, asked) = (clusters(rows, cols, 12, 1), clusters(60, cols, 12, 2));
    // Powers take minutes here, and are searched as Canberra's sums are.
    for metric in METRICS.iter().filter(|metric| metric.p().is_none()) {
        let index = build(&data, cols, metric.clone());
        assert_eq!(index.diagnostics().method, IndexMethod::Graph);
        let has_codes = ![Metric::Chebyshev, Metric::Canberra, Metric::Hamming].contains(metric);
        assert_eq!(index.diagnostics().quantized, has_codes, "{metric:?}");
        let share =
            recall(metric.clone(), &data, cols, &asked, &query(&index, &points(&asked, cols, metric.clone()), 10));
        assert!(share > 0.93, "{metric:?}: {share}");
        assert_same_alone_and_in_any_batch(&index, asked[..30 * cols].to_vec(), cols, metric.clone());
    }
}

#[test]
fn shapes_that_are_hard_to_search() {
    // Clusters of fewer rows than are asked for, that no neighbour leads out of; two columns; one.
    for (rows, cols, centers) in [(10_000, 100, 1000), (30_000, 2, 5), (40_000, 1, 1), (12_000, 60, 1)] {
        let (data, asked) = (clusters(rows, cols, centers, 3), clusters(40, cols, centers, 4));
        let index = build(&data, cols, Metric::Euclidean);
        assert_eq!(index.diagnostics().method, IndexMethod::Graph);
        let found = query(&index, &points(&asked, cols, Metric::Euclidean), 25);
        let share = recall(Metric::Euclidean, &data, cols, &asked, &found);
        assert!(share > 0.9, "{rows} x {cols}, {centers} centers: {share}");
    }
}

#[test]
fn columns_of_very_different_scales_are_searched_in_32_bits() {
    let cols = 40;
    let mut data = clusters(15_000, cols, 3, 5);
    data.chunks_exact_mut(cols).for_each(|row| row[..4].iter_mut().for_each(|x| *x *= x.abs().powi(7)));
    let index = build(&data[cols * 50..], cols, Metric::Euclidean);
    assert!(!index.diagnostics().quantized && index.diagnostics().method == IndexMethod::Graph);
    let (asked, data) = data.split_at(cols * 50);
    let found = query(&index, &points(asked, cols, Metric::Euclidean), 10);
    assert!(recall(Metric::Euclidean, data, cols, asked, &found) > 0.95);
}

#[test]
fn rows_far_outside_the_data_are_found_too() {
    let cols = 100;
    let data = clusters(9000, cols, 12, 1);
    let index = build(&data, cols, Metric::Euclidean);
    let mut asked = clusters(30, cols, 12, 6);
    asked.iter_mut().for_each(|x| *x *= 5.0);
    let found = query(&index, &points(&asked, cols, Metric::Euclidean), 5);
    let share = recall(Metric::Euclidean, &data, cols, &asked, &found);
    assert!(share > 0.9, "{share}");
}

/// What 7 bits cannot tell apart is compared in 32.
#[test]
fn near_copies_are_told_apart() {
    let (rows, cols) = (9000, 100);
    let mut data = clusters(rows, cols, 12, 1);
    let copied = data[..cols].to_vec();
    for (copy, row) in data.chunks_exact_mut(cols).step_by(100).enumerate() {
        let noise = Random::new(9, Stream::Noise).at(copy as u32);
        row.iter_mut().zip(&copied).zip(0..).for_each(|((x, base), col)| *x = base * (1.0 + 0.003 * noise.normal(col)));
    }
    let asked: Vec<f32> = data.chunks_exact(cols).step_by(100).flatten().copied().collect();
    for metric in [Metric::Euclidean, Metric::Cosine, Metric::Manhattan] {
        let index = build(&data, cols, metric.clone());
        assert!(index.diagnostics().quantized, "{metric:?}");
        let share =
            recall(metric.clone(), &data, cols, &asked, &query(&index, &points(&asked, cols, metric.clone()), 15));
        assert!(share >= 0.97, "{metric:?}: {share}");
    }
}

#[test]
fn equal_rows() {
    let (rows, cols) = (12_000, 64);
    let mut data = vec![1.0; rows * cols];
    data[(rows / 2) * cols..].copy_from_slice(&clusters(rows / 2, cols, 2, 7));
    let index = build(&data, cols, Metric::Euclidean);
    let asked = data[(rows / 2 - 2) * cols..(rows / 2 + 2) * cols].to_vec();
    let found = query(&index, &points(&asked, cols, Metric::Euclidean), 20);
    assert_eq!(recall(Metric::Euclidean, &data, cols, &asked, &found), 1.0);
    assert!(found.row(0).1.iter().all(|&distance| distance == 0.0) && found.row(2).0[0] as usize == rows / 2);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for (rows, cols) in [(2000, 10), (8500, 100)] {
        let (data, asked) = (clusters(rows, cols, 9, 6), clusters(50, cols, 9, 7));
        same_for_all_threads(|| {
            let mut index = build(&data, cols, Metric::Cosine);
            add(&mut index, &points(&asked, cols, Metric::Cosine));
            let parts = block_on(async |pulse| index.parts(pulse).await).unwrap();
            (query(&index, &points(&asked, cols, Metric::Cosine), 12), parts)
        });
    }
}

/// A search that leads through the whole index must still be interruptible.
#[test]
fn searches_tick_and_can_be_cancelled() {
    let cols = 100;
    let index = build(&clusters(9000, cols, 12, 1), cols, Metric::Euclidean);
    let asked = points(&clusters(300, cols, 12, 2), cols, Metric::Euclidean);
    let cancelled = block_on(async |pulse| {
        pulse.cancel();
        index.query(&asked, 10, 0.1, pulse).await
    });
    assert_eq!(cancelled.unwrap_err(), UmapError::Cancelled);
    block_on(async |pulse| {
        let (found, ticks) = counted(pulse, index.query(&asked, 10, 1e9, pulse)).await;
        found.unwrap();
        assert!(ticks >= 5 && pulse.fraction() == 1.0, "{ticks} ticks");
    });
}

/// All outcomes of 20,000 rows with 20,000 neighbours each were in memory at a time: that ended the module.
#[test]
fn many_neighbours_of_many_rows_are_found_in_blocks() {
    let (data, asked) = (integers(2000, 2, 1), integers(4500, 2, 2));
    let index = build(&data, 2, Metric::Euclidean);
    let all = query(&index, &points(&asked, 2, Metric::Euclidean), 2000);
    // Blocks have 4280 rows.
    for first in [0, 4279, 4499] {
        let one = query(&index, &points(&asked[first * 2..][..2], 2, Metric::Euclidean), 2000);
        assert_eq!((one.row(0).0, one.row(0).1), (all.row(first).0, all.row(first).1));
    }
}
