//! What is cut, refused or kept as it came.

use super::{add, build, clusters, points, query, recall, try_query};
use crate::oracle::integers;
use umap_core::UmapError;
use umap_core::index::NeighborIndex;
use umap_core::knn::KnnGraph;
use umap_core::metric::Metric;
use umap_core::points::{Points, Store, StoreUsed};
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};

#[test]
fn k_is_cut_to_the_rows_there_are() {
    let data = integers(5, 3, 3);
    let index = build(&data, 3, Metric::Euclidean);
    let found = query(&index, &points(&data, 3, Metric::Euclidean), 20);
    assert_eq!((found.k, found.rows()), (5, 5));
    let one = query(&index, &points(&data, 3, Metric::Euclidean), 1);
    assert_eq!((one.k, one.indices), (1, vec![0, 1, 2, 3, 4]));
    // More than the graph's widest search finds by itself.
    let (data, asked) = (clusters(9000, 100, 900, 8), clusters(2, 100, 900, 9));
    let all = query(&build(&data, 100, Metric::Euclidean), &points(&asked, 100, Metric::Euclidean), 9999);
    assert_eq!(recall(Metric::Euclidean, &data, 100, &asked, &all), 1.0);
}

#[test]
fn rows_that_do_not_fit_are_errors() {
    let mut index = build(&integers(50, 4, 4), 4, Metric::Euclidean);
    let other = |cols, metric| points(&integers(3, cols, 5), cols, metric);
    let error = |queries: &Points, epsilon| try_query(&index, queries, 2, epsilon).unwrap_err();
    let (wide, manhattan) = (other(5, Metric::Euclidean), other(4, Metric::Manhattan));
    assert!(matches!(error(&wide, 0.1), UmapError::ShapeMismatch { .. }));
    assert!(matches!(error(&manhattan, 0.1), UmapError::InvalidParameter { .. }));
    for epsilon in [-0.1, f32::NAN, f32::INFINITY] {
        assert!(matches!(error(&other(4, Metric::Euclidean), epsilon), UmapError::InvalidParameter { .. }));
    }
    let bytes = Points::stored(&[1u8; 12], 3, 4, Metric::Euclidean, Store::Int8).unwrap();
    for rows in [wide, manhattan, bytes] {
        block_on(async |pulse| index.add(&rows, pulse).await).unwrap_err();
        assert_eq!(index.space().rows(), 50);
    }
}

/// An index of bytes, as a search of few rows and of many.
#[test]
fn floats_that_join_bytes_are_not_rounded() {
    for rows in [100, 12_000] {
        let (cols, bytes) = (64, |i: u32| (Random::new(2, Stream::Noise).at(i).below(0, 256)) as u8);
        let data: Vec<u8> = (0..(rows * cols) as u32).map(bytes).collect();
        let points = Points::stored(&data, rows, cols, Metric::Euclidean, Store::Auto).unwrap();
        let mut index = block_on(async |pulse| NeighborIndex::build(points, 15, 42, pulse).await).unwrap();
        assert!(index.diagnostics().store == StoreUsed::Int8 && index.space().dense().unwrap().are_bytes());
        let whole: Vec<f32> = data[..cols].iter().map(|&x| f32::from(x)).collect();
        add(&mut index, &self::points(&whole, cols, Metric::Euclidean));
        assert_eq!(index.diagnostics().store, StoreUsed::Int8);
        // A sixth of a step of 8 bits between two rows.
        let near: Vec<f32> =
            [0.0, 1.0 / 6.0].into_iter().flat_map(|by| whole.iter().map(move |x| x + 0.1 + by)).collect();
        let near = self::points(&near, cols, Metric::Euclidean);
        block_on(async |pulse| {
            pulse.cancel();
            index.add(&near, pulse).await
        })
        .unwrap_err();
        assert_eq!((index.diagnostics().store, index.space().rows()), (StoreUsed::Int8, rows + 1));
        add(&mut index, &near);
        assert_eq!(index.diagnostics().store, StoreUsed::F32);
        let found = query(&index, &near, 2);
        let (first, second) = (rows as u32 + 1, rows as u32 + 2);
        assert_eq!(found.row(1).0[0], second);
        assert_eq!((found.row(0).0[0], found.row(0).1[0], found.row(1).1[0]), (first, 0.0, 0.0));
    }
}

#[test]
fn neighbors_that_do_not_fit_are_errors() {
    let data = integers(50, 4, 4);
    let from = |k, indices: Vec<u32>| {
        let knn = KnnGraph { k, distances: vec![0.0; indices.len()], indices };
        let points = points(&data, 4, Metric::Euclidean);
        block_on(async |pulse| NeighborIndex::from_neighbors(points, &knn, 1, pulse).await).map(|_| ())
    };
    assert!(matches!(from(2, vec![0; 99]), Err(UmapError::ShapeMismatch { .. })));
    assert!(matches!(from(0, vec![]), Err(UmapError::ShapeMismatch { .. })));
    assert!(matches!(from(2, vec![50; 100]), Err(UmapError::InvalidParameter { .. })));
    assert_eq!(from(2, vec![u32::MAX; 100]), Ok(()));
}
