//! The search index against sorting all distances.

use crate::oracle::{METRICS, distance, integers, same_for_all_threads};
use umap_core::UmapError;
use umap_core::index::NeighborIndex;
use umap_core::knn::KnnGraph;
use umap_core::metric::Metric;
use umap_core::points::Points;
use umap_core::pulse::block_on;

const EPSILON: f32 = 0.1;

fn points(data: &[f32], cols: usize, metric: Metric) -> Points {
    Points::from_slice(data, data.len() / cols, cols, metric).unwrap()
}

fn build(data: &[f32], cols: usize, metric: Metric) -> NeighborIndex {
    block_on(async |pulse| NeighborIndex::build(points(data, cols, metric), 15, 42, pulse).await).unwrap()
}

fn query(index: &NeighborIndex, queries: &Points, k: usize) -> Result<KnnGraph, UmapError> {
    block_on(async |pulse| index.query(queries, k, EPSILON, pulse).await)
}

fn sorted(metric: Metric, data: &[f32], query: &[f32]) -> Vec<(f64, u32)> {
    let rows = data.chunks_exact(query.len());
    let mut all: Vec<_> = rows.map(|row| distance(metric, query, row)).zip(0..).collect();
    all.sort_by(|a, b| a.partial_cmp(b).unwrap());
    all
}

#[test]
fn small_data_is_searched_exactly_in_every_metric() {
    let (cols, k) = (6, 9);
    let (data, asked) = (integers(300, cols, 1), integers(50, cols, 2));
    for metric in METRICS {
        let index = build(&data, cols, metric);
        let found = query(&index, &points(&asked, cols, metric), k).unwrap();
        assert_eq!((found.k, found.rows()), (k, 50));
        for (row, asked) in asked.chunks_exact(cols).enumerate() {
            let (ids, distances) = found.row(row);
            for (at, (expected, id)) in sorted(metric, &data, asked).into_iter().take(k).enumerate() {
                let got = f64::from(distances[at]);
                assert!(
                    (got - expected).abs() <= 1e-6 * expected.abs().max(1.0),
                    "{metric:?}, {row}: {got}, {expected}"
                );
                let exact_values = !matches!(metric, Metric::Cosine | Metric::Dot | Metric::Correlation);
                assert!(!exact_values || ids[at] == id, "{metric:?}, row {row}, neighbour {at}");
            }
        }
    }
}

#[test]
fn k_is_cut_to_the_rows_there_are() {
    let data = integers(5, 3, 3);
    let index = build(&data, 3, Metric::Euclidean);
    let found = query(&index, &points(&data, 3, Metric::Euclidean), 20).unwrap();
    assert_eq!((found.k, found.rows()), (5, 5));
    let one = query(&index, &points(&data, 3, Metric::Euclidean), 1).unwrap();
    assert_eq!((one.k, one.indices), (1, vec![0, 1, 2, 3, 4]));
}

#[test]
fn rows_that_do_not_fit_are_errors() {
    let index = build(&integers(50, 4, 4), 4, Metric::Euclidean);
    let other = |cols, metric| query(&index, &points(&integers(3, cols, 5), cols, metric), 2).unwrap_err();
    assert!(matches!(other(5, Metric::Euclidean), UmapError::ShapeMismatch { .. }));
    assert!(matches!(other(4, Metric::Manhattan), UmapError::InvalidParameter { .. }));
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let (data, asked) = (integers(2000, 10, 6), integers(700, 10, 7));
    let index = build(&data, 10, Metric::Cosine);
    same_for_all_threads(|| query(&index, &points(&asked, 10, Metric::Cosine), 12).unwrap());
}
