//! What a store costs: `stores N D THREADS METRIC FILE STORE...`. FILE holds N x D values, bytes if its name ends in u8, else
//! little-endian f32. Recall is against exact neighbours in f32, of 9 samples of 120 rows.

use umap_core::knn::{Probe, nearest_neighbors};
use umap_core::metric::{Metric, MetricName};
use umap_core::points::{Points, Store};
use umap_core::pulse::block_on;

const K: usize = 15;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize| args[i].parse::<usize>().expect("a number");
    let (rows, cols, threads) = (number(0), number(1), number(2));
    let metric: Metric = named::<MetricName>(&args[3]).into();
    let bytes = std::fs::read(&args[4]).expect("a file");
    let stored = |store| {
        if args[4].ends_with("u8") {
            return Points::stored(&bytes[..rows * cols], rows, cols, metric.clone(), store).expect("points");
        }
        let values: Vec<f32> = bytes.as_chunks::<4>().0[..rows * cols].iter().map(|b| f32::from_le_bytes(*b)).collect();
        Points::stored(&values, rows, cols, metric.clone(), store).expect("points")
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| {
        let truth = stored(Store::F32);
        let probe = |seed| block_on(async |pulse| Probe::new(&truth, K, seed, pulse).await).expect("neighbours");
        let probes: Vec<Probe> = (1..=9).map(probe).collect();
        drop(truth);
        for store in &args[5..] {
            let points = stored(named(store));
            let start = cpu_seconds();
            let search = async |pulse: &_| nearest_neighbors(&points, K, true, 42, pulse).await;
            let found = block_on(async |pulse| search(pulse).await).expect("neighbours");
            let took = cpu_seconds() - start;
            let recall = probes.iter().map(|probe| probe.recall(&found.graph)).sum::<f64>() / probes.len() as f64;
            println!("{store}: {:?}, {took:.2} s of processors, recall {recall:.4}", points.store());
        }
    });
}

fn named<T: serde::de::DeserializeOwned>(name: &str) -> T {
    serde_json::from_value(name.into()).expect("a name")
}

/// User and system time of the process so far (Linux): wall time says little on a busy machine.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<f64>().expect("a number");
    (ticks(11) + ticks(12)) / 100.0
}
