//! Slow and simple answers in f64, and points to try them on.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::LazyLock;

use umap_core::metric::{Metric, MetricName};
use umap_core::pulse::Pulse;
use umap_core::random::{Random, Stream};

/// All of rows of any number of columns.
pub(crate) static METRICS: LazyLock<[Metric; 10]> = LazyLock::new(|| {
    [
        Metric::Euclidean,
        Metric::Cosine,
        Metric::Correlation,
        Metric::Manhattan,
        Metric::Chebyshev,
        Metric::Dot,
        Metric::InnerProduct,
        Metric::minkowski(3.0),
        Metric::Canberra,
        Metric::Hamming,
    ]
});

/// Whether small integers have exact distances, so that ties fall as in the sorted order.
pub(crate) fn is_exact(metric: &Metric) -> bool {
    [Metric::Euclidean, Metric::Manhattan, Metric::Chebyshev, Metric::InnerProduct, Metric::Hamming].contains(metric)
}

/// The metric as options say it, less braces.
pub(crate) fn options_of(metric: &Metric) -> String {
    let name = serde_json::to_string(&metric.name()).unwrap();
    let p = metric.p().map_or(String::new(), |p| format!(r#","metricOptions":{{"p":{p}}}"#));
    format!(r#""metric":{name}{p}"#)
}

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
pub(crate) fn distance(metric: &Metric, x: &[f32], y: &[f32]) -> f64 {
    let (x, y): (Vec<f64>, Vec<f64>) = (x.iter().map(|&v| v.into()).collect(), y.iter().map(|&v| v.into()).collect());
    let pairs = || x.iter().zip(&y);
    match metric.name() {
        MetricName::Euclidean => pairs().map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt(),
        MetricName::Manhattan => pairs().map(|(a, b)| (a - b).abs()).sum(),
        MetricName::Chebyshev => pairs().map(|(a, b)| (a - b).abs()).fold(0.0, f64::max),
        MetricName::InnerProduct => -dot(&x, &y),
        MetricName::Cosine | MetricName::Dot => cosine(&x, &y),
        MetricName::Minkowski => {
            let p = f64::from(metric.p().unwrap());
            pairs().map(|(a, b)| (a - b).abs().powf(p)).sum::<f64>().powf(1.0 / p)
        }
        MetricName::Canberra => {
            let part = |(a, b): (&f64, &f64)| if a == b { 0.0 } else { (a - b).abs() / (a.abs() + b.abs()) };
            pairs().map(part).sum()
        }
        MetricName::Hamming => pairs().filter(|(a, b)| a != b).count() as f64 / x.len() as f64,
        MetricName::Haversine => haversine(&x, &y),
        MetricName::Correlation => cosine(&centered(&x), &centered(&y)),
        other => unreachable!("{other:?} is tested against umap-learn (metrics.rs)"),
    }
}

/// The formula of umap-learn.
fn haversine(x: &[f64], y: &[f64]) -> f64 {
    let (latitude, longitude) = ((0.5 * (x[0] - y[0])).sin(), (0.5 * (x[1] - y[1])).sin());
    2.0 * (latitude * latitude + x[0].cos() * y[0].cos() * longitude * longitude).sqrt().asin()
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
pub(crate) fn order(metric: &Metric, data: &[f32], cols: usize) -> Vec<Vec<(f64, usize)>> {
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

/// What `work` gives, and how often it can be interrupted: every tick suspends it.
pub(crate) async fn counted<T>(pulse: &Pulse, work: impl Future<Output = T>) -> (T, u64) {
    pulse.work_for(0.0);
    let (mut work, mut polls) = (pin!(work), 0);
    let found = poll_fn(|context| {
        polls += 1;
        work.as_mut().poll(context)
    });
    (found.await, polls - 1)
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
