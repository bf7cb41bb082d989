//! The initial layout: what every method promises, for any graph, points and number of threads.

mod components;
mod principal;

use crate::oracle::same_for_all_threads;
use std::collections::BTreeMap;
use umap_core::csr::Csr;
use umap_core::init::{InitUsed, InitialLayout, given_layout, initial_layout};
use umap_core::metric::{Metric, MetricName};
use umap_core::params::{Init, UmapParams};
use umap_core::points::Points;
use umap_core::pulse::{Computation, Pulse, block_on, native_clock};
use umap_core::random::{Random, Stream, h32};
use umap_core::umap::{FitInputs, fit};
use umap_core::{Result, UmapError};

const COLS: usize = 6;
const METHODS: [Init; 3] = [Init::Spectral, Init::Pca, Init::Random];

/// `count` blobs of `size` points, far apart.
fn blobs(count: usize, size: usize) -> Vec<f32> {
    let random = Random::new(7, Stream::Sample);
    let value = |at: usize| {
        let (row, col) = (at / COLS, at % COLS);
        let center = 100.0 * random.at((row / size) as u32).at(1).uniform(col as u32);
        center + random.at(row as u32).normal(col as u32)
    };
    (0..count * size * COLS).map(value).collect()
}

/// Symmetric nearest neighbour graph by comparing all pairs within groups of `size` rows.
fn neighbor_graph(data: &[f32], size: usize, k: usize) -> Csr {
    let n = data.len() / COLS;
    let row = |i: usize| &data[i * COLS..][..COLS];
    let mut rows = vec![BTreeMap::new(); n];
    for i in 0..n {
        let group = i / size * size..((i / size + 1) * size).min(n);
        let square = |j: usize| row(i).iter().zip(row(j)).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
        let mut near: Vec<(f32, usize)> = group.filter(|&j| j != i).map(|j| (square(j), j)).collect();
        near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (rank, &(_, j)) in near.iter().take(k).enumerate() {
            let w = 1.0 / (1 + rank) as f32;
            for (a, b) in [(i, j), (j, i)] {
                let entry = rows[a].entry(b as u32).or_insert(0.0f32);
                *entry = entry.max(w);
            }
        }
    }
    csr(&rows)
}

fn csr(rows: &[BTreeMap<u32, f32>]) -> Csr {
    let mut graph = Csr { indptr: vec![0], ..Csr::default() };
    for row in rows {
        graph.indices.extend(row.keys());
        graph.data.extend(row.values());
        graph.indptr.push(graph.indices.len() as u32);
    }
    graph
}

fn no_edges(n: usize) -> Csr {
    csr(&vec![BTreeMap::new(); n])
}

fn points(data: &[f32], cols: usize) -> Points {
    Points::from_slice(data, data.len() / cols, cols, Metric::Euclidean).unwrap()
}

fn layout(points: Option<&Points>, graph: &Csr, method: Init, dims: usize) -> InitialLayout {
    block_on(async |pulse| initial_layout(points, graph, method, dims, 42, pulse).await).unwrap()
}

fn axis(data: &[f32], dims: usize, k: usize) -> Vec<f64> {
    data.iter().skip(k).step_by(dims).map(|&x| f64::from(x)).collect()
}

fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let (ma, mb) = (mean(a), mean(b));
    a.iter().zip(b).map(|(x, y)| (x - ma) * (y - mb)).sum::<f64>() / a.len() as f64
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    covariance(a, b) / (covariance(a, a) * covariance(b, b)).sqrt()
}

/// Every axis is finite and runs from 0 to 10; of several components' the longest one does.
fn check(layout: &InitialLayout, n: usize, dims: usize) {
    assert_eq!(layout.data.len(), n * dims);
    let greatest = layout.data.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    assert_eq!(greatest, 10.0);
    for k in 0..dims {
        let values = axis(&layout.data, dims, k);
        assert!(values.iter().all(|x| x.is_finite()), "axis {k}: {:?}", layout.used);
        assert_eq!(values.iter().copied().fold(f64::INFINITY, f64::min), 0.0, "axis {k}");
        let length = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let is_of_components = matches!(layout.used, InitUsed::SpectralComponents { .. });
        assert!(length == 10.0 || is_of_components && length > 0.0, "axis {k}: {length}");
    }
}

