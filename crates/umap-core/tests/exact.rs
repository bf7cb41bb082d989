//! The exact search and the probe against sorting all distances.

use crate::oracle::{
    METRICS, counted, fixture, floats, integers, is_exact, numbers, order, same_for_all_threads, with_threads,
};
use umap_core::UmapError;
use umap_core::knn::{KnnGraph, NONE, Probe, exact};
use umap_core::metric::Metric;
use umap_core::points::Points;
use umap_core::pulse::block_on;

fn search(points: &Points, k: usize) -> KnnGraph {
    block_on(async |pulse| exact(points, k, pulse).await).unwrap()
}

fn assert_is_exact(metric: Metric, rows: usize, cols: usize, k: usize) {
    let data = integers(rows, cols, 2);
    let graph = search(&Points::from_slice(&data, rows, cols, metric.clone()).unwrap(), k);
    assert_eq!((graph.k, graph.rows(), graph.distances.len()), (k, rows, rows * k));
    // Integers make the values of these metrics exact, so ties must fall as in the sorted order.
    for (i, others) in order(&metric, &data, cols).iter().enumerate() {
        let (ids, distances) = graph.row(i);
        assert_eq!((ids[0], distances[0]), (i as u32, 0.0), "{metric:?}: row {i} is its own first neighbour");
        for (at, &(distance, id)) in others[..k - 1].iter().enumerate() {
            let got = f64::from(distances[at + 1]);
            assert!(
                (got - distance).abs() <= 1e-6 * distance.abs().max(1.0),
                "{metric:?}, row {i}: {got} for {distance}"
            );
            assert!(!is_exact(&metric) || ids[at + 1] == id as u32, "{metric:?}, row {i}, neighbour {at}");
        }
        let pairs: Vec<_> = distances[1..].iter().zip(&ids[1..]).collect();
        assert!(pairs.is_sorted(), "{metric:?}, row {i}: by distance, then row number");
    }
}

#[test]
fn every_metric() {
    for metric in METRICS.iter() {
        assert_is_exact(metric.clone(), 100, 5, 10);
    }
}

#[test]
fn every_metric_as_in_the_fixture() {
    let knn = fixture("knn");
    let (points, k) = (floats(&knn["points"]), knn["k"].as_u64().unwrap() as usize);
    for metric in METRICS.iter() {
        let expected = &knn["metrics"][serde_json::to_value(metric.name()).unwrap().as_str().unwrap()];
        let (ids, distances) = (numbers(&expected["indices"]), numbers(&expected["distances"]));
        let graph = search(&Points::from_slice(&points, 60, points.len() / 60, metric.clone()).unwrap(), k + 1);
        // pynndescent's dot puts two zero rows (4 and 31) at distance 1, ours like cosine at 0.
        for row in (0..60).filter(|row| *metric != Metric::Dot || ![4, 31].contains(row)) {
            let (expected_ids, expected) = (&ids[row * k..(row + 1) * k], &distances[row * k..(row + 1) * k]);
            let (found_ids, found) = (&graph.row(row).0[1..], &graph.row(row).1[1..]);
            let close = |a: f64, b: f64| (a - b).abs() <= 1e-5 * b.abs().max(1.0);
            for at in 0..k {
                let pair = (f64::from(found[at]), expected[at]);
                assert!(close(pair.0, pair.1), "{metric:?}, row {row}, neighbour {at}: {pair:?}");
                let alone = (at == 0 || !close(expected[at - 1], expected[at]))
                    && expected.get(at + 1).is_some_and(|&next| !close(next, expected[at]));
                assert!(
                    !alone || f64::from(found_ids[at]) == expected_ids[at],
                    "{metric:?}, row {row}, neighbour {at}"
                );
            }
        }
    }
}

#[test]
fn blocks_with_and_without_tails() {
    // 784 columns make blocks of 120 rows, 1 to 4 columns of 240.
    for (rows, cols, k) in [(120, 784, 15), (241, 784, 15), (365, 784, 4), (480, 3, 15), (727, 4, 16), (60, 30_000, 5)]
    {
        assert_is_exact(Metric::Euclidean, rows, cols, k);
    }
}

#[test]
fn few_rows_and_every_k() {
    for rows in 1..9 {
        for k in 1..=rows {
            assert_is_exact(Metric::Manhattan, rows, 1, k);
        }
    }
    assert_is_exact(Metric::Euclidean, 300, 2, 300);
}

#[test]
fn equal_rows_come_by_number_after_the_row_itself() {
    let graph = search(&Points::from_slice(&[1f32; 6 * 4], 6, 4, Metric::Euclidean).unwrap(), 3);
    assert_eq!(graph.indices, [0, 1, 2, 1, 0, 2, 2, 0, 1, 3, 0, 1, 4, 0, 1, 5, 0, 1]);
    assert!(graph.distances.iter().all(|&distance| distance == 0.0));
}

