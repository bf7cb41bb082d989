//! Rows that are added to an index.

use super::{add, build, clusters, points, query, recall};
use crate::oracle::integers;
use umap_core::UmapError;
use umap_core::index::NeighborIndex;
use umap_core::knn::KnnGraph;
use umap_core::metric::Metric;
use umap_core::pulse::{Computation, Pulse, block_on, native_clock};

#[test]
fn what_is_added_is_found() {
    // Before and after there are so many rows that a graph is needed, and at the same time.
    for (before, more) in [(100, 200), (100, 9000), (8500, 1), (8500, 700), (7000, 2500)] {
        let cols = 100;
        let data = clusters(before + more, cols, 12, 1);
        let (first, rest) = data.split_at(before * cols);
        let mut index = build(first, cols, Metric::Cosine);
        add(&mut index, &points(rest, cols, Metric::Cosine));
        assert_eq!(index.space().rows(), before + more);
        let all = points(&data[data.len() - 30.min(more) * cols..], cols, Metric::Cosine);
        let found = query(&index, &all, 10);
        for row in 0..all.rows() {
            assert_eq!(found.row(row).0[0] as usize, before + more - all.rows() + row);
        }
        let asked = clusters(30, cols, 12, 2);
        let share =
            recall(Metric::Cosine, &data, cols, &asked, &query(&index, &points(&asked, cols, Metric::Cosine), 10));
        assert!(share > 0.93, "{before} and {more}: {share}");
    }
}

/// `more` rows of another mean and deviation join 8,500: they, and those that were there, are found as in an index of all.
fn assert_found_as_in_an_index_of_all(more: usize, mean: f32, deviation: f32) {
    let (before, cols) = (8500, 100);
    let mut data = clusters(before + more, cols, 1, 1);
    data[before * cols..].iter_mut().for_each(|x| *x = mean + deviation * *x);
    let mut index = build(&data[..before * cols], cols, Metric::Euclidean);
    add(&mut index, &points(&data[before * cols..], cols, Metric::Euclidean));
    let mut asked = clusters(60, cols, 1, 2);
    asked[30 * cols..].iter_mut().for_each(|x| *x = mean + deviation * *x);
    let queries = points(&asked, cols, Metric::Euclidean);
    let of = |index: &NeighborIndex| recall(Metric::Euclidean, &data, cols, &asked, &query(index, &queries, 10));
    let (added, at_once) = (of(&index), of(&build(&data, cols, Metric::Euclidean)));
    assert!(added >= at_once - 0.02, "{more} of N({mean}, {deviation}): {added}, {at_once} if built at once");
}

#[test]
fn rows_unlike_those_there_are_found() {
    assert_found_as_in_an_index_of_all(700, 40.0, 1.0);
    assert_found_as_in_an_index_of_all(60, 40.0, 1.0);
    assert_found_as_in_an_index_of_all(1000, 0.0, 30.0);
}

#[test]
fn an_index_grows_a_row_at_a_time_from_one() {
    let data = integers(60, 3, 8);
    let mut index = build(&data[..3], 3, Metric::Manhattan);
    for row in data[3..].chunks_exact(3) {
        add(&mut index, &points(row, 3, Metric::Manhattan));
    }
    let all = points(&data, 3, Metric::Manhattan);
    assert_eq!(query(&index, &all, 9), query(&build(&data, 3, Metric::Manhattan), &all, 9));
}

/// Points that others share are not changed with the index.
#[test]
fn shared_points_stay() {
    let data = integers(60, 3, 8);
    let shared = points(&data[..90], 3, Metric::Euclidean);
    let knn = KnnGraph { k: 1, indices: (0..30).collect(), distances: vec![0.0; 30] };
    let index = block_on(async |pulse| NeighborIndex::from_neighbors(shared.clone(), &knn, 1, pulse).await);
    let mut index = index.unwrap();
    add(&mut index, &points(&data[90..], 3, Metric::Euclidean));
    assert_eq!((shared.rows(), index.space().rows()), (30, 60));
    let found = query(&index, &points(&data, 3, Metric::Euclidean), 1);
    assert!(found.distances.iter().all(|&distance| distance == 0.0));
}

/// Wherever it is cancelled, and where it is dropped instead.
#[test]
fn an_add_that_ends_early_changes_nothing() {
    assert_add_can_end_early(&clusters(9500, 100, 12, 1));
}

/// Rows outside of what there was, for which the graph is made anew.
#[test]
fn an_index_made_anew_that_ends_early_stays_the_old_one() {
    let mut data = clusters(9500, 100, 12, 1);
    data[9000 * 100..].iter_mut().for_each(|x| *x += 60.0);
    assert_add_can_end_early(&data);
}

#[expect(clippy::await_holding_refcell_ref, reason = "nobody else uses it")]
fn assert_add_can_end_early(data: &[f32]) {
    let cols = 100;
    let mut index = build(&data[..9000 * cols], cols, Metric::Cosine);
    let rest = points(&data[9000 * cols..], cols, Metric::Cosine);
    let parts = |index: &NeighborIndex| block_on(async |pulse| index.parts(pulse).await).unwrap();
    let before = parts(&index);
    for steps in 1..12 {
        let kept = std::rc::Rc::new(std::cell::RefCell::new(index));
        let (shared, more) = (kept.clone(), rest.clone());
        let pulse = Pulse::new(native_clock);
        let reports = pulse.clone();
        let mut job = Computation::new(&pulse, async move { shared.borrow_mut().add(&more, &reports).await });
        let done = (0..steps * steps).any(|_| job.step(0.0).is_some());
        assert!(!done, "too few rows for this test");
        if steps % 2 == 0 {
            pulse.cancel();
            assert_eq!(job.step(0.0), Some(Err(UmapError::Cancelled)));
        }
        drop(job);
        index = std::rc::Rc::into_inner(kept).unwrap().into_inner();
        assert_eq!(index.space().rows(), 9000);
        assert_eq!(parts(&index), before);
    }
    add(&mut index, &rest);
    assert_eq!(query(&index, &rest, 1).indices, (9000..9500).collect::<Vec<u32>>());
}