#[test]
fn no_axis_is_flat_in_three_and_more_dimensions() {
    let data = blobs(1, 600);
    let graph = neighbor_graph(&data, 600, 10);
    for dims in [1, 2, 3, 5, 10] {
        for method in METHODS {
            let found = layout(Some(&points(&data, COLS)), &graph, method, dims);
            check(&found, 600, dims);
            // A flat axis stretched to 0..10 by one outlier, or a copy of another axis, would be caught here.
            for k in 0..dims {
                let own = axis(&found.data, dims, k);
                let spread = covariance(&own, &own).sqrt();
                assert!(spread > 0.3, "{method:?}, {dims} dimensions, axis {k}: spread {spread}");
                for other in 0..k {
                    let copied = correlation(&own, &axis(&found.data, dims, other));
                    assert!(copied.abs() < 0.3, "{method:?}, {dims} dimensions: correlation {copied}");
                }
            }
        }
    }
}

#[test]
fn one_two_and_three_points_and_as_many_as_dimensions() {
    for n in [1usize, 2, 3, 4, 6, 11] {
        let data: Vec<f32> = (0..n * 2).map(|at| (at * at % 7) as f32).collect();
        let others = |i: usize| (0..n as u32).filter(|&j| j != i as u32).map(|j| (j, 0.5)).collect();
        let complete: Vec<BTreeMap<u32, f32>> = (0..n).map(others).collect();
        for graph in [csr(&complete), no_edges(n)] {
            for (dims, method) in [1, 2, 3, 5, 10].into_iter().flat_map(|dims| METHODS.map(|method| (dims, method))) {
                for points in [Some(&points(&data, 2)), None] {
                    let found = layout(points, &graph, method, dims);
                    if n == 1 {
                        assert_eq!(found.data, vec![0.0; dims]);
                    } else {
                        check(&found, n, dims);
                    }
                }
            }
        }
    }
}

#[test]
fn the_same_bits_for_any_number_of_threads() {
    let data = blobs(3, 2500);
    let with = points(&data, COLS);
    let whole = neighbor_graph(&blobs(1, 3000), 3000, 10);
    let parts = neighbor_graph(&data, 2500, 8);
    let repeated: Vec<f32> = (0..4000).map(|at| (at / 8) as f32).collect();
    same_for_all_threads(|| {
        [
            layout(Some(&with), &parts, Init::Spectral, 2),
            layout(None, &whole, Init::Spectral, 3),
            layout(Some(&with), &parts, Init::Pca, 2),
            layout(Some(&with), &parts, Init::Random, 2),
            given(&repeated, 2000).unwrap(),
        ]
    });
}

#[test]
fn a_long_path_ends_within_its_bound_and_says_what_it_reached() {
    let n = 20_000u32;
    let row = |i: u32| [i.wrapping_sub(1), i + 1].into_iter().filter(|&j| j < n).map(|j| (j, 1.0)).collect();
    let rows: Vec<BTreeMap<u32, f32>> = (0..n).map(row).collect();
    let found = layout(None, &csr(&rows), Init::Spectral, 2);
    check(&found, n as usize, 2);
    assert_eq!(found.used, InitUsed::Spectral);
    println!("path: {:?}", found.note);
    assert!(found.note.is_none_or(|note| note.contains("approximate")));
    // Unfolded: the first axis runs one way, but for its flat ends.
    let first = axis(&found.data, 2, 0);
    let steps: Vec<f64> = (1000..19_000).map(|i| first[i + 100] - first[i]).collect();
    let up = steps.iter().filter(|step| **step > 0.0).count();
    assert!(up == steps.len() || up == 0, "{up} of {} steps go up", steps.len());
}

