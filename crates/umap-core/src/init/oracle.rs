//! The iterative eigensolver against the dense one, and against eigenvalues that are known.

use super::dense::{Eigen, Jacobi};
use super::eigen::{DENSE, MAX_PRODUCTS, Spectrum, dense_laplacian, random_block, smallest};
use super::refine::{Wanted, refine};
use super::walk::Walk;
use crate::csr::Csr;
use crate::pulse::block_on;
use crate::random::{Random, Stream};

/// A symmetric graph of weighted edges.
fn graph(n: usize, edges: impl IntoIterator<Item = (usize, usize, f32)>) -> Csr {
    let mut rows = vec![std::collections::BTreeMap::new(); n];
    for (i, j, w) in edges {
        rows[i].insert(j as u32, w);
        rows[j].insert(i as u32, w);
    }
    let mut graph = Csr { indptr: vec![0], ..Csr::default() };
    for row in rows {
        graph.indices.extend(row.keys());
        graph.data.extend(row.values());
        graph.indptr.push(graph.indices.len() as u32);
    }
    graph
}

fn path(n: usize) -> Csr {
    graph(n, (1..n).map(|i| (i - 1, i, 1.0)))
}

fn ring(n: usize) -> Csr {
    graph(n, (0..n).map(|i| (i, (i + 1) % n, 1.0)))
}

fn grid(width: usize, height: usize) -> Csr {
    let across = (0..width * height).filter(|i| i % width + 1 < width).map(|i| (i, i + 1, 1.0));
    let down = (0..width * (height - 1)).map(|i| (i, i + width, 0.8));
    graph(width * height, across.chain(down).collect::<Vec<_>>())
}

/// Neighbours within clusters, a few edges between them.
fn clusters(n: usize, count: usize, seed: u32) -> Csr {
    let random = Random::new(seed, Stream::Sample);
    let size = n / count;
    let within = (0..n).flat_map(|i| {
        (0..6)
            .map(move |k| (i, (i / size).min(count - 1) * size + random.at(i as u32).below(k, size as u32) as usize, k))
    });
    let within = within.filter(|(i, j, _)| i != j).map(|(i, j, k)| (i, j, 1.0 / (k + 1) as f32));
    let chain = (1..n).map(|i| (i - 1, i, if i % size == 0 { 0.05 } else { 1.0 }));
    graph(n, within.chain(chain).collect::<Vec<_>>())
}

fn solve(graph: &Csr, dims: usize) -> Spectrum {
    block_on(async |pulse| smallest(graph, dims, pulse).await).unwrap().unwrap()
}

fn oracle(graph: &Csr) -> Eigen {
    Jacobi::new(dense_laplacian(graph).0, graph.rows()).solve()
}

