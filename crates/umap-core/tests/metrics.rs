//! Every metric: its distances against umap-learn's and scipy's (metrics.json), and the approximate search against the exact.

use crate::oracle::{fixture, floats, numbers, same_for_all_threads};
use serde_json::Value;
use umap_core::knn::{KnnMethod, Probe, exact, nearest_neighbors};
use umap_core::metric::{Kind, Metric, MetricName};
use umap_core::params::{KnnParams, Params};
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};

/// The metric as a user asks for it.
pub(crate) fn metric(name: &str, options: &Value) -> Metric {
    let text = serde_json::json!({ "metric": name, "metricOptions": options }).to_string();
    KnnParams::from_json(&text).unwrap_or_else(|error| panic!("{text}: {error}")).metric()
}

fn measured(points: &Points, i: u32, j: u32) -> f32 {
    let mut scratch = Vec::new();
    let [a, b] = points.read([i, j], &mut scratch);
    points.distance(points.kernel().pair(a, b))
}

#[test]
fn distances_are_those_of_umap_learn_and_scipy() {
    let known = fixture("metrics");
    let mut seen = Vec::new();
    for case in known["metrics"].as_array().unwrap() {
        let (name, set) = (case["metric"].as_str().unwrap(), case["data"].as_str().unwrap());
        let metric = metric(name, &case["options"]);
        let data = floats(&known["sets"][set]);
        let rows = known["sets"][set].as_array().unwrap().len();
        let points = Points::from_slice(&data, rows, data.len() / rows, metric.clone()).unwrap();
        for (at, &expected) in numbers(&case["distances"]).iter().enumerate() {
            let (i, j) = ((at / rows) as u32, (at % rows) as u32);
            let found = measured(&points, i, j);
            // Of equal rows, the square root of what umap-learn's rounding leaves.
            let close = if i == j { 1e-5 } else { 1e-6 } * expected.abs().max(1.0);
            assert!(
                (f64::from(found) - expected).abs() <= close,
                "{name} {}, {set}, rows {i} and {j}: {found} for {expected}",
                case["options"]
            );
            assert_eq!(found.to_bits(), measured(&points, j, i).to_bits(), "{name}, {set}, rows {i} and {j} swapped");
        }
        seen.push(metric.name());
    }
    let is_missing = |name: &&MetricName| Metric::from(**name).kind() == Kind::Numbers && !seen.contains(name);
    let missing: Vec<&MetricName> = MetricName::ALL.iter().filter(is_missing).collect();
    // These have a fixture of their own (knn.json); others of a minkowski metric have its name.
    assert_eq!(missing, [&MetricName::Dot, &MetricName::InnerProduct]);
}

const COLS: usize = 6;

/// Metrics with parameters that they need, and data that they have distances for: groups of 40 rows.
pub(crate) fn every_metric(rows: usize) -> impl Iterator<Item = (Metric, Points)> {
    let of_numbers = |name: &&MetricName| Metric::from(**name).kind() == Kind::Numbers;
    MetricName::ALL.iter().filter(of_numbers).map(move |&name| {
        let options = match name {
            MetricName::Seuclidean => serde_json::json!({ "V": [1.0, 2.0, 3.0, 1.0, 0.5, 1.0] }),
            MetricName::Mahalanobis => {
                let matrix = |at| f64::from(u8::from(at % (COLS + 1) == 0)) + 0.1;
                serde_json::json!({ "VI": (0..COLS * COLS).map(matrix).collect::<Vec<_>>() })
            }
            MetricName::Minkowski => serde_json::json!({ "p": 3 }),
            _ => serde_json::json!({}),
        };
        let metric = metric(&name.label(), &options);
        let (data, cols) = data_for(name, rows);
        let points = Points::from_slice(&data, rows, cols, metric.clone()).unwrap();
        (metric, points)
    })
}

fn is_of_truth(name: MetricName) -> bool {
    use MetricName::{Dice, Hamming, Jaccard, Kulsinski, Matching, Rogerstanimoto, Russellrao, Sokalsneath, Yule};
    [Dice, Hamming, Jaccard, Kulsinski, Matching, Rogerstanimoto, Russellrao, Sokalsneath, Yule].contains(&name)
}

pub(crate) fn data_for(name: MetricName, rows: usize) -> (Vec<f32>, usize) {
    let random = Random::new(9, Stream::Sample);
    let group = Random::new(8, Stream::Noise);
    let cols = match name {
        MetricName::Haversine => 2,
        _ if is_of_truth(name) => 60,
        _ => COLS,
    };
    let value = |at: usize| {
        let (row, col) = (at / cols, at % cols);
        let (center, own) = (group.at((row / 40) as u32).uniform(col as u32), random.normal(at as u32));
        match name {
            _ if is_of_truth(name) => f32::from(u8::from((center < 0.3) != (own > 1.5))),
            MetricName::Haversine => 1.4 * (2.0 * center - 1.0) + 0.02 * own,
            MetricName::Poincare => (0.7 * (2.0 * center - 1.0) / (COLS as f32).sqrt() + 0.01 * own).clamp(-0.4, 0.4),
            MetricName::LlDirichlet => (20.0 * center + own).round().max(0.0),
            _ => (5.0 * center + 0.3 * own).abs(),
        }
    };
    ((0..rows * cols).map(value).collect(), cols)
}