#[test]
fn overflow_is_infinitely_far() {
    let data = [3e38f32, 3e38, -3e38, -3e38, 0.0, 0.0, 3e38, -3e38];
    let graph = search(&Points::from_slice(&data, 4, 2, Metric::InnerProduct).unwrap(), 4);
    assert!(graph.distances.iter().all(|distance| !distance.is_nan()));
    // 0 . 3 is inf - inf.
    assert_eq!(graph.row(0), (&[0, 2, 1, 3][..], &[0.0, 0.0, f32::INFINITY, f32::INFINITY][..]));
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let points = Points::from_slice(&integers(700, 50, 4), 700, 50, Metric::Cosine).unwrap();
    same_for_all_threads(|| search(&points, 15));
    same_for_all_threads(|| {
        let probe = block_on(async |pulse| Probe::new(&points, 15, 9, pulse).await).unwrap();
        format!("{probe:?}")
    });
}

#[test]
fn ticks_follow_the_work_and_cancel_it() {
    let (rows, cols) = (1500, 784);
    let points = Points::from_slice(&integers(rows, cols, 5), rows, cols, Metric::Euclidean).unwrap();
    let ticks = with_threads(1, || {
        block_on(async |pulse| {
            let (found, ticks) = counted(pulse, exact(&points, 15, pulse)).await;
            found.unwrap();
            assert_eq!(pulse.fraction(), 1.0);
            ticks
        })
    });
    // A batch is at most 4 times as many tasks as the last, so a tick comes at least every few 20 M multiplications.
    let work = (rows * rows / 2 * cols) as u64;
    assert!(work / ticks < 200_000_000, "{ticks} ticks");
    let cancelled = block_on(async |pulse| {
        pulse.cancel();
        exact(&points, 15, pulse).await
    });
    assert_eq!(cancelled.unwrap_err(), UmapError::Cancelled);
}

#[test]
fn recall_counts_what_a_search_found() {
    let (rows, k) = (400, 11);
    let data = integers(rows, 6, 6);
    let points = Points::from_slice(&data, rows, 6, Metric::Euclidean).unwrap();
    let recall = |probe: &Probe, graph: &KnnGraph| probe.recall(graph);
    let probe = block_on(async |pulse| Probe::new(&points, k, 7, pulse).await).unwrap();
    let mut graph = search(&points, k);
    assert_eq!(recall(&probe, &graph), 1.0);
    let more = search(&points, k + 4);
    assert_eq!(recall(&probe, &more), 1.0, "more neighbours than asked for");

    // The last neighbour replaced by another at the same distance, where there is one, is as good.
    let sorted = order(&Metric::Euclidean, &data, 6);
    for (row, others) in sorted.iter().enumerate() {
        if let Some((_, id)) = others[k - 1..].iter().take_while(|(d, _)| *d == others[k - 2].0).last() {
            graph.indices[row * k + k - 1] = *id as u32;
        }
    }
    assert_ne!(graph, search(&points, k));
    assert_eq!(recall(&probe, &graph), 1.0, "ties");

    for (row, others) in sorted.iter().enumerate() {
        let far: Vec<u32> = others.iter().rev().take(3).map(|(_, id)| *id as u32).collect();
        let at = row * k + k - 4;
        graph.indices[at..at + 4].copy_from_slice(&[far[0], far[1], far[2], NONE]);
        graph.distances[at..at + 4].copy_from_slice(&[1e9, 1e9, 1e9, f32::INFINITY]);
    }
    assert_eq!(recall(&probe, &graph), 0.6, "4 of 10 are wrong in every row");
}

#[test]
fn a_probe_of_few_points() {
    for rows in 1..5 {
        let points = Points::from_slice(&integers(rows, 2, 8), rows, 2, Metric::Euclidean).unwrap();
        let probe = block_on(async |pulse| Probe::new(&points, 15, 1, pulse).await).unwrap();
        assert_eq!(probe.recall(&search(&points, rows)), 1.0);
    }
}

/// All pairs of so many rows would take minutes.
#[test]
fn a_row_alone_is_found_without_a_search() {
    let points = Points::from_slice(&vec![1u8; 200_000], 200_000, 1, Metric::Euclidean).unwrap();
    let graph = block_on(async |pulse| exact(&points, 1, pulse).await).unwrap();
    assert!(graph.indices.into_iter().eq(0..200_000) && graph.distances.iter().all(|&d| d == 0.0));
}
