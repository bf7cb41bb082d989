//! Kernels and forms against f64, and bit for bit against a scalar version of their order of additions.

use std::f32::consts::FRAC_PI_2;

use crate::oracle::{METRICS, distance, integers};
use umap_core::metric::{Kernel, Metric, MetricName};
use umap_core::points::Points;
use umap_core::random::{Random, Stream, h32};

const WIDTHS: [usize; 7] = [1, 3, 4, 5, 8, 33, 784];

fn uneven(rows: usize, cols: usize) -> Vec<f32> {
    let random = Random::new(3, Stream::Sample);
    (0..(rows * cols) as u32).map(|i| random.normal(i) * if i % 13 == 0 { 100.0 } else { 1.0 }).collect()
}

fn measured(points: &Points, i: usize, j: usize) -> f32 {
    let mut scratch = Vec::new();
    let [a, b] = points.read([i as u32, j as u32], &mut scratch);
    points.distance(points.kernel().pair(a, b))
}

#[test]
fn distances_are_umap_learns() {
    const ROWS: usize = 9;
    for cols in WIDTHS {
        for data in [integers(ROWS, cols, 1), uneven(ROWS, cols)] {
            for metric in METRICS.iter() {
                let points = Points::from_slice(&data, ROWS, cols, metric.clone()).unwrap();
                let rows: Vec<&[f32]> = data.chunks_exact(cols).collect();
                for (i, j) in (0..ROWS * ROWS).map(|at| (at / ROWS, at % ROWS)) {
                    let (got, expected) = (measured(&points, i, j), distance(metric, rows[i], rows[j]));
                    let scale = rows[i].iter().zip(rows[j]).map(|(a, b)| (a * b).abs()).sum::<f32>().max(1.0);
                    let close = (f64::from(got) - expected).abs() <= 2e-6 * f64::from(scale).max(expected.abs());
                    assert!(close, "{metric:?}, {cols} columns, rows {i} and {j}: {got} for {expected}");
                    let swapped = measured(&points, j, i);
                    assert_eq!(got.to_bits(), swapped.to_bits(), "{metric:?}, {cols} columns, rows {i} and {j}");
                }
            }
        }
    }
}

#[test]
fn zero_constant_and_equal_rows() {
    let data = [[0.0; 5], [0.0; 5], [0.1; 5], [1e8; 5], [1.0, 2.0, 3.0, 4.0, 5.0], [1e-30, 2e-30, 3e-30, 4e-30, 5e-30]];
    let between = |metric, i, j| measured(&Points::from_slice(data.as_flattened(), 6, 5, metric).unwrap(), i, j);
    for metric in [Metric::Cosine, Metric::Dot] {
        assert_eq!(between(metric.clone(), 0, 1), 0.0, "two zero rows");
        // The other row is of length 1 up to rounding.
        assert!((between(metric.clone(), 0, 4) - 1.0).abs() < 1e-6, "a zero row and another");
        assert!(between(metric.clone(), 2, 3) < 1e-12, "one direction");
        assert!(between(metric, 4, 5) < 1e-12, "length does not count");
    }
    let metric = Metric::Correlation;
    assert_eq!(between(metric.clone(), 0, 2), 0.0, "two constant rows");
    assert_eq!(between(metric.clone(), 2, 3), 0.0, "two constant rows whose mean is rounded");
    assert_eq!(between(metric.clone(), 3, 4), 1.0, "a constant row and another");
    assert!(between(metric, 4, 5) < 1e-12, "length does not count");
}

/// One addition after the other, in the order that the kernels promise.
fn scalar(x: &[f32], y: &[f32], step: impl Fn(f32, f32, f32) -> f32, join: fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0; 4];
    for (at, (&a, &b)) in x.iter().zip(y).enumerate() {
        lanes[at % 4] = step(lanes[at % 4], a, b);
    }
    join(join(lanes[0], lanes[2]), join(lanes[1], lanes[3]))
}

/// Every number of rows up to two tiles and what is left, and either way round.
fn every_shape(metric: Metric, step: impl Fn(f32, f32, f32) -> f32 + Copy, join: fn(f32, f32) -> f32) {
    for cols in WIDTHS {
        let points = Points::from_slice(&uneven(12, cols), 12, cols, metric.clone()).unwrap();
        let kernel: Kernel = points.kernel();
        let mut scratch = Vec::new();
        let rows = points.read(std::array::from_fn::<_, 12, _>(|i| i as u32), &mut scratch);
        let expected = |i: usize, j: usize| scalar(rows[i], rows[j], step, join).to_bits();
        let four: [&[f32]; 4] = std::array::from_fn(|j| rows[8 + j]);
        for count in 0..=8 {
            let mut out = vec![[f32::NAN; 4]; count];
            kernel.strip(&rows[..count], four, &mut out);
            for (i, j) in (0..4 * count).map(|at| (at / 4, at % 4)) {
                assert_eq!(out[i][j].to_bits(), expected(i, 8 + j), "{metric:?}, {cols} columns, {count} rows");
                assert_eq!(kernel.pair(rows[8 + j], rows[i]).to_bits(), expected(i, 8 + j), "{metric:?}, swapped");
            }
        }
    }
}