#[test]
fn every_metric_is_searched_at_every_size() {
    for rows in [6, 500, 1500] {
        for (metric, points) in every_metric(rows) {
            let k = if rows == 6 { 5 } else { 10 };
            let search = |force| block_on(async |pulse| nearest_neighbors(&points, k, force, 3, pulse).await).unwrap();
            let found = search(false);
            assert_eq!(found.graph.k, k, "{metric:?}");
            for row in 0..rows {
                let distances = found.graph.row(row).1;
                assert!(distances.iter().all(|d| d.is_finite()), "{metric:?}, row {row}: {distances:?}");
                assert!(metric.name() == MetricName::InnerProduct || distances.is_sorted(), "{metric:?}, row {row}");
            }
            if rows < 1500 {
                continue;
            }
            let found = same_for_all_threads(|| search(true));
            assert_eq!(found.method, KnnMethod::NnDescent);
            let probe = block_on(async |pulse| Probe::new(&points, k, 3, pulse).await).unwrap();
            assert!(probe.recall(&found.graph) > 0.93, "{metric:?}: {}", probe.recall(&found.graph));
        }
    }
}

#[test]
fn what_a_metric_cannot_measure_is_refused() {
    let refused = |name: &str, values: &[f32], cols: usize, message: &str| {
        let points = Points::from_slice(values, values.len() / cols, cols, metric(name, &serde_json::json!({})));
        let error = points.unwrap_err().to_string();
        assert!(error.contains(message), "{name}: {error}");
    };
    for name in ["hellinger", "symmetric_kl", "wasserstein_1d", "ll_dirichlet"] {
        refused(name, &[1.0, 2.0, -3.0, 4.0], 2, &format!("values of at least 0 with {name}, got points[1, 0] = -3"));
    }
    refused("poincare", &[0.1, 0.2, 0.8, 0.7], 2, "rows shorter than 1 with poincare");
    refused("haversine", &[0.1; 6], 3, "2 columns, latitude and longitude in radians");
    let options = |text: &str, message: &str| {
        let error = KnnParams::from_json(text).unwrap_err().to_string();
        assert!(error.contains(message), "{text}: {error}");
    };
    options(r#"{"metric":"mahalanobis"}"#, "expected V, the covariance of the columns, or VI, its inverse");
    options(
        r#"{"metric":"mahalanobis","metricOptions":{"V":[[1,2],[2,4]]}}"#,
        "metricOptions.V: expected a positive definite",
    );
    options(r#"{"metric":"mahalanobis","metricOptions":{"VI":[[1,0],[1,1]]}}"#, "0 at [0, 1] and 1 at [1, 0]");
    options(r#"{"metric":"mahalanobis","metricOptions":{"VI":[1,2,3]}}"#, "expected a square matrix, got 3 numbers");
    options(
        r#"{"metric":"seuclidean","metricOptions":{"V":[1,0]}}"#,
        "metricOptions.V: expected finite numbers above 0, got 0",
    );
    options(r#"{"metric":"seuclidean","metricOptions":{"V":[1],"sigma":[1]}}"#, "got both");
    options(r#"{"metric":"cosine","metricOptions":{"p":3}}"#, "metricOptions.p: expected the options of cosine (none)");
    options(r#"{"metric":"minkowski","metricOptions":{"sigma":[3]}}"#, "the options of minkowski (p, w)");
    options(
        r#"{"metric":"minkowski","metricOptions":{"w":[-1]}}"#,
        "metricOptions.w: expected finite numbers of at least 0",
    );
    options(r#"{"metric":"symmetric_kl","metricOptions":{"z":0}}"#, "metricOptions.z: expected a 32-bit float above 0");
    let scaled = metric("seuclidean", &serde_json::json!({ "V": [1, 2, 3] }));
    let error = Points::from_slice(&[0.0f32; 4], 2, 2, scaled).unwrap_err().to_string();
    assert!(error.contains("expected numbers of 2 columns, as points have, got of 3"), "{error}");
}

#[test]
fn exact_neighbors_do_not_depend_on_threads() {
    for (metric, points) in every_metric(300) {
        let graph = same_for_all_threads(|| block_on(async |pulse| exact(&points, 6, pulse).await).unwrap());
        assert_eq!(graph.indices.len(), 1800, "{metric:?}");
    }
}
