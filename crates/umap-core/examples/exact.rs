//! Times the exact search and the probe on random rows: `cargo run --release --example exact [columns]`.

use std::time::Instant;

use umap_core::knn::{Probe, exact};
use umap_core::metric::Metric;
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};

fn points(rows: usize, cols: usize) -> Points {
    let random = Random::new(1, Stream::Sample);
    let data: Vec<f32> = (0..(rows * cols) as u32).map(|i| random.uniform(i)).collect();
    let start = Instant::now();
    let points = Points::from_slice(&data, rows, cols, Metric::Euclidean).expect("finite rows");
    println!("{rows} x {cols}: rows copied in {:.3} s", start.elapsed().as_secs_f64());
    points
}

fn main() {
    let cols = std::env::args().nth(1).and_then(|arg| arg.parse().ok()).unwrap_or(784);
    for rows in [1000, 4096, 10_000] {
        let points = points(rows, cols);
        let start = Instant::now();
        let graph = block_on(async |pulse| exact(&points, 15, pulse).await).expect("not cancelled");
        let took = start.elapsed().as_secs_f64();
        let rate = (rows * rows / 2 * cols) as f64 / took / 1e9;
        println!("  exact {took:.3} s ({rate:.1} GMAC/s), last neighbour {}", graph.indices[rows * 15 - 1]);
    }
    let points = points(70_000, cols);
    let start = Instant::now();
    block_on(async |pulse| Probe::new(&points, 15, 1, pulse).await).expect("not cancelled");
    println!("  probe {:.3} s", start.elapsed().as_secs_f64());
}
