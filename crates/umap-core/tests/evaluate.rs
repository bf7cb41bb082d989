//! Quality measures against their definitions, by sorting.

use crate::arrangement::{centroid_correlation, distance_correlation, random_triplets};
use crate::oracle::{
    METRICS, counted, fixture, floats, integers, is_exact, numbers, order, same_for_all_threads, with_threads,
};
use umap_core::UmapError;
use umap_core::evaluate::{Beside, Evaluation, evaluate};
use umap_core::metric::Metric;
use umap_core::params::EvaluateParams;
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};

type Order = [Vec<(f64, usize)>];

struct Case {
    points: Points,
    data: Vec<f32>,
    embedding: Vec<f32>,
    dims: usize,
    labels: Vec<i32>,
}

fn case(rows: usize, cols: usize, dims: usize, metric: Metric) -> Case {
    let data = integers(rows, cols, 11);
    let random = Random::new(12, Stream::Sample);
    // Half of the input is kept, half is noise: measures well inside 0 to 1.
    let value = |at: usize| data[at / dims * cols + at % dims] * 2.0 + random.below(at as u32, 5) as f32 * 0.5;
    let embedding = (0..rows * dims).map(value).collect();
    let labels = data.chunks_exact(cols).map(|row| row[0] as i32 / 3).collect();
    Case { points: Points::from_slice(&data, rows, cols, metric).unwrap(), data, embedding, dims, labels }
}

fn run(case: &Case, k: u32, sample: u32) -> Result<Evaluation, UmapError> {
    let params = EvaluateParams { k, sample, seed: 3, ..EvaluateParams::default() };
    let Case { points, embedding, dims, labels, .. } = case;
    let beside = Beside { labels: Some(labels), ..Beside::default() };
    block_on(async |pulse| evaluate(points, embedding, *dims, beside, &params, pulse).await)
}

/// scikit-learn's formula over the sampled rows, with a stable sort of f64 distances.
fn expected(case: &Case, k: usize, sample: u32) -> Evaluation {
    let n = case.points.rows();
    let input = order(case.points.metric(), &case.data, case.points.cols());
    let output = order(&Metric::Euclidean, &case.embedding, case.dims);
    let rows = Random::new(3, Stream::Sample).sample(n as u32, sample);
    let (mut beyond, mut kept, mut right) = (0.0, 0, 0);
    for row in rows.iter().map(|&row| row as usize) {
        let neighbors: Vec<usize> = output[row][..k].iter().map(|(_, id)| *id).collect();
        for id in &neighbors {
            let rank = 1 + input[row].iter().position(|(_, other)| other == id).unwrap();
            beyond += rank.saturating_sub(k) as f64;
            kept += usize::from(rank <= k);
        }
        let votes = |label: i32| neighbors.iter().filter(|&&id| case.labels[id] == label).count();
        let winner = (-9..=9).max_by_key(|&label| (votes(label), -label)).unwrap();
        right += usize::from(winner == case.labels[row]);
    }
    let spaces = [
        (case.points.metric(), &case.data[..], case.points.cols()),
        (&Metric::Euclidean, &case.embedding[..], case.dims),
    ];
    let (m, n, neighbors) = (rows.len() as f64, n as f64, k as f64);
    Evaluation {
        trustworthiness: 1.0 - beyond * (2.0 / (m * neighbors * (2.0 * n - 3.0 * neighbors - 1.0))),
        neighbor_preservation: kept as f64 / (m * neighbors),
        density_correlation: match case.points.metric() {
            &Metric::InnerProduct => None,
            _ => density_correlation(&input, &output, &rows, k),
        },
        label_accuracy: Some(right as f64 / m),
        random_triplets: random_triplets(spaces, &rows),
        distance_correlation: distance_correlation(spaces, sample),
        centroid_correlation: centroid_correlation(spaces, &case.labels),
        reference_triplets: None,
        reference_correlation: None,
        k: k as u32,
        rows: rows.len() as u32,
    }
}

