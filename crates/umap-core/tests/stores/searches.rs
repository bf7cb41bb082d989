//! Searches, fits and measures of compact points.

use super::{STORES, normals, read, stored};
use crate::oracle::{METRICS, distance, integers, same_for_all_threads};
use umap_core::evaluate::{Beside, evaluate};
use umap_core::knn::{KnnGraph, exact, nearest_neighbors};
use umap_core::metric::Metric;
use umap_core::params::{EvaluateParams, Params, UmapParams};
use umap_core::points::{Element, Points, StoreUsed};
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};
use umap_core::umap::{FitInputs, Fitted, fit};

fn search(points: &Points, k: usize, approximate: bool) -> KnnGraph {
    let search = async |pulse: &_| {
        if approximate {
            nearest_neighbors(points, k, true, 42, pulse).await.map(|found| found.graph)
        } else {
            exact(points, k, pulse).await
        }
    };
    block_on(async |pulse| search(&pulse.clone()).await).unwrap()
}

/// Distances in the metric's form: what is stored is compared, so the metric of the form is the oracle's.
fn distance_of_stored(metric: Metric, x: &[f32], y: &[f32]) -> f64 {
    match metric {
        Metric::Cosine | Metric::Correlation | Metric::Dot => distance(&Metric::Euclidean, x, y).powi(2) / 2.0,
        metric => distance(&metric, x, y),
    }
}

fn is_padded(metric: Metric) -> bool {
    metric == Metric::Hamming
}

#[test]
fn exact_neighbors_are_those_of_the_stored_values() {
    let (rows, cols, k) = (150, 33, 8);
    for (metric, store) in METRICS.iter().cloned().flat_map(|metric| STORES.map(|store| (metric.clone(), store))) {
        for data in [integers(rows, cols, 2), normals(rows * cols)] {
            let points = stored(&data, cols, metric.clone(), store);
            let graph = search(&points, k, false);
            // Padding is no column that two rows have in common.
            let values = read(&points, if is_padded(metric.clone()) { cols } else { points.stride() });
            for i in 0..rows {
                let of = |j: usize| distance_of_stored(metric.clone(), &values[i], &values[j]);
                let mut truth: Vec<f64> = (0..rows).filter(|&j| j != i).map(of).collect();
                truth.sort_by(f64::total_cmp);
                for (at, (&id, &got)) in graph.row(i).0.iter().zip(graph.row(i).1).enumerate().skip(1) {
                    let (got, own, best) = (f64::from(got), of(id as usize), truth[at - 1]);
                    let close = |a: f64, b: f64| (a - b).abs() <= 2e-6 * b.abs().max(1.0);
                    assert!(close(got, own) && close(got, best), "{metric:?} {store:?}: {got}, {own}, {best}");
                }
            }
        }
    }
}

#[test]
fn zero_rows_are_at_one_from_the_others_in_every_store() {
    let mut data = normals(20 * 12);
    data[3 * 12..4 * 12].fill(0.0);
    data[7 * 12..8 * 12].fill(0.0);
    for (metric, store) in
        [Metric::Cosine, Metric::Correlation].into_iter().flat_map(|m| STORES.map(|s| (m.clone(), s)))
    {
        let graph = search(&stored(&data, 12, metric.clone(), store), 20, false);
        assert_eq!((graph.row(3).0[1], graph.row(3).1[1]), (7, 0.0));
        assert!(graph.row(3).1[2..].iter().all(|d| (d - 1.0).abs() < 5e-3), "{metric:?} {store:?}");
    }
}

#[test]
fn approximate_search_finds_the_neighbors_of_the_stored_values() {
    // 6 columns are too few for quantized search, which Chebyshev distance never takes either.
    for (cols, metric) in
        [(40, Metric::Euclidean), (40, Metric::Cosine), (6, Metric::Manhattan), (40, Metric::Chebyshev)]
    {
        let data: Vec<f32> = normals(2000 * cols)
            .iter()
            .enumerate()
            .map(|(i, x)| x + 4.0 * ((i / cols * 7 + i % cols) % 12) as f32)
            .collect();
        for store in STORES {
            let points = stored(&data, cols, metric.clone(), store);
            let (found, truth) = (search(&points, 15, true), search(&points, 15, false));
            let radius = |row: usize| truth.row(row).1[14];
            let hits: usize =
                (0..2000).map(|row| found.row(row).1[1..].iter().filter(|&&d| d <= radius(row)).count()).sum();
            assert!(hits as f64 > 0.93 * 2000.0 * 14.0, "{metric:?} {store:?}: {hits} of 28000");
        }
    }
}

fn embed<T: Element>(data: &[T], rows: usize, options: &str) -> Fitted {
    let params = UmapParams::from_json(options).unwrap();
    let points = Points::stored(data, rows, data.len() / rows, params.metric(), params.store).unwrap();
    block_on(async |pulse| fit(points, &params, FitInputs::default(), pulse).await).unwrap()
}

#[test]
fn bytes_give_the_bits_of_floats_in_whole_fits() {
    // Nine separate groups: neighbours, component means and principal components read the points.
    let random = Random::new(6, Stream::Noise);
    let value = |i: u32| (25 * (i / 40 % 9) + random.below(i, 24)) as u8;
    let data: Vec<u8> = (0..900 * 40).map(value).collect();
    for options in ["\"nNeighbors\":8", "\"init\":\"pca\"", "\"forceApproximation\":true", "\"metric\":\"manhattan\""] {
        let fitted = |store: &str| embed(&data, 900, &format!("{{\"nEpochs\":20,{options},\"store\":\"{store}\"}}"));
        let (auto, f32) = (fitted("auto"), fitted("f32"));
        assert_eq!([auto.diagnostics.store, f32.diagnostics.store], [StoreUsed::Int8, StoreUsed::F32]);
        assert_eq!(auto.embedding, f32.embedding, "{options}");
        assert_eq!(auto.knn, f32.knn, "{options}");
    }
}

#[test]
fn compact_fits_have_the_same_bits_at_any_number_of_threads() {
    let data = normals(700 * 35);
    for store in ["f16", "int8"] {
        let options = format!("{{\"nEpochs\":20,\"init\":\"pca\",\"store\":\"{store}\",\"forceApproximation\":true}}");
        let embedding = same_for_all_threads(|| embed(&data, 700, &options).embedding);
        assert!(embedding.iter().all(|x| x.is_finite()));
    }
}

#[test]
fn evaluation_reads_every_store() {
    let data = normals(300 * 10);
    let layout: Vec<f32> = data.chunks_exact(10).flat_map(|row| [row[0], row[1]]).collect();
    let measured = STORES.map(|store| {
        let points = stored(&data, 10, Metric::Euclidean, store);
        let params = EvaluateParams::default();
        block_on(async |pulse| evaluate(&points, &layout, 2, Beside::default(), &params, pulse).await)
            .unwrap()
            .trustworthiness
    });
    assert!(measured.iter().all(|t| (t - measured[0]).abs() < 0.005), "{measured:?}");
}