#[test]
fn every_shape_gives_the_bits_of_the_scalar_order() {
    let sum = |x: f32, y: f32| x + y;
    every_shape(Metric::Euclidean, |acc, a, b| acc + (a - b) * (a - b), sum);
    every_shape(Metric::Manhattan, |acc, a, b| acc + (a - b).abs(), sum);
    every_shape(Metric::InnerProduct, |acc, a, b| acc - a * b, sum);
    every_shape(Metric::Chebyshev, |acc, a, b| acc.max((a - b).abs()), f32::max);
    let part = |a: f32, b: f32| if a == 0.0 && b == 0.0 { 0.0 } else { (a - b).abs() / (a.abs() + b.abs()) };
    every_shape(Metric::Canberra, move |acc, a, b| acc + part(a, b), sum);
    every_shape(Metric::Hamming, |acc, a, b| acc + if a == b { 0.0 } else { 1.0 }, sum);
}

#[test]
fn values_are_the_same_bits_on_every_platform() {
    let hash = |metric| {
        let points = Points::from_slice(&uneven(8, 33), 8, 33, metric).unwrap();
        let pairs = (0..64).map(|at| measured(&points, at / 8, at % 8).to_bits());
        pairs.fold(0, |hash: u32, bits| h32(hash ^ bits))
    };
    // Natively and in WebAssembly with simd128, when this was written.
    let expected = [
        222767467, 3115686422, 3605945575, 2666799151, 100291674, 3115686422, 4012260652, 2852678503, 446225017,
        3485661350,
    ];
    assert_eq!(METRICS.clone().map(hash), expected);
}

#[test]
fn names_and_aliases() {
    let names = ["l2", "cosine", "correlation", "taxicab", "linfinity", "dot", "inner_product"];
    let read: [Metric; 7] = names.map(|name| serde_json::from_value::<MetricName>(name.into()).unwrap().into());
    assert_eq!(read, METRICS[..7]);
    for &name in MetricName::ALL {
        let written = serde_json::to_value(name).unwrap();
        assert_eq!(serde_json::from_value::<MetricName>(written).unwrap(), name);
    }
}

#[test]
fn haversine_is_umap_learns() {
    let random = Random::new(5, Stream::Sample);
    let place = |i: u32| [1.5 * (2.0 * random.uniform(2 * i) - 1.0), 3.1 * (2.0 * random.uniform(2 * i + 1) - 1.0)];
    let mut places: Vec<[f32; 2]> = (0..20).map(place).collect();
    // The same place, one 64 metres away, poles, antipodes, and across the date line.
    places.push(places[0]);
    places.push([places[0][0] + 1e-5, places[0][1]]);
    places.extend([[FRAC_PI_2, 0.3], [-FRAC_PI_2, 2.0], [0.2, -0.5], [-0.2, 2.641_592_7], [0.4, 3.1], [0.4, -3.1]]);
    let points = Points::from_slice(places.as_flattened(), places.len(), 2, Metric::Haversine).unwrap();
    for (i, j) in (0..places.len() * places.len()).map(|at| (at / places.len(), at % places.len())) {
        let (got, expected) = (measured(&points, i, j), distance(&Metric::Haversine, &places[i], &places[j]));
        // Near antipodes a chord says little more than half the bits of the angle.
        let near = if expected > 3.0 { 1e-3 } else { 1e-6 };
        assert!((f64::from(got) - expected).abs() <= near, "{:?} {:?}: {got} for {expected}", places[i], places[j]);
    }
    assert_eq!(measured(&points, 0, 20), 0.0);
}

#[test]
fn haversine_takes_two_columns() {
    let refused = Points::from_slice(&[0.0f32; 6], 2, 3, Metric::Haversine).unwrap_err().to_string();
    assert!(
        refused.contains("2 columns, latitude and longitude in radians") && refused.ends_with("got 3"),
        "{refused}"
    );
}

#[test]
fn minkowskis_of_orders_with_names_are_those_metrics() {
    for (p, metric) in [(1.0, Metric::Manhattan), (2.0, Metric::Euclidean), (f32::INFINITY, Metric::Chebyshev)] {
        assert_eq!(Metric::minkowski(p), metric);
    }
    assert_eq!((Metric::minkowski(3.0).name(), Metric::minkowski(3.0).p()), (MetricName::Minkowski, Some(3.0)));
    assert_eq!(Metric::from(MetricName::Minkowski), Metric::Euclidean);
}