/// The correlation of the logarithms of the mean squared distances of the nearest; one less than 1e-6 of the mean over all
/// rows hardly counts as smaller.
fn density_correlation(input: &Order, output: &Order, rows: &[u32], k: usize) -> Option<f64> {
    let squares = |order: &Order| -> Vec<f64> {
        let mean =
            |row: &u32| order[*row as usize][..k].iter().map(|(distance, _)| distance.powi(2)).sum::<f64>() / k as f64;
        rows.iter().map(mean).collect()
    };
    let pairs = squares(input).into_iter().zip(squares(output)).filter(|(x, y)| x.is_finite() && y.is_finite());
    let (x, y): (Vec<f64>, Vec<f64>) = pairs.unzip();
    let centered = |squares: &[f64]| -> Vec<f64> {
        let least = 1e-6 * squares.iter().sum::<f64>() / squares.len() as f64;
        let logs: Vec<f64> = squares.iter().map(|square| (least + square).ln()).collect();
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        logs.iter().map(|x| x - mean).collect()
    };
    let (x, y) = (centered(&x), centered(&y));
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    (product(&x, &x) > 1e-9 && product(&y, &y) > 1e-9)
        .then(|| product(&x, &y) / (product(&x, &x) * product(&y, &y)).sqrt())
}

/// The same but for the rounding of distances, which are 32-bit floats.
#[track_caller]
fn assert_same(mut found: Evaluation, mut expected: Evaluation, what: &str) {
    for part in [
        |e: &mut Evaluation| e.density_correlation.take(),
        |e: &mut Evaluation| e.distance_correlation.take(),
        |e: &mut Evaluation| e.centroid_correlation.take(),
    ] {
        match (part(&mut found), part(&mut expected)) {
            (Some(found), Some(expected)) => assert!((found - expected).abs() < 1e-5, "{what}: {found} for {expected}"),
            both => assert_eq!(both.0, both.1, "{what}"),
        }
    }
    assert_eq!(found, expected, "{what}");
}

#[test]
fn all_rows_as_scikit_learn_defines_it() {
    for (rows, cols, dims, k) in [(60, 4, 2, 5), (131, 784, 2, 15), (300, 3, 3, 10), (9, 2, 1, 4), (3, 1, 1, 1)] {
        let case = case(rows, cols, dims, Metric::Euclidean);
        assert_same(run(&case, k, 2000).unwrap(), expected(&case, k as usize, 2000), &format!("{rows} x {cols}"));
    }
}

/// scikit-learn's own values; its order of equal distances is chance, of which the digits have many.
#[test]
fn all_rows_as_scikit_learn_measures_them() {
    let digits: &[u8] = include_bytes!("../../../datasets/digits.u8");
    let quality = fixture("quality");
    for (case, tolerance) in quality["cases"].as_array().unwrap().iter().zip([1e-9, 1e-3]) {
        let labels: Vec<i32> = numbers(&case["labels"]).into_iter().map(|label| label as i32).collect();
        let data = match case.get("points") {
            Some(points) => floats(points),
            None => {
                let pixels = |row: f64| &digits[row as usize * 64..(row as usize + 1) * 64];
                numbers(&case["digits_rows"]).into_iter().flat_map(pixels).map(|&pixel| f32::from(pixel)).collect()
            }
        };
        let rows = labels.len();
        let points = Points::from_slice(&data, rows, data.len() / rows, Metric::Euclidean).unwrap();
        let case_of = Case { points, data, embedding: floats(&case["embedding"]), dims: 2, labels };
        for score in case["scores"].as_array().unwrap() {
            let got = run(&case_of, score["k"].as_u64().unwrap() as u32, 2000).unwrap();
            let close = |name: &str, got: f64| {
                let expected = score[name].as_f64().unwrap();
                assert!((got - expected).abs() <= tolerance, "{} {name}: {got} for {expected}", case["name"]);
            };
            close("trustworthiness", got.trustworthiness);
            close("preservation", got.neighbor_preservation);
            close("label_accuracy", got.label_accuracy.unwrap());
        }
    }
}

#[test]
fn metrics_of_the_input() {
    for metric in METRICS.iter() {
        // Others round, so equal distances of the integers need not stay equal.
        if is_exact(metric) && *metric != Metric::Hamming {
            let case = case(150, 6, 2, metric.clone());
            assert_same(run(&case, 7, 2000).unwrap(), expected(&case, 7, 2000), &format!("{metric:?}"));
        }
    }
}

