//! The force law, and the size at which it is in balance.

use super::{DEFAULTS, attraction, bits, default_force, graph_of, random_graph, repulsion, squared, start};
use umap_core::csr::Csr;
use umap_core::curve::find_ab;
use umap_core::optimize::LayoutState;
use umap_core::optimize::force::{Force, UmapForce};
use umap_core::optimize::schedule::rates;
use umap_core::pulse::block_on;

#[test]
fn tables_are_close_to_the_force_law_at_every_scale() {
    for (spread, min_dist) in [(1.0, 0.1), (1.0, 0.0), (1.0, 0.99), (100.0, 30.0), (1e4, 1e3), (1e-3, 1e-4)] {
        let (a, b) = find_ab(spread, min_dist);
        let force = UmapForce::new(a, b, 1.5);
        let middle = -a.log2() / b;
        for step in 0..4000 {
            let d = (middle - 26.0 + f64::from(step) * 0.015).exp2() as f32;
            let exact = f64::from(d);
            let curve = 1.0 + a * exact.powf(b);
            let attract = -2.0 * a * b * exact.powf(b - 1.0) / curve;
            let repel = 2.0 * 1.5 * b / ((0.001 + exact) * curve);
            let off = |found: f32, exact: f64| (f64::from(found) / exact - 1.0).abs();
            assert!(off(attraction(&force, d), attract) < 6e-3, "attraction at {d}, spread {spread}");
            assert!(off(repulsion(&force, d), repel) < 6e-3, "repulsion at {d}, spread {spread}");
        }
        for far in [0.0, f32::MIN_POSITIVE, 1e30, f32::MAX, f32::INFINITY] {
            assert!(attraction(&force, far).is_finite() && repulsion(&force, far).is_finite());
        }
    }
}

#[test]
fn forces_are_the_gradient_of_the_cross_entropy() {
    let (a, b) = find_ab(1.0, 0.1);
    let force = default_force();
    let curve = |x: f64, y: f64| 1.0 / (1.0 + a * (x * x + y * y).powf(b));
    for (x, y) in [(0.3, 0.4), (1.0, -2.0), (-3.0, 0.1), (0.05, 0.02), (7.0, 9.0)] {
        let squared = x * x + y * y;
        let slope = |loss: &dyn Fn(f64) -> f64| (loss(x + 1e-6) - loss(x - 1e-6)) / 2e-6;
        let attract = -slope(&|x| -curve(x, y).ln());
        let repel = -slope(&|x| -(1.0 - curve(x, y)).ln());
        let found = f64::from(attraction(&force, squared as f32)) * x;
        assert!((found / attract - 1.0).abs() < 4e-3, "attraction {found}, gradient {attract}");
        // umap-learn keeps repulsion finite at 0 by adding 0.001 to the squared distance.
        let found = f64::from(repulsion(&force, squared as f32)) * x * (squared + 0.001) / squared;
        assert!((found / repel - 1.0).abs() < 4e-3, "repulsion {found}, gradient {repel}");
    }
}

fn started(graph: &Csr, initial: Vec<f32>) -> LayoutState {
    block_on(async |pulse| LayoutState::new(graph, initial, 2, default_force(), DEFAULTS, pulse).await).unwrap()
}

#[test]
fn a_balanced_layout_has_the_same_size_whatever_it_had() {
    let graph = random_graph(3000, 5);
    let balanced = |scale: f32| {
        let initial = start(3000, 2).iter().map(|x| x * scale).collect();
        started(&graph, initial).balanced()
    };
    let [one, half, thrice] = [1.0, 0.5, 3.0].map(|scale| balanced(scale).embedding()[7]);
    assert!((half / one - 1.0).abs() < 0.01 && (thrice / one - 1.0).abs() < 0.01, "{one} {half} {thrice}");
    // What all attract and repel, by the force that moves them, sums to nothing: the oracle sees all pairs.
    let state = balanced(1.0);
    let (force, rates) = (default_force(), block_on(async |pulse| rates(&graph, 30, pulse).await).unwrap());
    let place = |i: u32| [0, 1].map(|k| f64::from(state.embedding()[i as usize * 2 + k]));
    let square = |i: u32, j: u32| {
        let ([a, b], [c, d]) = (place(i), place(j));
        ((a - c).powi(2) + (b - d).powi(2)) as f32
    };
    let (mut attracted, mut repelled) = (0.0, 0.0);
    for i in 0..3000 {
        let mut acting = 0.0;
        for (&j, &rate) in rates.row(i as usize).0.iter().zip(rates.row(i as usize).1) {
            let times = f64::from(rate) / 2f64.powi(32);
            acting += times;
            let d = square(i, j);
            attracted += 2.0 * times * f64::from(squared(|d| force.attract(0, &[0; 4], d), d) * d);
        }
        for j in (0..3000).step_by(7) {
            let d = square(i, j);
            repelled += 5.0 * acting * 7.0 / 3000.0 * f64::from(squared(|d| force.repel(d), d) * d);
        }
    }
    assert!((repelled / -attracted - 1.0).abs() < 0.1, "{attracted} {repelled}");
}

#[test]
fn what_has_no_balance_keeps_its_size() {
    let apart = graph_of(3, []);
    let together = random_graph(50, 3);
    for (graph, initial) in [(&apart, start(3, 2)), (&together, vec![1.5; 100])] {
        let state = started(graph, initial);
        let before = bits(state.embedding());
        assert_eq!(bits(state.balanced().embedding()), before);
    }
}
