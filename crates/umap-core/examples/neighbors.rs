//! Times the search: `neighbors ROWS COLUMNS [THREADS] [DATA] [METRIC] [K] [DUMP]`. DATA is a file of bytes (`.u8`) or
//! little-endian floats (`.f32`), of which the first rows are taken, or one of `clusters`, `normal`, `uniform`, `roll`, `heavy`.
//! DUMP is written the indices to, 32-bit, row by row.

use umap_core::knn::nearest_neighbors;
use umap_core::metric::{Metric, MetricName};
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream, h32};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize| args[i].parse::<usize>().expect("a number");
    let text = |i: usize, default: &'static str| args.get(i).map_or(default.to_string(), String::clone);
    let (rows, cols) = (number(0), number(1));
    let threads = text(2, "1").parse().expect("a number");
    let metric: Metric = serde_json::from_value::<MetricName>(text(4, "euclidean").into()).expect("a metric").into();
    let k = text(5, "15").parse().expect("a number");
    let points = Points::from_slice(&data(&text(3, "clusters"), rows, cols), rows, cols, metric).expect("points");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| {
        let (start, cpu) = (std::time::Instant::now(), cpu_seconds());
        let found = block_on(async |pulse| nearest_neighbors(&points, k, true, 42, pulse).await).expect("neighbours");
        let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
        let hash = found.graph.indices.iter().fold(0u32, |h, &i| h32(h ^ i));
        let per_row = cpu / rows as f64 * 1e6;
        println!(
            "{seconds:.2} s, CPU {cpu:.2} s, {per_row:.1} us/row, recall {:.4}, quantized {}, hash {hash:08x}",
            found.recall, found.quantized
        );
        if let Some(file) = args.get(6) {
            let bytes: Vec<u8> = found.graph.indices.iter().flat_map(|i| i.to_le_bytes()).collect();
            std::fs::write(file, bytes).expect("written");
        }
    });
}

/// User and system time of all threads so far, in the kernel's hundredths of a second; 0 where there is no /proc.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or("").split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn data(name: &str, rows: usize, cols: usize) -> Vec<f32> {
    let (centers, noise) = (Random::new(1, Stream::Layout), Random::new(1, Stream::Noise));
    let normal = |row: usize, col: usize| noise.at(row as u32).normal(col as u32);
    let values = |value: &dyn Fn(usize, usize) -> f32| (0..rows * cols).map(|i| value(i / cols, i % cols)).collect();
    match name {
        // 50 clusters of unit variance, their centres three times as wide.
        "clusters" => values(&|row, col| 3.0 * centers.at((row % 50) as u32).normal(col as u32) + normal(row, col)),
        "normal" => values(&normal),
        "uniform" => values(&|row, col| noise.at(row as u32).uniform(col as u32)),
        "roll" => values(&|row, col| {
            let at = 4.7 + 9.4 * noise.at(row as u32).uniform(0);
            [at * at.cos(), 21.0 * noise.at(row as u32).uniform(1), at * at.sin()][col % 3]
        }),
        // Rows of very different length, columns of scales 1e-3 to 1e6.
        "heavy" => values(&|row, col| {
            normal(row, col) * (2.0 * normal(row, col + cols)).exp() * 10f32.powi((col % 10) as i32 - 3)
        }),
        file => {
            let bytes = std::fs::read(file).expect("a file");
            if file.ends_with(".u8") {
                return bytes[..rows * cols].iter().map(|&x| f32::from(x)).collect();
            }
            let values = bytes[..4 * rows * cols].as_chunks().0;
            values.iter().map(|x| f32::from_le_bytes(*x)).collect()
        }
    }
}
