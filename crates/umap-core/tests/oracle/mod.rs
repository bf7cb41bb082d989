//! Slow and simple answers in f64, and points to try them on.

use umap_core::metric::Metric;
use umap_core::random::{Random, Stream};

pub(crate) const METRICS: [Metric; 7] = [
    Metric::Euclidean,
    Metric::Cosine,
    Metric::Correlation,
    Metric::Manhattan,
    Metric::Chebyshev,
    Metric::Dot,
    Metric::InnerProduct,
];

/// Small integers, so that sums of them are exact and equal distances occur. Every seventh row repeats its predecessor;
/// row 3 is zero, row 5 constant.
pub(crate) fn integers(rows: usize, cols: usize, seed: u32) -> Vec<f32> {
    let random = Random::new(seed, Stream::Sample);
    let mut data: Vec<f32> = (0..(rows * cols) as u32).map(|i| random.below(i, 9) as f32 - 4.0).collect();
    for row in (7..rows).step_by(7) {
        data.copy_within((row - 1) * cols..row * cols, row * cols);
    }
    for (row, value) in [(3, 0.0), (5, 2.0)] {
        if row < rows {
            data[row * cols..(row + 1) * cols].fill(value);
        }
    }
    data
}

/// umap-learn's definitions.
pub(crate) fn distance(metric: Metric, x: &[f32], y: &[f32]) -> f64 {
    let (x, y): (Vec<f64>, Vec<f64>) = (x.iter().map(|&v| v.into()).collect(), y.iter().map(|&v| v.into()).collect());
    let pairs = || x.iter().zip(&y);
    match metric {
        Metric::Euclidean => pairs().map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt(),
        Metric::Manhattan => pairs().map(|(a, b)| (a - b).abs()).sum(),
        Metric::Chebyshev => pairs().map(|(a, b)| (a - b).abs()).fold(0.0, f64::max),
        Metric::InnerProduct => -dot(&x, &y),
        Metric::Cosine | Metric::Dot => cosine(&x, &y),
        Metric::Correlation => cosine(&centered(&x), &centered(&y)),
    }
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b).sum()
}

fn centered(x: &[f64]) -> Vec<f64> {
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    x.iter().map(|v| v - mean).collect()
}

fn cosine(x: &[f64], y: &[f64]) -> f64 {
    match (dot(x, x), dot(y, y)) {
        (0.0, 0.0) => 0.0,
        (0.0, _) | (_, 0.0) => 1.0,
        (xx, yy) => 1.0 - dot(x, y) / (xx * yy).sqrt(),
    }
}

/// All other rows of each row, nearest first, equal distances by row number. NaN is infinitely far.
pub(crate) fn order(metric: Metric, data: &[f32], cols: usize) -> Vec<Vec<(f64, usize)>> {
    let rows: Vec<&[f32]> = data.chunks_exact(cols).collect();
    let distance = |a: &[f32], b: &[f32]| Some(distance(metric, a, b)).filter(|d| !d.is_nan()).unwrap_or(f64::INFINITY);
    let of = |i: usize| {
        let others = (0..rows.len()).filter(|&j| j != i);
        let mut others: Vec<_> = others.map(|j| (distance(rows[i], rows[j]), j)).collect();
        others.sort_by(|a, b| a.partial_cmp(b).unwrap());
        others
    };
    (0..rows.len()).map(of).collect()
}

/// Calls `work` in a pool of so many threads.
#[cfg(feature = "threads")]
pub(crate) fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

/// Without the feature there is one thread whatever is asked for.
#[cfg(not(feature = "threads"))]
pub(crate) fn with_threads<T>(_threads: usize, work: impl FnOnce() -> T) -> T {
    work()
}

/// What `work` gives in pools of 1, 2 and 4 threads must be the same.
pub(crate) fn same_for_all_threads<T: PartialEq + std::fmt::Debug + Send>(work: impl Fn() -> T + Sync) -> T {
    let one = with_threads(1, &work);
    for threads in [2, 4] {
        assert_eq!(with_threads(threads, &work), one, "{threads} threads");
    }
    one
}

/// A reference answer of test/fixtures (its `about` says what it holds).
pub(crate) fn fixture(name: &str) -> serde_json::Value {
    let path = format!("{}/../../test/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The numbers in a fixture's array, nested or not, row-major; null is infinite.
pub(crate) fn numbers(value: &serde_json::Value) -> Vec<f64> {
    match value.as_array() {
        Some(values) => values.iter().flat_map(numbers).collect(),
        None => vec![value.as_f64().unwrap_or(f64::INFINITY)],
    }
}

/// [`numbers`] as 32-bit floats.
pub(crate) fn floats(value: &serde_json::Value) -> Vec<f32> {
    numbers(value).into_iter().map(|x| x as f32).collect()
}