fn column(spectrum: &Spectrum, dims: usize, k: usize) -> Vec<f64> {
    spectrum.vectors.iter().skip(k).step_by(dims).map(|&x| f64::from(x)).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Length, orthogonality (also to the trivial vector) and sign; then each vector must lie in the space of the oracle's
/// vectors whose values are the same within `tie`.
fn compare(graph: &Csr, dims: usize, tie: f64) {
    let spectrum = solve(graph, dims);
    let n = graph.rows();
    let eigen = oracle(graph);
    let degree = |i: usize| graph.row(i).1.iter().map(|&w| f64::from(w)).sum::<f64>();
    let trivial: Vec<f64> = (0..n).map(|i| degree(i).sqrt()).collect();
    let columns: Vec<Vec<f64>> = (0..dims).map(|k| column(&spectrum, dims, k)).collect();
    for (k, vector) in columns.iter().enumerate() {
        assert!((dot(vector, vector) - 1.0).abs() < 1e-5);
        assert!(dot(vector, &trivial).abs() / dot(&trivial, &trivial).sqrt() < 1e-5);
        columns[..k].iter().for_each(|other| assert!(dot(vector, other).abs() < 1e-4));
        let greatest = vector.iter().fold(0.0f64, |a, &x| if x.abs() > a.abs() { x } else { a });
        assert!(greatest > 0.0, "the greatest entry is positive");
        let ties = (0..n).filter(|&j| (eigen.values[j] - eigen.values[k]).abs() <= tie);
        let inside: f64 = ties.map(|j| dot(vector, &eigen.vectors[j * n..(j + 1) * n])).map(|c| c * c).sum();
        assert!(inside > 0.98, "n {n}, dims {dims}, vector {k}: only {inside} of it in its eigenspace");
    }
}

#[test]
fn vectors_are_those_of_the_dense_oracle() {
    for dims in [1, 2, 3, 5, 10] {
        for (graph, tie) in [
            (path(150), 1e-4),
            (ring(150), 1e-4),
            (grid(15, 14), 1e-4),
            (clusters(200, 2, 1), 3e-3),
            (clusters(240, 6, 2), 3e-3),
            (path(DENSE), 1e-6),
            (ring(DENSE - 1), 1e-6),
        ] {
            compare(&graph, dims, tie);
        }
    }
}

#[test]
fn a_long_path_is_unfolded_within_the_bound() {
    let n = 20_000;
    for dims in [1, 2, 3] {
        let spectrum = solve(&path(n), dims);
        assert!(spectrum.products <= MAX_PRODUCTS);
        for k in 0..dims {
            // Known: cos(pi (k + 1) i / (n - 1)), times the root of the degree.
            let angle = |i: usize| std::f64::consts::PI * (k + 1) as f64 * i as f64 / (n - 1) as f64;
            let truth: Vec<f64> = (0..n).map(|i| libm::cos(angle(i))).collect();
            let found = column(&spectrum, dims, k);
            let cosine = dot(&found, &truth).abs() / dot(&truth, &truth).sqrt();
            println!(
                "path: vector {k} of {dims}: cosine {cosine}, {} products, {}",
                spectrum.products, spectrum.converged
            );
            assert!(cosine > 0.97, "vector {k} of {dims}: cosine {cosine}");
        }
    }
}

#[test]
fn a_sheet_much_longer_than_wide_gets_its_width_for_the_second_axis() {
    let (length, height) = (100, 24);
    let spectrum = solve(&grid(length, height), 2);
    assert!(spectrum.converged);
    // Edges across weigh 0.8, so to the graph it is 3.7 times as long as wide.
    assert_eq!(spectrum.stretch, 3.0);
    let cosine = |at: usize, of: usize| libm::cos(std::f64::consts::PI * (at as f64 + 0.5) / of as f64);
    let along: Vec<f64> = (0..length * height).map(|i| cosine(i % length, length)).collect();
    let across: Vec<f64> = (0..length * height).map(|i| cosine(i / length, height)).collect();
    for (k, truth) in [along, across].into_iter().enumerate() {
        let cosine = dot(&column(&spectrum, 2, k), &truth).abs() / dot(&truth, &truth).sqrt();
        assert!(cosine > 0.99, "axis {k}: cosine {cosine}");
    }
}

#[test]
fn graphs_that_defeat_coarsening_are_solved_too() {
    let star = graph(500, (1..500).map(|i| (0, i, 1.0)));
    let complete = graph(120, (0..120).flat_map(|i| (0..i).map(move |j| (j, i, 1.0))));
    let hubs = graph(600, (2..600).flat_map(|i| [(0, i, 1.0), (1, i, 0.5 + (i % 3) as f32)]));
    for (graph, name) in [(star, "star"), (complete, "complete"), (hubs, "two hubs")] {
        let spectrum = solve(&graph, 2);
        println!("{name}: residual {}, {} products", spectrum.residual, spectrum.products);
        assert!(spectrum.products <= MAX_PRODUCTS && spectrum.converged, "{name}");
    }
}

#[test]
fn weights_of_any_unit_give_the_same_vectors() {
    let plain = clusters(300, 3, 3);
    let mut scaled = plain.clone();
    scaled.data.iter_mut().for_each(|w| *w *= 2.0f32.powi(-40));
    assert_eq!(solve(&plain, 2).vectors, solve(&scaled, 2).vectors);
}

#[test]
fn work_stops_at_the_bound_and_says_that_it_did() {
    let graph = grid(60, 50);
    let state = block_on(async |pulse| {
        let mut x = random_block(3000, 8, pulse).await?;
        let walk = Walk::new(&graph, pulse).await?;
        refine(&walk, &mut x, Wanted { dims: 2, width: 8, bound: 20 }, pulse).await
    });
    let state = state.unwrap().unwrap();
    assert!(!state.converged && state.products <= 20 && state.residual > 1e-5);
}
