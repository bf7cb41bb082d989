//! Prints how many GMAC/s each kernel reaches on rows of 784 columns that stay in the cache, by shape of tile:
//! `cargo run --release --example kernels`. One thread.

use std::hint::black_box;
use std::time::Instant;

use umap_core::metric::{Chebyshev, InnerProduct, Kernel, Manhattan, Metric, SquaredEuclidean, tile};
use umap_core::points::Points;
use umap_core::random::{Random, Stream};

const ROWS: usize = 24;
const COLS: usize = 784;

fn rate<K: Kernel, const M: usize, const N: usize>(kernel: K, points: &Points) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..20 {
        let start = Instant::now();
        for i in (0..ROWS).step_by(M) {
            for j in (0..ROWS).step_by(N) {
                let (mut a_room, mut b_room) = (Vec::new(), Vec::new());
                let a = points.read(std::array::from_fn::<_, M, _>(|m| (i + m) as u32), &mut a_room);
                let b = points.read(std::array::from_fn::<_, N, _>(|n| (j + n) as u32), &mut b_room);
                black_box(tile(kernel, black_box(a), black_box(b)));
            }
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    (ROWS * ROWS * COLS) as f64 / best / 1e9
}

fn shapes<K: Kernel>(name: &str, kernel: K, points: &Points) {
    let (one, row) = (rate::<K, 1, 1>(kernel, points), rate::<K, 1, 4>(kernel, points));
    let (two, three) = (rate::<K, 2, 4>(kernel, points), rate::<K, 3, 4>(kernel, points));
    println!("{name:18} 1x1 {one:5.1}  1x4 {row:5.1}  2x4 {two:5.1}  3x4 {three:5.1}");
}

fn main() {
    let random = Random::new(1, Stream::Sample);
    let data: Vec<f32> = (0..(ROWS * COLS) as u32).map(|i| random.uniform(i)).collect();
    let points = Points::from_slice(&data, ROWS, COLS, Metric::Euclidean).expect("finite rows");
    shapes("squared euclidean", SquaredEuclidean, &points);
    shapes("manhattan", Manhattan, &points);
    shapes("chebyshev", Chebyshev, &points);
    shapes("inner product", InnerProduct, &points);
}
