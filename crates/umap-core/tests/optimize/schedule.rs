//! When edges act, how far vertices move, how long it takes.

use super::{graph_of, random_graph};
use umap_core::optimize::schedule::{default_epochs, fires, learning_rate, rates};
use umap_core::pulse::block_on;

#[test]
fn each_edge_acts_as_often_as_its_weight_says() {
    let graph = random_graph(500, 8);
    for n_epochs in [11, 200, 500] {
        let edges = block_on(async |pulse| rates(&graph, n_epochs, pulse).await).unwrap();
        let greatest = graph.data.iter().copied().fold(0.0, f32::max);
        let weight = |i: usize, j: u32| {
            let (columns, weights) = graph.row(i);
            f64::from(weights[columns.binary_search(&j).unwrap()]) / f64::from(greatest)
        };
        let kept = graph.data.iter().filter(|&&w| f64::from(w) >= f64::from(greatest) / f64::from(n_epochs)).count();
        assert_eq!(edges.indices.len(), kept);
        for i in 0..500 {
            for e in edges.range(i) {
                let expected = f64::from(n_epochs) * weight(i, edges.indices[e]);
                let times = (0..n_epochs).filter(|&t| fires(e as u32, edges.data[e], t)).count();
                assert!((times as f64 - expected).abs() <= 1.0, "{times} times, not {expected}");
            }
        }
    }
}

#[test]
fn steps_fall_to_nothing() {
    assert_eq!((learning_rate(2.0, 0, 100), learning_rate(2.0, 75, 100)), (0.2, 0.5));
    assert!((0..20).all(|epoch| learning_rate(1.0, epoch, 100) < learning_rate(1.0, epoch + 1, 100)));
    assert!((20..100).all(|epoch| learning_rate(1.0, epoch, 100) > learning_rate(1.0, epoch + 1, 100)));
    assert_eq!(learning_rate(2.0, 100, 100), 0.0);
}

#[test]
fn epochs_and_pruning_are_umap_learns() {
    assert_eq!((default_epochs(10_000), default_epochs(10_001)), (500, 200));
    // Up to 10 epochs edges are kept as if there were the default number.
    let graph = graph_of(2, [(0, 1, 1.0), (1, 0, 0.003)]);
    let kept = |n| block_on(async |pulse| rates(&graph, n, pulse).await).unwrap().indices.len();
    assert_eq!((kept(0), kept(10), kept(11), kept(334)), (2, 2, 1, 2));
}
