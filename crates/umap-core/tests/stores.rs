//! Stores of points: what each keeps, held against slow and simple versions, and every stage that reads them.

mod searches;

use crate::oracle::METRICS;
use proptest::prelude::*;
use umap_core::UmapError;
use umap_core::metric::Metric;
use umap_core::points::{Element, F16, Points, PointsBuilder, Store, StoreUsed};
use umap_core::random::{Random, Stream};

const STORES: [Store; 3] = [Store::F32, Store::F16, Store::Int8];

/// What kernels read, padding left out.
fn read(points: &Points, width: usize) -> Vec<Vec<f32>> {
    let row = |i| points.read([i], &mut Vec::new())[0][..width].to_vec();
    (0..points.rows() as u32).map(row).collect()
}

fn stored(data: &[f32], cols: usize, metric: Metric, store: Store) -> Points {
    Points::stored(data, data.len() / cols, cols, metric, store).unwrap()
}

fn normals(count: usize) -> Vec<f32> {
    let random = Random::new(5, Stream::Noise);
    (0..count as u32).map(|i| random.normal(i)).collect()
}

/// By trying all halves: the nearest, of two the one whose last bit is 0.
fn nearest_half(x: f32) -> f32 {
    let finite = (0..0x7c00u16).chain(0x8000..0xfc00);
    let distance = |bits: &u16| (f64::from(F16(*bits).widen()) - f64::from(x)).abs();
    let better = |a: &u16, b: &u16| distance(a).total_cmp(&distance(b)).then((a & 1).cmp(&(b & 1)));
    F16(finite.min_by(better).unwrap()).widen()
}

#[test]
fn halves_are_the_nearest() {
    for bits in (0..=u16::MAX).filter(|bits| bits & 0x7c00 != 0x7c00) {
        assert_eq!(F16::nearest(F16(bits).widen()), F16(bits));
        // Halfway to the next, and a bit to either side.
        let (here, next) = (F16(bits).widen(), F16(bits + 1).widen());
        if next.is_finite() {
            let middle = here / 2.0 + next / 2.0;
            let even = F16(bits + (bits & 1));
            assert_eq!(F16::nearest(middle), even, "{middle}");
            assert_eq!(F16::nearest(f32::from_bits(middle.to_bits() - 1)), F16(bits), "below {middle}");
            assert_eq!(F16::nearest(f32::from_bits(middle.to_bits() + 1)), F16(bits + 1), "above {middle}");
        }
    }
    for x in normals(60).into_iter().enumerate().map(|(i, x)| x * 10f32.powi(i as i32 % 13 - 8)) {
        assert_eq!(F16::nearest(x).widen(), nearest_half(x), "{x}");
    }
    assert_eq!(F16::nearest(1e-30), F16(0));
    assert_eq!(F16::nearest(-1e-30), F16(0x8000));
    assert!(F16::fits(65519.0) && !F16::fits(65520.0) && !F16::fits(-65520.0));
}

#[test]
fn values_too_small_for_halves_are_refused() {
    let refused = |data: &[f32], metric| Points::stored(data, 2, 2, metric, Store::F16).err().map(|e| e.to_string());
    let error = refused(&[1e-8, 2e-8, 0.0, -3e-8], Metric::Euclidean).expect("refused");
    assert!(error.contains("f16") && error.contains("0.00006"), "{error}");
    // Beside greater ones they are as good as 0; scaled to length 1 they are not small; 0 and halves are kept.
    assert_eq!(refused(&[1e-8, 2e-8, 0.0, 1.0], Metric::Euclidean), None);
    assert_eq!(refused(&[1e-8, 2e-8, 0.0, -3e-8], Metric::Cosine), None);
    assert_eq!(refused(&[0.0, F16(3).widen(), 0.0, 0.0], Metric::Euclidean), None);
    let halves = [1, 2, 3, 4].map(F16);
    assert!(Points::stored(&halves, 2, 2, Metric::Euclidean, Store::F16).is_ok());
}

