//! Rows without a place, few and many classes, and what is absent or refused.

use super::{assert_near, centroid_correlation, clusters, distance_correlation, measured, run};
use crate::oracle::integers;
use umap_core::evaluate::Beside;
use umap_core::metric::Metric;

#[test]
fn rows_without_a_place_are_no_part_of_means() {
    let (data, mut layout, labels) = clusters(300, 4);
    let place = |layout: &[f32]| {
        let beside = Beside { labels: Some(&labels), reference: Some((&data, 4)) };
        run((&Metric::Euclidean, &data, 4), (layout, 2), beside, &|_| {})
    };
    // A whole class, and some others.
    (0..300).filter(|&row| labels[row] == 2 || row % 17 == 0).for_each(|row| layout[2 * row] = f32::NAN);
    let found = place(&layout);
    let spaces = [(&Metric::Euclidean, &data[..], 4), (&Metric::Euclidean, &layout[..], 2)];
    assert_near(found.centroid_correlation, centroid_correlation(spaces, &labels), 1e-9, "means");
    assert_near(found.distance_correlation, distance_correlation(spaces, 2000), 1e-6, "distances");
    assert!(found.reference_triplets.is_some_and(|share| share > 0.6));
}

/// 2,500 classes of two rows: the distances of 1,000 of them.
#[test]
fn of_many_classes_some_are_compared() {
    let (data, layout, _) = clusters(5000, 3);
    let labels: Vec<i32> = (0..5000).map(|row| row / 2 * 1001).collect();
    let beside = Beside { labels: Some(&labels), reference: None };
    let of = |layout, seed| {
        run((&Metric::Euclidean, &data, 3), layout, beside, &|params| {
            (params.seed, params.sample) = (seed, 10);
        })
        .centroid_correlation
        .unwrap()
    };
    assert_eq!(of((&data, 3), 1), 1.0);
    let found: Vec<f64> = (0..4).map(|seed| of((&layout, 2), seed)).collect();
    assert!(found.iter().all(|&x| x > 0.3 && (x - found[0]).abs() < 0.05) && found[0] != found[1], "{found:?}");
}

#[test]
fn what_cannot_be_compared_is_absent() {
    let (data, layout, _) = clusters(50, 3);
    let labels: Vec<i32> = (0..50).map(|row| row % 2).collect();
    let of = |beside| run((&Metric::Euclidean, &data, 3), (&layout, 2), beside, &|params| params.sample = 2);
    let found = of(Beside { labels: Some(&labels), reference: None });
    // One distance between two classes, and one between two rows.
    assert_eq!((found.centroid_correlation, found.distance_correlation), (None, None));
    assert_eq!((found.reference_triplets, found.reference_correlation), (None, None));
    assert!(found.random_triplets.is_some() && of(Beside::default()).centroid_correlation.is_none());
    let json = serde_json::to_value(found).unwrap();
    assert!(json["randomTriplets"].is_f64() && json["referenceCorrelation"].is_null(), "{json}");
}

#[test]
fn wrong_references_and_counts_are_refused() {
    let data = integers(20, 3, 1);
    let message = |reference: &[f32], cols: usize, triplets: u32| {
        let beside = Beside { labels: None, reference: Some((reference, cols)) };
        let found = measured((&Metric::Euclidean, &data, 3), (&data, 3), beside, &|params| params.triplets = triplets);
        found.map(|found| found.rows).map_err(|error| error.to_string())
    };
    assert_eq!(message(&data, 3, 1000), Ok(20));
    let shape = "reference: expected 20 rows of at least 1 column, got 59 values in 3 columns";
    assert_eq!(message(&data[..59], 3, 5), Err(shape.into()));
    assert!(message(&[], 0, 5).is_err_and(|text| text.starts_with("reference: expected 20 rows")));
    let mut wrong = data.clone();
    wrong[7] = f32::NAN;
    let not_finite = "reference[2, 1] is NaN: every value must be a finite 32-bit float";
    assert_eq!(message(&wrong, 3, 5), Err(not_finite.into()));
    for count in [0, 1001] {
        let expected = format!("triplets: expected an integer, 1 to 1000, got {count}");
        assert_eq!(message(&data, 3, count), Err(expected));
    }
}
