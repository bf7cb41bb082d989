//! The bits of whole fits, held against test/fixtures/bits.json, against which the WebAssembly tests hold theirs too:
//! so native, both builds, Node and browsers agree. `UPDATE_BITS=1 cargo test bits` writes the file anew.

use std::collections::BTreeMap;

use crate::oracle::{METRICS, same_for_all_threads};
use umap_core::fuzzy::target::{Target, TargetMetric, UNKNOWN};
use umap_core::metric::MetricName;
use umap_core::params::{Params, UmapParams};
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::random::h32;
use umap_core::umap::{FitInputs, fit};

pub(crate) const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../test/fixtures");

/// Twelve clusters of points that are no integers (test/data.js makes the same).
pub(crate) fn blobs(rows: u32, cols: u32) -> Vec<f32> {
    let uniform = |x: u32| f64::from(h32(x)) / 4_294_967_296.0;
    let value = |i: u32, j: u32| uniform((i % 12) * 1000 + j) * 4.0 + uniform(1_000_000 + i * cols + j) * 1.7;
    (0..rows * cols).map(|at| value(at / cols, at % cols) as f32).collect()
}

/// FNV-1a over the little-endian bytes.
pub(crate) fn hash(values: &[f32]) -> String {
    let bytes = values.iter().flat_map(|x| x.to_bits().to_le_bytes());
    format!("{:016x}", bytes.fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)))
}

/// Of fits whose options name a metric of targets: labels, a third of which is not known, or numbers (test/data.js makes
/// the same).
fn target(rows: u32, options: &str, metric: TargetMetric) -> Option<Target> {
    if !options.contains("targetMetric") {
        return None;
    }
    Some(match metric {
        TargetMetric::Categorical => {
            Target::Labels((0..rows).map(|i| if i % 3 == 0 { UNKNOWN } else { i % 12 }).collect())
        }
        _ => {
            let data = (0..rows).map(|i| (f64::from(h32(2_000_000 + i)) / 4_294_967_296.0) as f32).collect();
            Target::Values { data, cols: 1 }
        }
    })
}

fn embed(data: &[f32], rows: u32, cols: u32, options: &str) -> String {
    let params = UmapParams::from_json(options).unwrap();
    let points = Points::from_slice(data, rows as usize, cols as usize, params.metric()).unwrap();
    let inputs = FitInputs { target: target(rows, options, params.target_metric), ..FitInputs::default() };
    let fitted = block_on(async |pulse| fit(points, &params, inputs, pulse).await).unwrap();
    assert!(fitted.embedding.iter().all(|x| x.is_finite()));
    hash(&fitted.embedding)
}

/// One fit per path through the pipeline: every metric, exact and approximate search, every init, 1 to 3
/// dimensions, both kinds of targets.
fn cases() -> Vec<(&'static str, u32, u32, &'static str)> {
    vec![
        ("euclidean", 600, 20, r#"{"nEpochs":60}"#),
        ("euclidean approximate", 5000, 20, r#"{"nEpochs":30,"forceApproximation":true}"#),
        (
            "cosine approximate 3d",
            5000,
            20,
            r#"{"nEpochs":30,"forceApproximation":true,"metric":"cosine","nComponents":3}"#,
        ),
        ("correlation 1d pca", 600, 20, r#"{"nEpochs":60,"metric":"correlation","nComponents":1,"init":"pca"}"#),
        ("manhattan 5d random", 600, 7, r#"{"nEpochs":60,"metric":"manhattan","nComponents":5,"init":"random"}"#),
        ("chebyshev approximate", 2000, 7, r#"{"nEpochs":60,"metric":"chebyshev","forceApproximation":true}"#),
        ("inner product approximate", 2000, 7, r#"{"nEpochs":60,"metric":"inner_product","forceApproximation":true}"#),
        (
            "minkowski approximate",
            2000,
            7,
            r#"{"nEpochs":60,"metric":"minkowski","metricOptions":{"p":1.5},"forceApproximation":true}"#,
        ),
        ("canberra", 600, 7, r#"{"nEpochs":60,"metric":"canberra"}"#),
        ("hamming approximate", 2000, 7, r#"{"nEpochs":60,"metric":"hamming","forceApproximation":true}"#),
        ("haversine", 600, 2, r#"{"nEpochs":60,"metric":"haversine"}"#),
        ("densmap", 2000, 20, r#"{"nEpochs":30,"densmap":true}"#),
        ("densmap 3d labels", 600, 20, r#"{"nEpochs":60,"densmap":true,"nComponents":3,"targetMetric":"categorical"}"#),
        ("labels", 2000, 20, r#"{"nEpochs":30,"targetMetric":"categorical"}"#),
        ("numbers", 2000, 20, r#"{"nEpochs":30,"targetMetric":"euclidean","targetNNeighbors":40,"targetWeight":0.3}"#),
    ]
}

#[test]
fn whole_fits_have_the_committed_bits_at_any_number_of_threads() {
    let path = format!("{FIXTURES}/bits.json");
    let mut found = BTreeMap::new();
    for (name, rows, cols, options) in cases() {
        let data = blobs(rows, cols);
        let hash = same_for_all_threads(|| embed(&data, rows, cols, options));
        let case = serde_json::json!({ "rows": rows, "cols": cols, "options": options, "hash": hash });
        found.insert(name.to_string(), case);
    }
    if std::env::var_os("UPDATE_BITS").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
    }
    let committed: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(found, committed);
}

#[test]
fn metrics_in_the_cases_cover_all_kernels() {
    let covered: Vec<MetricName> = cases().iter().map(|c| UmapParams::from_json(c.3).unwrap().metric).collect();
    let kernels = METRICS.iter().filter(|metric| metric.form().is_as_is()).map(|metric| metric.name());
    assert!(kernels.clone().count() == 7 && kernels.into_iter().all(|name| covered.contains(&name)));
}