proptest! {
    #[test]
    fn bytes_are_within_half_a_step(
        cols in 1usize..70,
        seed: u32,
        exponent in -40i32..14,
        offset in -3f32..3.0,
    ) {
        let random = Random::new(seed, Stream::Noise);
        let scale = 10f32.powi(exponent);
        let row: Vec<f32> = (0..cols as u32).map(|i| (random.normal(i) + offset) * scale).collect();
        let points = stored(&row, cols, Metric::Euclidean, Store::Int8);
        let low = row.iter().copied().fold(f32::INFINITY, f32::min);
        let high = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        // Rows around zero have one step less.
        let step = ((f64::from(high) - f64::from(low)) / 254.0).max(f64::from(f32::MIN_POSITIVE));
        let largest = f64::from(low.abs().max(high.abs()));
        for (&got, &x) in read(&points, cols)[0].iter().zip(&row) {
            let error = (f64::from(got) - f64::from(x)).abs();
            prop_assert!(error <= 0.5001 * step + 1e-7 * largest, "{} for {}, step {}", got, x, step);
        }
    }

    #[test]
    fn whole_numbers_in_a_range_of_255_are_kept(low in -(1i32 << 24)..(1 << 24) - 255, range in 0u32..=255, seed: u32) {
        let random = Random::new(seed, Stream::Noise);
        let row: Vec<i32> = (0..40).map(|i| low + random.below(i, range + 1) as i32).collect();
        let points = Points::stored(&row, 1, 40, Metric::Euclidean, Store::Int8).unwrap();
        let got: Vec<i32> = read(&points, 40)[0].iter().map(|&x| x as i32).collect();
        prop_assert_eq!(got, row);
    }

    #[test]
    fn zeros_stay_zeros_and_constants_constant(seed: u32, zeros in 1usize..30, value in -1e15f32..1e15) {
        let random = Random::new(seed, Stream::Noise);
        let mut row: Vec<f32> = (0..40).map(|i| random.normal(i)).collect();
        row[..zeros].fill(0.0);
        (row[38], row[39]) = (-1.0, 0.7);
        let points = stored(&row, 40, Metric::Euclidean, Store::Int8);
        prop_assert!(read(&points, 40)[0][..zeros].iter().all(|&x| x == 0.0));
        let value = if value.is_finite() { value } else { 1.0 };
        let constant = stored(&[value; 9], 9, Metric::Euclidean, Store::Int8);
        prop_assert_eq!(&read(&constant, 9)[0], &vec![value; 9]);
    }

    #[test]
    fn pieces_cut_anywhere_give_the_same_rows(
        (cols, n) in (1usize..9, 1usize..9),
        cuts in prop::collection::vec(0usize..80, 0..6),
        (metric, store) in (0..METRICS.len(), 0..STORES.len()),
    ) {
        let (metric, store) = (METRICS[metric].clone(), STORES[store]);
        let data: Vec<f32> = (0..n * cols).map(|i| (i * i % 11) as f32 - 3.3).collect();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % (data.len() + 1)).collect();
        cuts.extend([0, data.len()]);
        cuts.sort_unstable();
        let mut builder = PointsBuilder::new(n, cols, metric.clone(), store.of::<f32>(cols, &metric)).unwrap();
        for piece in cuts.windows(2) {
            builder.push(&data[piece[0]..piece[1]]).unwrap();
        }
        let (pieces, whole) = (builder.finish().unwrap(), stored(&data, cols, metric, store));
        prop_assert_eq!(read(&pieces, whole.stride()), read(&whole, whole.stride()));
    }
}

