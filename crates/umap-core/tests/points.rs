//! Input: conversion, pieces, refusals.

use proptest::prelude::*;
use umap_core::UmapError;
use umap_core::metric::Metric;
use umap_core::points::{Element, F16, Points, PointsBuilder, StoreUsed};

/// Sign, exponent and fraction read off one by one (IEEE 754-2019, 3.4).
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023) / 1024.0);
    let magnitude = match exponent {
        0 => fraction * 2f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction) * 2f64.powi(exponent - 15),
    };
    if bits >> 15 == 1 { -magnitude } else { magnitude }
}

#[test]
fn every_half_precision_value_converts() {
    for bits in 0..=u16::MAX {
        let (got, expected) = (F16(bits).to_f32(), half(bits) as f32);
        assert!(got.to_bits() == expected.to_bits() || (got.is_nan() && expected.is_nan()), "{bits:#x}: {got}");
    }
}

fn rows(points: &Points) -> Vec<Vec<f32>> {
    let row = |i| points.read([i], &mut Vec::new())[0].to_vec();
    (0..points.rows() as u32).map(row).collect()
}

#[test]
fn every_type_gives_the_same_points() {
    fn stored<T: Element>(values: [T; 6]) -> Vec<f32> {
        let points = Points::from_slice(&values, 2, 3, Metric::Euclidean).unwrap();
        rows(&points).concat()
    }
    let expected = [1.0, 2.0, 3.0, 0.0, 4.0, 5.0, 100.0, 0.0];
    assert_eq!(stored([1f32, 2.0, 3.0, 4.0, 5.0, 100.0]), expected);
    assert_eq!(stored([1f64, 2.0, 3.0, 4.0, 5.0, 100.0]), expected);
    assert_eq!(stored([1u8, 2, 3, 4, 5, 100]), expected);
    assert_eq!(stored([1i8, 2, 3, 4, 5, 100]), expected);
    assert_eq!(stored([1u16, 2, 3, 4, 5, 100]), expected);
    assert_eq!(stored([1i16, 2, 3, 4, 5, 100]), expected);
    assert_eq!(stored([1u32, 2, 3, 4, 5, 100]), expected);
    assert_eq!(stored([1i32, 2, 3, 4, 5, 100]), expected);
    assert_eq!(stored([0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x5640].map(F16)), expected);
}

proptest! {
    #[test]
    fn pieces_cut_anywhere_give_the_same_points(
        cols in 1usize..9,
        n in 1usize..9,
        cuts in prop::collection::vec(0usize..80, 0..6),
        correlation: bool,
    ) {
        let metric = if correlation { Metric::Correlation } else { Metric::Euclidean };
        let data: Vec<f32> = (0..n * cols).map(|i| (i * i % 11) as f32 - 3.0).collect();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % (data.len() + 1)).collect();
        cuts.extend([0, data.len()]);
        cuts.sort_unstable();
        let mut builder = PointsBuilder::new(n, cols, metric.clone(), StoreUsed::F32).unwrap();
        for piece in cuts.windows(2) {
            builder.push(&data[piece[0]..piece[1]]).unwrap();
        }
        let (pieces, whole) = (builder.finish().unwrap(), Points::from_slice(&data, n, cols, metric).unwrap());
        prop_assert_eq!(rows(&pieces), rows(&whole));
    }
}

#[test]
fn many_chunks_hold_the_rows_in_order() {
    // 8 MiB a row: 16 rows fit a chunk of 128 MiB.
    let (n, cols) = (19, 2 << 20);
    let mut builder = PointsBuilder::new(n, cols, Metric::Euclidean, StoreUsed::F32).unwrap();
    for row in 0..n {
        builder.push(&vec![row as f32; cols]).unwrap();
    }
    let points = builder.finish().unwrap();
    assert!(rows(&points).iter().enumerate().all(|(i, row)| row.iter().all(|&x| x == i as f32)));
}

#[test]
fn a_value_that_is_not_finite_is_named() {
    let refusal = |row, col, value: f64| UmapError::NotFinite { what: "points", row, col, value };
    let mut data = vec![0.5f64; 60];
    data[17] = f64::INFINITY;
    data[18] = f64::NEG_INFINITY;
    let got = Points::from_slice(&data, 6, 10, Metric::Cosine).unwrap_err();
    assert_eq!(got, refusal(1, 7, f64::INFINITY));
    data[17] = 1e39;
    let got = Points::from_slice(&data, 6, 10, Metric::Cosine).unwrap_err();
    assert_eq!(got, refusal(1, 7, 1e39), "does not fit 32 bits");
    let mut builder = PointsBuilder::new(6, 10, Metric::Euclidean, StoreUsed::F32).unwrap();
    builder.push(&[1.0f32; 25]).unwrap();
    let error = builder.push(&[1.0, 2.0, f32::NAN]).unwrap_err().to_string();
    assert!(error.contains("points[2, 7] is NaN"), "{error}");
    let half = Points::from_slice(&[F16(0x7c00)], 1, 1, Metric::Euclidean).unwrap_err();
    assert_eq!(half, refusal(0, 0, f64::INFINITY));
}

#[test]
fn wrong_numbers_of_values_are_refused() {
    let message = |result: Result<Points, UmapError>| result.unwrap_err().to_string();
    let few = message(Points::from_slice(&[0f32; 11], 3, 4, Metric::Euclidean));
    assert_eq!(few, "points: expected 12 values (3 x 4), got 11");
    let many = message(Points::from_slice(&[0f32; 13], 3, 4, Metric::Euclidean));
    assert_eq!(many, "points: expected 12 values (3 x 4), got at least 13");
    for (rows, cols) in [(0, 3), (3, 0)] {
        let error = PointsBuilder::new(rows, cols, Metric::Euclidean, StoreUsed::F32).unwrap_err();
        assert_eq!(error, UmapError::EmptyInput { rows, cols });
    }
}

#[test]
fn sizes_beyond_memory_and_row_numbers_are_refused_before_anything_is_stored() {
    for (rows, cols) in [(1, 1 << 50), (1, usize::MAX), (1 << 30, usize::MAX / 2), (1 << 30, 1 << 30)] {
        for metric in [Metric::Euclidean, Metric::Cosine] {
            let error = PointsBuilder::new(rows, cols, metric, StoreUsed::F32).unwrap_err();
            assert!(matches!(error, UmapError::OutOfMemory { .. }), "{rows} x {cols}: {error}");
        }
    }
    for rows in [(1 << 31) - 1, 1 << 32, usize::MAX] {
        let error = PointsBuilder::new(rows, 1, Metric::Euclidean, StoreUsed::F32).unwrap_err();
        assert!(matches!(error, UmapError::ShapeMismatch { .. }), "{rows}: {error}");
    }
}
