//! What an embedding says at large, against the definitions and against scipy's numbers.

mod edges;

use crate::oracle::{METRICS, distance, fixture, floats, numbers, same_for_all_threads};
use umap_core::UmapError;
use umap_core::evaluate::{Beside, Evaluation, evaluate};
use umap_core::metric::Metric;
use umap_core::params::EvaluateParams;
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};

/// Rows, and how far two of them are from each other.
type Space<'a> = (&'a Metric, &'a [f32], usize);

const SEED: u32 = 3;

fn between((metric, data, cols): Space, i: usize, j: usize) -> f64 {
    let found = distance(metric, &data[i * cols..][..cols], &data[j * cols..][..cols]);
    if found.is_nan() { f64::INFINITY } else { found }
}

/// The share of five random triplets of each row that are in the same order in both.
pub(crate) fn random_triplets([truth, layout]: [Space; 2], rows: &[u32]) -> Option<f64> {
    let n = layout.1.len() / layout.2;
    let (mut known, mut right) = (0.0, 0.0);
    for &row in rows {
        let random = Random::new(SEED, Stream::Triplets).at(row);
        for triplet in 0..5 {
            let mut others: Vec<usize> = (0..n).filter(|&other| other != row as usize).collect();
            let one = others.remove(random.below(2 * triplet, n as u32 - 1) as usize);
            let other = others[random.below(2 * triplet + 1, n as u32 - 2) as usize];
            let order =
                |space| between(space, row as usize, one).partial_cmp(&between(space, row as usize, other)).unwrap();
            if order(truth).is_ne() {
                known += 1.0;
                right +=
                    if order(truth) == order(layout) { 1.0 } else { 0.5 * f64::from(u8::from(order(layout).is_eq())) };
            }
        }
    }
    (known > 0.0).then(|| right / known)
}

/// Spearman's correlation of the distances of all pairs of up to 1000 rows.
pub(crate) fn distance_correlation(spaces: [Space; 2], sample: u32) -> Option<f64> {
    let n = spaces[1].1.len() / spaces[1].2;
    let rows = Random::new(SEED, Stream::Triplets).sample(n as u32, sample.min(1000));
    let rows: Vec<usize> = rows.into_iter().map(|row| row as usize).collect();
    spearman(spaces.map(|space| all_pairs(space, &rows)))
}

fn all_pairs(space: Space, rows: &[usize]) -> Vec<f64> {
    let later = |at: usize| rows[at + 1..].iter().map(move |&other| between(space, rows[at], other));
    (0..rows.len()).flat_map(later).collect()
}

/// The same of the means of classes, of rows that have a place; rows in the form that the metric has them.
pub(crate) fn centroid_correlation(spaces: [Space; 2], labels: &[i32]) -> Option<f64> {
    let (_, layout, dims) = spaces[1];
    let mut present = labels.to_vec();
    // Ordered as they are without their sign.
    present.sort_by_key(|&label| label as u32);
    present.dedup();
    let pairs = spaces.map(|(metric, data, cols)| {
        let mean = |&label: &i32| -> Option<Vec<f32>> {
            let is_counted =
                |row: &usize| labels[*row] == label && layout[row * dims..][..dims].iter().all(|x| x.is_finite());
            let rows: Vec<usize> = (0..labels.len()).filter(is_counted).collect();
            let column =
                |col: usize| rows.iter().map(|row| f64::from(data[row * cols + col])).sum::<f64>() / rows.len() as f64;
            (!rows.is_empty()).then(|| (0..cols).map(|col| column(col) as f32).collect())
        };
        let means: Vec<Vec<f32>> = present.iter().filter_map(mean).collect();
        all_pairs((metric, &means.concat(), cols), &(0..means.len()).collect::<Vec<_>>())
    });
    spearman(pairs)
}

fn spearman(pairs: [Vec<f64>; 2]) -> Option<f64> {
    let [x, y] = pairs.map(|values| {
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let rank =
            |value: &f64| (sorted.partition_point(|x| x < value) + sorted.partition_point(|x| x <= value)) as f64;
        let ranks: Vec<f64> = values.iter().map(rank).collect();
        let mean = ranks.iter().sum::<f64>() / ranks.len() as f64;
        ranks.into_iter().map(|rank| rank - mean).collect::<Vec<f64>>()
    });
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let squares = product(&x, &x) * product(&y, &y);
    (squares > 0.0).then(|| product(&x, &y) / squares.sqrt())
}

fn run(truth: Space, layout: (&[f32], usize), beside: Beside, change: &dyn Fn(&mut EvaluateParams)) -> Evaluation {
    measured(truth, layout, beside, change).unwrap()
}

fn measured(
    (metric, data, cols): Space,
    (embedding, dims): (&[f32], usize),
    beside: Beside,
    change: &dyn Fn(&mut EvaluateParams),
) -> Result<Evaluation, UmapError> {
    let mut params = EvaluateParams { k: 5, seed: SEED, ..EvaluateParams::default() };
    change(&mut params);
    let points = Points::from_slice(data, data.len() / cols, cols, metric.clone()).unwrap();
    block_on(async |pulse| evaluate(&points, embedding, dims, beside, &params, pulse).await)
}