/// Whole rows of bytes are stored as they are, parts of rows and other forms by way of floats.
#[test]
fn bytes_are_stored_as_the_same_floats_are() {
    let bytes: Vec<u8> = (0..40 * 50).map(|i: u32| (i * i / 7 % 251) as u8).collect();
    let floats: Vec<f32> = bytes.iter().map(|&x| f32::from(x)).collect();
    for metric in [Metric::Euclidean, Metric::Manhattan, Metric::Cosine] {
        let expected = stored(&floats, 40, metric.clone(), Store::Int8);
        for piece in [2000, 90, 7] {
            let mut builder = PointsBuilder::new(50, 40, metric.clone(), StoreUsed::Int8).unwrap();
            bytes.chunks(piece).for_each(|piece| builder.push(piece).unwrap());
            assert_eq!(read(&builder.finish().unwrap(), expected.stride()), read(&expected, expected.stride()));
        }
    }
}

#[test]
fn the_store_follows_the_type_where_that_loses_nothing() {
    let of = |cols, metric: &Metric| {
        let auto = Store::Auto;
        let bytes = [auto.of::<u8>(cols, metric), auto.of::<i8>(cols, metric)];
        [bytes[0], bytes[1], auto.of::<F16>(cols, metric), auto.of::<f32>(cols, metric), auto.of::<u16>(cols, metric)]
    };
    use StoreUsed::{F32, Int8};
    for metric in [Metric::Euclidean, Metric::Manhattan, Metric::InnerProduct] {
        assert_eq!(of(32, &metric), [Int8, Int8, StoreUsed::F16, F32, F32]);
        assert_eq!(of(31, &metric), [F32; 5]);
    }
    for metric in [Metric::Cosine, Metric::Correlation, Metric::Dot, Metric::Chebyshev] {
        assert_eq!(of(32, &metric), [F32; 5]);
    }
    fn kept<T: Element>(values: &[T]) {
        let rows = |store| read(&Points::stored(values, values.len() / 64, 64, Metric::Euclidean, store).unwrap(), 64);
        assert_eq!(rows(Store::Auto), rows(Store::F32));
    }
    kept(&(0..=u8::MAX).collect::<Vec<_>>());
    kept(&(i8::MIN..=i8::MAX).collect::<Vec<_>>());
    kept(&(0..0x7c00).map(F16).collect::<Vec<_>>());
}

#[test]
fn what_a_store_cannot_hold_is_refused() {
    let error = |values: &[f32], store| Points::stored(values, 2, 3, Metric::Euclidean, store).unwrap_err();
    let large = [0.0, 1.0, 2.0, 3.0, -65519.0, 65520.0];
    let message = "store: expected values within 65504 of 0 for f16, got points[1, 2] = 65520";
    assert_eq!(error(&large, Store::F16).to_string(), message);
    assert!(Points::stored(&large, 2, 3, Metric::Cosine, Store::F16).is_ok(), "rows of length 1 fit");
    let wide = [0.0, 1.0, 2.0, 3e38, -3e38, 0.0];
    let message =
        "store: expected rows whose values differ by a 32-bit float at most for int8, got more in row 1 of points";
    assert_eq!(error(&wide, Store::Int8).to_string(), message);
    let nan = UmapError::NotFinite { what: "points", row: 1, col: 1, value: f64::INFINITY };
    assert_eq!(error(&[0.0, 1.0, 2.0, 3.0, f32::INFINITY, 0.0], Store::Int8), nan);
}

#[test]
fn room_is_asked_for_as_the_store_needs_it() {
    let bytes = |store| match PointsBuilder::new(1 << 29, 1 << 44, Metric::Euclidean, store).unwrap_err() {
        UmapError::OutOfMemory { bytes, .. } => bytes,
        other => panic!("{other}"),
    };
    // 2^75 bytes and more are as many as 64 bits hold.
    assert_eq!([StoreUsed::F32, StoreUsed::F16, StoreUsed::Int8].map(bytes), [u64::MAX; 3]);
    let bytes = |store| match PointsBuilder::new(1 << 20, 1 << 38, Metric::Euclidean, store).unwrap_err() {
        UmapError::OutOfMemory { bytes, .. } => bytes,
        other => panic!("{other}"),
    };
    let expected = [1 << 60, 1 << 59, (1 << 58) + (8 << 20)];
    assert_eq!([StoreUsed::F32, StoreUsed::F16, StoreUsed::Int8].map(bytes), expected);
}
