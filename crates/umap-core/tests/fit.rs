//! The stages put together, beyond their bits (bits.rs): what is refused at the door, and what a fit reports on its way.

use umap_core::UmapError;
use umap_core::knn::KnnGraph;
use umap_core::metric::Metric;
use umap_core::params::{Params, UmapParams};
use umap_core::points::Points;
use umap_core::pulse::{Computation, Pulse, Stage, block_on, native_clock};
use umap_core::umap::{FitInputs, fit};

use crate::oracle::integers;

fn points(rows: usize) -> Points {
    Points::from_slice(&integers(rows, 8, 3), rows, 8, Metric::Euclidean).unwrap()
}

/// The edges' rates once reported the whole stage done before the first epoch.
#[test]
fn progress_of_the_layout_follows_its_epochs() {
    let pulse = Pulse::new(native_clock);
    let (inside, points) = (pulse.clone(), points(300));
    let params = UmapParams::from_json(r#"{"nEpochs":50}"#).unwrap();
    let mut job = Computation::new(&pulse, async move { fit(points, &params, FitInputs::default(), &inside).await });
    let mut seen = 0;
    while job.step(0.0).is_none() {
        if pulse.stage() == Stage::Optimize {
            let at = f64::from(pulse.epoch().unwrap_or(0)) / 50.0;
            assert!((pulse.fraction() - at).abs() <= 0.04, "{} at {at} of the epochs", pulse.fraction());
            seen += 1;
        }
    }
    assert!(seen >= 50);
}

#[test]
fn given_neighbors_are_checked_and_cut() {
    let embed = |knn: KnnGraph| {
        let params = UmapParams::from_json(r#"{"nEpochs":5,"nNeighbors":3}"#).unwrap();
        let inputs = FitInputs { precomputed_knn: Some(knn), ..FitInputs::default() };
        block_on(async |pulse| fit(points(50), &params, inputs, pulse).await)
    };
    let ring = |k: usize, offset: u32| KnnGraph {
        k,
        indices: (0..50).flat_map(|i| (0..k as u32).map(move |j| (i + j + offset) % 50)).collect(),
        distances: (0..50).flat_map(|_| (0..k).map(|j| j as f32 + 1.0)).collect(),
    };
    let fitted = embed(ring(5, 1)).unwrap();
    assert_eq!((fitted.knn.k, fitted.knn.row(7).0, fitted.knn.row(7).1), (3, &[7, 8, 9][..], &[0.0, 1.0, 2.0][..]));
    assert!(fitted.diagnostics.notes.iter().any(|note| note.contains("50 rows did not contain themselves")));
    let refusal = |change: &dyn Fn(&mut KnnGraph)| {
        let mut knn = ring(5, 0);
        change(&mut knn);
        embed(knn).unwrap_err()
    };
    assert!(matches!(refusal(&|knn| knn.k = 4), UmapError::ShapeMismatch { .. }));
    assert!(matches!(refusal(&|knn| *knn = ring(2, 0)), UmapError::ShapeMismatch { .. }));
    let index = refusal(&|knn| knn.indices[23] = 50).to_string();
    assert_eq!(index, "precomputedKnn.indices: expected -1 or 0 to 49, got 50 in row 4, column 3");
    let distance = refusal(&|knn| knn.distances[23] = 2.5).to_string();
    assert_eq!(
        distance,
        "precomputedKnn.distances: expected non-decreasing rows without NaN, got 2.5 in row 4, column 3"
    );
}