#[track_caller]
fn assert_near(found: Option<f64>, expected: Option<f64>, tolerance: f64, what: &str) {
    let is_near = found.zip(expected).map_or(found == expected, |(x, y)| (x - y).abs() <= tolerance);
    assert!(is_near, "{what}: {found:?} for {expected:?}");
}

/// Points around 12 centres, and half of what an embedding is.
fn clusters(rows: usize, cols: usize) -> (Vec<f32>, Vec<f32>, Vec<i32>) {
    let random = Random::new(5, Stream::Layout);
    let labels: Vec<i32> = (0..rows as u32).map(|row| random.at(1).below(row, 12) as i32 - 6).collect();
    let centre = |label: i32, col: usize| 3.0 * random.at(2).at(label as u32).normal(col as u32);
    let value = |at: usize| centre(labels[at / cols], at % cols) + random.at(3).normal(at as u32);
    let data: Vec<f32> = (0..rows * cols).map(value).collect();
    let layout = (0..rows * 2).map(|at| data[at / 2 * cols + at % 2] + random.at(4).normal(at as u32)).collect();
    (data, layout, labels)
}

#[test]
fn as_they_are_defined() {
    let (data, layout, labels) = clusters(220, 6);
    let reference: Vec<f32> = data.chunks_exact(6).flat_map(|row| [row[0], row[3]]).collect();
    let beside = Beside { labels: Some(&labels), reference: Some((&reference, 2)) };
    for (metric, reference_metric, sample) in [
        (Metric::Euclidean, Metric::Manhattan, 2000),
        (Metric::Manhattan, Metric::Euclidean, 60),
        (Metric::Chebyshev, Metric::Chebyshev, 219),
        (Metric::InnerProduct, Metric::Euclidean, 220),
    ] {
        let (truth, flat) = ((&metric, &data[..], 6), (&Metric::Euclidean, &layout[..], 2));
        let found = run(truth, (&layout, 2), beside, &|params| {
            (params.sample, params.reference_metric) = (sample, reference_metric.name());
        });
        let rows = Random::new(SEED, Stream::Sample).sample(220, sample);
        let known = (&reference_metric, &reference[..], 2);
        assert_eq!(found.random_triplets, random_triplets([truth, flat], &rows), "{metric:?}");
        assert_eq!(found.reference_triplets, random_triplets([known, flat], &rows), "{metric:?}");
        assert_near(found.distance_correlation, distance_correlation([truth, flat], sample), 1e-6, "distances");
        assert_near(found.reference_correlation, distance_correlation([known, flat], sample), 1e-6, "reference");
        assert_near(found.centroid_correlation, centroid_correlation([truth, flat], &labels), 1e-9, "centroids");
    }
}

/// scipy's correlations, and the share of all triplets that there are.
#[test]
fn as_scipy_measures_them() {
    let digits: &[u8] = include_bytes!("../../../datasets/digits.u8");
    for case in fixture("arrangement")["cases"].as_array().unwrap() {
        let data: Vec<f32> = match case.get("points") {
            Some(points) => floats(points),
            None => {
                let pixels = |row: f64| digits[row as usize * 64..][..64].iter().map(|&pixel| f32::from(pixel));
                numbers(&case["digits_rows"]).into_iter().flat_map(pixels).collect()
            }
        };
        let labels: Vec<i32> = numbers(&case["labels"]).into_iter().map(|label| label as i32).collect();
        let (layout, reference) = (floats(&case["embedding"]), floats(&case["reference"]));
        let cols = reference.len() / labels.len();
        let beside = Beside { labels: Some(&labels), reference: Some((&reference, cols)) };
        let space = (&Metric::Euclidean, &data[..], data.len() / labels.len());
        let found = run(space, (&layout, 2), beside, &|params| params.triplets = 1000);
        let is_near = |found: Option<f64>, name: &str, tolerance: f64| {
            assert_near(found, case["scores"][name].as_f64(), tolerance, &format!("{} {name}", case["name"]));
        };
        is_near(found.distance_correlation, "distance_correlation", 1e-6);
        is_near(found.centroid_correlation, "centroid_correlation", 1e-9);
        is_near(found.reference_correlation, "reference_correlation", 1e-6);
        // 150,000 and more triplets that are drawn: 0.0013 is their standard deviation.
        is_near(found.random_triplets, "random_triplets", 0.005);
        is_near(found.reference_triplets, "reference_triplets", 0.005);
    }
}

#[test]
fn the_points_themselves_are_a_perfect_arrangement() {
    let (data, _, labels) = clusters(300, 3);
    let beside = Beside { labels: Some(&labels), reference: Some((&data, 3)) };
    for seed in 0..3 {
        let found = run((&Metric::Euclidean, &data, 3), (&data, 3), beside, &|params| params.seed = seed);
        let Evaluation { random_triplets, distance_correlation, centroid_correlation, .. } = found;
        assert_eq!([random_triplets, distance_correlation, centroid_correlation], [Some(1.0); 3]);
        assert_eq!([found.reference_triplets, found.reference_correlation], [Some(1.0); 2]);
    }
}

