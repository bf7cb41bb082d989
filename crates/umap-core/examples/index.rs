//! Times a search index: `index FILE COLUMNS [THREADS] [METRIC] [K] [EPSILONS]`. FILE holds little-endian floats; every 170th
//! row is asked for and the others are the index.

use umap_core::index::NeighborIndex;
use umap_core::knn::KnnGraph;
use umap_core::metric::{Metric, MetricName};
use umap_core::points::Points;
use umap_core::pulse::block_on;

const EVERY: usize = 170;
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let text = |i: usize, default: &'static str| args.get(i).map_or(default.to_string(), String::clone);
    let cols: usize = args[1].parse().expect("a number");
    let threads = text(2, "1").parse().expect("a number");
    let metric: Metric = serde_json::from_value::<MetricName>(text(3, "cosine").into()).expect("a metric").into();
    let k: usize = text(4, "15").parse().expect("a number");
    let bytes = std::fs::read(&args[0]).expect("a file");
    let values: Vec<f32> = bytes.as_chunks().0.iter().map(|x| f32::from_le_bytes(*x)).collect();
    let rows = |wanted: bool| -> Points {
        let all = values.chunks_exact(cols).enumerate();
        let chosen: Vec<f32> =
            all.filter(|(i, _)| (i % EVERY == EVERY / 2) == wanted).flat_map(|(_, row)| row).copied().collect();
        Points::from_slice(&chosen, chosen.len() / cols, cols, metric.clone()).expect("points")
    };
    let (points, asked) = (rows(false), rows(true));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| {
        let start = std::time::Instant::now();
        let index = block_on(async |pulse| NeighborIndex::build(points, k, 42, pulse).await).expect("an index");
        println!("built in {:.2} s, {:?}", start.elapsed().as_secs_f64(), index.diagnostics());
        let query = |epsilon: f32| block_on(async |pulse| index.query(&asked, 10, epsilon, pulse).await).expect("rows");
        // Through every row.
        let truth = query(1e9);
        for epsilon in text(5, "0,0.05,0.1,0.15,0.2,0.25,0.3").split(',') {
            let (start, epsilon) = (std::time::Instant::now(), epsilon.parse().expect("a number"));
            let found = query(epsilon);
            let qps = asked.rows() as f64 / start.elapsed().as_secs_f64();
            println!("epsilon {epsilon}: recall {:.4}, {qps:.0} queries per second", recall(&truth, &found));
        }
    });
}

fn recall(truth: &KnnGraph, found: &KnnGraph) -> f64 {
    let hits = |row: usize| found.row(row).0.iter().filter(|id| truth.row(row).0.contains(id)).count();
    (0..truth.rows()).map(hits).sum::<usize>() as f64 / truth.indices.len() as f64
}
