//! Prints how many GMAC/s each kernel reaches on rows of 784 columns that stay in the cache, by the number of rows that are
//! compared with four: `cargo run --release --example kernels`. One thread.

use std::hint::black_box;
use std::time::Instant;

use umap_core::metric::{Metric, STRIP};
use umap_core::points::Points;
use umap_core::random::{Random, Stream};

const ROWS: usize = 24;
const COLS: usize = 784;

fn rate(points: &Points, at_a_time: usize) -> f64 {
    let kernel = points.kernel();
    let (mut scratch, mut best) = (Vec::new(), f64::INFINITY);
    let rows = points.read(std::array::from_fn::<_, ROWS, _>(|i| i as u32), &mut scratch);
    let mut out = vec![[0.0; STRIP]; at_a_time];
    for _ in 0..20 {
        let start = Instant::now();
        for a in rows.chunks_exact(at_a_time) {
            for &four in rows.as_chunks::<STRIP>().0 {
                kernel.strip(black_box(a), black_box(four), &mut out);
                black_box(&out);
            }
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    (ROWS * ROWS * COLS) as f64 / best / 1e9
}

fn main() {
    let random = Random::new(1, Stream::Sample);
    let data: Vec<f32> = (0..(ROWS * COLS) as u32).map(|i| random.uniform(i)).collect();
    let metrics = [
        Metric::Euclidean,
        Metric::Manhattan,
        Metric::Chebyshev,
        Metric::InnerProduct,
        Metric::Canberra,
        Metric::Hamming,
        Metric::minkowski(3.0),
    ];
    for metric in metrics {
        let points = Points::from_slice(&data, ROWS, COLS, metric.clone()).expect("finite rows");
        let [one, two, three, all] = [1, 2, 3, ROWS].map(|at_a_time| rate(&points, at_a_time));
        println!("{:?}: 1 row {one:.1}, 2 {two:.1}, 3 {three:.1}, {ROWS} {all:.1}", metric.name());
    }
}