#[test]
fn moved_turned_mirrored_and_scaled_embeddings_are_the_same() {
    let (data, layout, labels) = clusters(400, 5);
    let beside = Beside { labels: Some(&labels), reference: Some((&data, 5)) };
    let measures = |layout: &[f32]| {
        let found = run((&Metric::Euclidean, &data, 5), (layout, 2), beside, &|_| {});
        let triplets = [found.random_triplets, found.reference_triplets];
        let correlations = [found.distance_correlation, found.centroid_correlation, found.reference_correlation];
        [&triplets[..], &correlations[..]].concat()
    };
    let straight = measures(&layout);
    assert!(straight.iter().all(|found| found.is_some_and(|x| x > 0.3 && x < 0.99)), "{straight:?}");
    let changed = |change: &dyn Fn(f32, f32) -> [f32; 2]| -> Vec<f32> {
        layout.chunks_exact(2).flat_map(|place| change(place[0], place[1])).collect()
    };
    let (sin, cos) = (0.6, 0.8);
    for other in [
        changed(&|x, y| [-y, x]),
        changed(&|x, y| [x, -y]),
        changed(&|x, y| [4.0 * x, 4.0 * y]),
        changed(&|x, y| [cos * x - sin * y + 7.0, 3.0 * (sin * x + cos * y) / 3.0 - 100.0]),
    ] {
        // Places round.
        measures(&other).into_iter().zip(&straight).for_each(|(x, &y)| assert_near(x, y, 1e-3, "changed"));
    }
}

#[test]
fn a_random_layout_says_nothing() {
    let (data, _, labels) = clusters(2000, 4);
    let random = Random::new(77, Stream::Layout);
    let layout: Vec<f32> = (0..4000).map(|i| random.normal(i)).collect();
    let beside = Beside { labels: Some(&labels), reference: Some((&data, 4)) };
    let found = run((&Metric::Euclidean, &data, 4), (&layout, 2), beside, &|_| {});
    assert_near(found.random_triplets, Some(0.5), 0.02, "triplets");
    assert_near(found.reference_triplets, Some(0.5), 0.02, "known triplets");
    assert_near(found.distance_correlation, Some(0.0), 0.02, "distances");
    assert_near(found.reference_correlation, Some(0.0), 0.02, "known distances");
    // Of 66 pairs of classes: three standard deviations are 0.37.
    assert_near(found.centroid_correlation, Some(0.0), 0.37, "centroids");
    // All in one place: every triplet counts as half, and distances have no order.
    let found = run((&Metric::Euclidean, &data, 4), (&[1.0; 4000], 2), beside, &|_| {});
    assert_eq!((found.random_triplets, found.distance_correlation), (Some(0.5), None));
    assert_eq!((found.reference_triplets, found.centroid_correlation), (Some(0.5), None));
    // And of points in one place there is nothing to be right about.
    let found = run((&Metric::Euclidean, &[1.0; 8000], 4), (&layout, 2), Beside::default(), &|_| {});
    assert_eq!((found.random_triplets, found.distance_correlation), (None, None));
}

/// Means of directions by metrics of angles, whatever the lengths of the rows.
#[test]
fn means_are_in_the_form_of_the_metric() {
    let (data, layout, labels) = clusters(300, 6);
    let random = Random::new(9, Stream::Layout);
    let scaled: Vec<f32> = data
        .chunks_exact(6)
        .zip(0..)
        .flat_map(|(row, i)| row.iter().map(move |x| x * (0.1 + random.uniform(i))))
        .collect();
    let beside = Beside { labels: Some(&labels), reference: None };
    let of = |data: &[f32], metric: &Metric| run((metric, data, 6), (&layout, 2), beside, &|_| {}).centroid_correlation;
    for metric in [Metric::Cosine, Metric::Correlation, Metric::Dot] {
        assert_near(of(&scaled, &metric), of(&data, &metric), 1e-9, &format!("{metric:?}"));
    }
    assert_ne!(of(&scaled, &Metric::Euclidean), of(&data, &Metric::Euclidean));
    let zeros: Vec<f32> = data.iter().zip(0..).map(|(&x, at)| if at < 60 { 0.0 } else { x }).collect();
    METRICS.iter().for_each(|metric| assert!(of(&zeros, metric).is_some_and(f64::is_finite), "{metric:?}"));
}

/// Classes of which the means are sums of several tasks.
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let (data, layout, labels) = clusters(3000, 700);
    let labels: Vec<i32> = labels.iter().map(|label| label / 3).collect();
    let beside = Beside { labels: Some(&labels), reference: Some((&layout, 2)) };
    let found = same_for_all_threads(|| {
        run((&Metric::Cosine, &data, 700), (&layout, 2), beside, &|params| params.sample = 100)
    });
    assert!(found.centroid_correlation.is_some());
}