#[test]
fn sampled_rows_are_compared_with_all() {
    for sample in [1, 40, 250, 499, 500] {
        let case = case(500, 5, 2, Metric::Euclidean);
        assert_same(run(&case, 6, sample).unwrap(), expected(&case, 6, sample), &format!("{sample} rows"));
    }
}

#[test]
fn the_points_themselves_are_a_perfect_embedding() {
    let mut case = case(200, 3, 3, Metric::Euclidean);
    case.embedding = case.data.clone();
    let got = run(&case, 15, 2000).unwrap();
    assert_eq!((got.trustworthiness, got.neighbor_preservation), (1.0, 1.0));
}

#[test]
fn rows_that_are_not_finite_are_infinitely_far() {
    for value in [f32::NAN, f32::INFINITY] {
        let mut case = case(80, 4, 2, Metric::Euclidean);
        for row in [0, 17, 50] {
            case.embedding[row * 2] = value;
        }
        let got = run(&case, 5, 2000).unwrap();
        assert_same(got.clone(), expected(&case, 5, 2000), &format!("{value}"));
        assert!(got.trustworthiness.is_finite());
        // Of rows that have no places at all there is nothing to measure.
        case.embedding.fill(value);
        let refused = run(&case, 5, 2000).unwrap_err().to_string();
        assert_eq!(refused, "embedding: expected rows with finite coordinates, got none");
    }
}

#[test]
fn k_is_cut_below_half_the_points() {
    let case = case(10, 3, 2, Metric::Euclidean);
    for k in [4, 5, 100] {
        assert_same(run(&case, k, 2000).unwrap(), expected(&case, 4, 2000), "");
    }
}

#[test]
fn without_labels_there_is_no_accuracy() {
    let Case { points, embedding, .. } = case(20, 3, 2, Metric::Euclidean);
    let params = EvaluateParams::default();
    let got =
        block_on(async |pulse| evaluate(&points, &embedding, 2, Beside::default(), &params, pulse).await).unwrap();
    assert_eq!(got.label_accuracy, None);
    let json = serde_json::to_value(got).unwrap();
    assert!(json["neighborPreservation"].is_f64() && json["labelAccuracy"].is_null(), "{json}");
}

#[test]
fn wrong_lengths_and_ranges_are_refused() {
    let change = |change: &dyn Fn(&mut Case)| {
        let mut case = case(20, 3, 2, Metric::Euclidean);
        change(&mut case);
        run(&case, 3, 2000).unwrap_err().to_string()
    };
    let embedding = change(&|case| case.embedding.truncate(39));
    assert_eq!(embedding, "embedding: expected 20 rows of at least 1 column, got 39 values in 2 columns");
    assert!(change(&|case| case.dims = 0).starts_with("embedding: "));
    assert_eq!(change(&|case| case.labels.truncate(19)), "labels: expected 20 values, got 19");
    let case_of_2 = case(2, 3, 2, Metric::Euclidean);
    assert_eq!(run(&case_of_2, 1, 10).unwrap_err().to_string(), "points: expected at least 3 rows, got 2");
    let case = case(20, 3, 2, Metric::Euclidean);
    assert_eq!(run(&case, 0, 10).unwrap_err().to_string(), "k: expected an integer, at least 1, got 0");
    assert_eq!(run(&case, 1, 0).unwrap_err().to_string(), "sample: expected an integer, at least 1, got 0");
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let case = case(600, 20, 2, Metric::Correlation);
    same_for_all_threads(|| run(&case, 15, 400)).unwrap();
}

#[test]
fn ticks_follow_the_work() {
    let case = case(2000, 784, 2, Metric::Euclidean);
    let params = EvaluateParams { sample: 500, ..EvaluateParams::default() };
    let ticks = with_threads(1, || {
        block_on(async |pulse| {
            let beside = Beside { labels: Some(&case.labels), reference: Some((&case.embedding, 2)) };
            let work = evaluate(&case.points, &case.embedding, 2, beside, &params, pulse);
            let (found, ticks) = counted(pulse, work).await;
            found.unwrap();
            assert_eq!(pulse.fraction(), 1.0);
            ticks
        })
    });
    assert!(500 * 2000 * 784 / ticks < 100_000_000, "{ticks} ticks");
}
