//! Principal components, as layouts and as axes.

use super::{axis, check, correlation, layout, no_edges, points};
use crate::oracle::same_for_all_threads;
use umap_core::init::{InitUsed, PrincipalAxes};
use umap_core::metric::Metric;
use umap_core::params::Init;
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};

#[test]
fn equal_points_and_values_at_the_limits_of_f32_stay_finite() {
    for value in [0.0, 1.0, 1e30, 3e38, 1e-40] {
        let data: Vec<f32> = (0..300).map(|at| if at % 5 == 0 { value } else { 1.0 }).collect();
        check(&layout(Some(&points(&data, 3)), &no_edges(100), Init::Pca, 2), 100, 2);
    }
}

#[test]
fn principal_components_are_those_of_the_points() {
    // Standard deviations 9, 7, 5 and 0.5 thrice, rotated in pairs, far from 0.
    let random = Random::new(3, Stream::Sample);
    let n = 20_000;
    let (mut data, mut truth) = (Vec::new(), Vec::new());
    for i in 0..n as u32 {
        let deviation = [9.0, 7.0, 5.0, 0.5, 0.5, 0.5];
        let x: [f32; 6] = std::array::from_fn(|k| deviation[k] * random.at(i).normal(k as u32));
        truth.extend(&x[..3]);
        for k in 0..3 {
            data.extend([1000.0 + 0.6 * x[k] + 0.8 * x[k + 3], 500.0 + 0.8 * x[k] - 0.6 * x[k + 3]]);
        }
    }
    let found = layout(Some(&points(&data, 6)), &no_edges(n), Init::Pca, 3);
    assert_eq!((found.used, found.note.clone()), (InitUsed::Pca, None));
    check(&found, n, 3);
    for k in 0..3 {
        let found = correlation(&axis(&found.data, 3, k), &axis(&truth, 3, k));
        assert!(found.abs() > 0.995, "axis {k}: correlation {found}");
    }
}

#[test]
fn principal_axes_are_orthonormal_and_hold_the_variance() {
    // Seven columns, which kernels read as eight; the last one depends on the others.
    let random = Random::new(4, Stream::Sample);
    let (n, deviations) = (9000, [9.0f32, 5.0, 3.0, 1.0, 1.0, 1.0]);
    let row = |i: u32| {
        let x: [f32; 6] = std::array::from_fn(|k| deviations[k] * random.at(i).normal(k as u32));
        let turned = |k: usize| 50.0 + 0.6 * x[k] + 0.8 * x[5 - k];
        [
            turned(0),
            0.8 * x[0] - 0.6 * x[5],
            turned(1),
            0.8 * x[1] - 0.6 * x[4],
            turned(2),
            0.8 * x[2] - 0.6 * x[3],
            0.0,
        ]
    };
    let data: Vec<f32> = (0..n).flat_map(row).collect();
    let axes = |count: usize| {
        block_on(async |pulse| {
            PrincipalAxes::of(&Points::from_slice(&data, 9000, 7, Metric::Euclidean)?, count, pulse).await
        })
        .unwrap()
    };
    let product = |axes: &[f32], count: usize, a: usize, b: usize| {
        axes.chunks_exact(count).map(|row| f64::from(row[a]) * f64::from(row[b])).sum::<f64>()
    };
    let PrincipalAxes { axes: three, variances } = axes(3);
    for (found, deviation) in variances.iter().zip(deviations) {
        let expected = deviation * deviation;
        assert!((found - expected).abs() < 0.05 * expected, "{found}, not {expected}");
    }
    for (a, b) in [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)] {
        let found = product(&three, 3, a, b);
        assert!((found - f64::from(u8::from(a == b))).abs() < 1e-5, "{a} . {b}: {found}");
    }
    // Six of seven columns are independent.
    let PrincipalAxes { axes: seven, variances } = axes(7);
    assert_eq!((seven.len(), variances.len(), variances[6]), (49, 7, 0.0));
    assert_eq!(product(&seven, 7, 6, 6), 0.0);
    assert!(same_for_all_threads(|| axes(3)).axes == three);
}