#[test]
fn a_sheet_longer_than_wide_starts_as_much_longer() {
    let (length, width) = (100, 28);
    let place = |i: u32| (i % length, i / length);
    let near = |i: u32, j: u32| {
        let ((a, b), (c, d)) = (place(i), place(j));
        a.abs_diff(c) + b.abs_diff(d) == 1
    };
    let others = |i: u32| [i.wrapping_sub(1), i + 1, i.wrapping_sub(length), i + length];
    let row = |i: u32| {
        let linked = others(i).into_iter().filter(|&j| j < length * width && near(i, j));
        linked.map(|j| (j, 1.0)).collect()
    };
    let rows: Vec<BTreeMap<u32, f32>> = (0..length * width).map(row).collect();
    let found = layout(None, &csr(&rows), Init::Spectral, 2);
    assert_eq!(found.used, InitUsed::Spectral);
    let axes = [0, 1].map(|k| axis(&found.data, 2, k));
    let greatest = axes.each_ref().map(|values| values.iter().copied().fold(f64::NEG_INFINITY, f64::max));
    assert_eq!(greatest, [30.0, 10.0]);
    let across: Vec<f64> = (0..length * width).map(|i| f64::from(place(i).1)).collect();
    assert!(correlation(&axes[1], &across).abs() > 0.95);
}

#[test]
fn every_method_ticks_and_can_be_cancelled() {
    let data = blobs(4, 2000);
    let graph = neighbor_graph(&data, 2000, 8);
    for method in [Init::Spectral, Init::Pca] {
        let pulse = Pulse::new(native_clock);
        let (data, graph, inner) = (data.clone(), graph.clone(), pulse.clone());
        let future = async move { initial_layout(Some(&points(&data, COLS)), &graph, method, 2, 1, &inner).await };
        let mut job = Computation::new(&pulse, future);
        let (mut slices, mut fraction) = (0, 0.0);
        let result = loop {
            if slices == 10 {
                pulse.cancel();
            }
            if let Some(result) = job.step(0.0) {
                break result;
            }
            slices += 1;
            assert!(pulse.fraction() >= fraction);
            fraction = pulse.fraction();
        };
        assert_eq!((result.unwrap_err(), slices), (UmapError::Cancelled, 10));
    }
}

fn given(data: &[f32], rows: usize) -> Result<InitialLayout> {
    block_on(async |pulse| given_layout(data, rows, 2, 42, pulse).await)
}

#[test]
fn the_users_array_is_checked_and_rescaled() {
    let error = given(&[0.0; 5], 3).unwrap_err();
    assert_eq!(error.to_string(), "init: expected 3 x 2 = 6 values, got 5 values");
    let error = given(&[0.0, 1.0, 2.0, f32::NAN], 2).unwrap_err();
    assert!(error.to_string().starts_with("init[1, 1] is NaN"), "{error}");
    let found = given(&[0.0, 5.0, 1.0, 5.0, 4.0, 5.0], 3).unwrap();
    assert_eq!((found.data, found.used, found.note), (vec![0.0, 0.0, 2.5, 0.0, 10.0, 0.0], InitUsed::Given, None));
    assert_eq!(given(&[-3e38, 0.0, 3e38, 1.0], 2).unwrap().data, [0.0, 0.0, 10.0, 10.0]);
    let repeated = given(&[0.0, 0.0, 0.0, -0.0, 4.0, 2.0], 3).unwrap();
    assert!(repeated.note.unwrap().starts_with("1 rows"));
    assert!(repeated.data[0] != repeated.data[2] && (repeated.data[0] - repeated.data[2]).abs() < 0.1);
    check(&given(&[3.0; 20], 10).unwrap(), 10, 2);
}

/// Rows of few distinct values, whose graphs are stars around the first rows of each value: most eigenvalues are 1, and
/// a block that holds only those may lose its vectors, or find values up to 2.
#[test]
fn graphs_of_repeated_rows_have_finite_layouts() {
    for (rows, cols) in [(100, 1), (200, 4), (300, 1), (300, 4), (400, 4), (500, 1)] {
        let value =
            |at: u32| if cols > 1 && (at / cols).is_multiple_of(3) { 0.0 } else { h32(at) as f32 / 4.3e9 - 0.5 };
        let data: Vec<f32> = (0..rows * cols).map(value).collect();
        let points = Points::from_slice(&data, rows as usize, cols as usize, Metric::Cosine).unwrap();
        let params = UmapParams { metric: MetricName::Cosine, n_epochs: Some(0), ..UmapParams::default() };
        let fitted = block_on(async |pulse| fit(points, &params, FitInputs::default(), pulse).await).unwrap();
        assert!(fitted.embedding.iter().all(|x| x.is_finite()), "{rows} x {cols}");
    }
}
