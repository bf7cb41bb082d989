//! Times the search: `neighbors N D THREADS [FILE] [exact]`; a file holds N x D bytes, else the points are Gaussian
//! clusters.

use umap_core::knn::{exact, nearest_neighbors};
use umap_core::metric::Metric;
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize| args[i].parse::<usize>().expect("a number");
    let (rows, cols, threads) = (number(0), number(1), number(2));
    let points = match args.get(3).map(String::as_str) {
        None | Some("-") => Points::from_slice(&clusters(rows, cols), rows, cols, Metric::Euclidean),
        Some(file) => {
            let bytes = std::fs::read(file).expect("a file");
            Points::from_slice(&bytes[..rows * cols], rows, cols, Metric::Euclidean)
        }
    };
    let points = points.expect("points");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| {
        let start = std::time::Instant::now();
        if args.get(4).is_some() {
            block_on(async |pulse| exact(&points, 15, pulse).await).expect("neighbours");
            return println!("exact: {:.2} s", start.elapsed().as_secs_f64());
        }
        let found = block_on(async |pulse| nearest_neighbors(&points, 15, true, 42, pulse).await).expect("neighbours");
        let hash = found.graph.indices.iter().fold(0u32, |h, &i| umap_core::random::h32(h ^ i));
        let seconds = start.elapsed().as_secs_f64();
        println!("{seconds:.2} s, recall {:.4}, quantized {}, hash {hash:08x}", found.recall, found.quantized);
    });
}

/// 50 clusters of unit variance, their centres three times as wide.
fn clusters(rows: usize, cols: usize) -> Vec<f32> {
    let (centers, noise) = (Random::new(1, Stream::Layout), Random::new(1, Stream::Noise));
    let value = |i: usize| {
        let (row, col) = ((i / cols) as u32, (i % cols) as u32);
        3.0 * centers.at(row % 50).normal(col) + noise.at(row).normal(col)
    };
    (0..rows * cols).map(value).collect()
}
