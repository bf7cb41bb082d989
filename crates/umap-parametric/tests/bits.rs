//! The bits of whole trainings, held against test/fixtures/parametric-bits.json, against which the WebAssembly tests hold
//! theirs too. `UPDATE_BITS=1 cargo test bits` writes the file anew.

use std::collections::BTreeMap;

use umap_core::metric::Metric;
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::random::h32;
use umap_parametric::fit::{ParametricFit, ParametricInputs};
use umap_parametric::params::ParametricParams;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../test/fixtures/parametric-bits.json");

/// One training for each group of layers and losses.
const CASES: [(&str, u32, u32, &str); 3] = [
    ("rows", 300, 16, r#"{"nEpochs":30,"distillationSteps":20,"trainingSteps":20,"globalCorrelationLossWeight":0.1}"#),
    (
        "components",
        400,
        50,
        r#"{"nEpochs":30,"distillationSteps":20,"trainingSteps":20,"inputComponents":10,"parametricReconstruction":true}"#,
    ),
    (
        "images",
        300,
        32,
        r#"{"nEpochs":30,"distillationSteps":20,"trainingSteps":20,"parametricReconstruction":true,
        "autoencoderLoss":true,"encoder":{"inputShape":[4,4,2],"layers":[
        {"type":"conv2d","filters":4,"kernelSize":[3,3],"padding":"same","activation":"gelu"},{"type":"batchNormalization"},
        {"type":"maxPooling2d"},{"type":"dense","units":20,"activation":"elu","l2":0.001},{"type":"dropout","rate":0.2},
        {"type":"layerNormalization"},{"type":"dense","units":20,"activation":"tanh"},
        {"type":"dense","units":20,"activation":"sigmoid"}]}}"#,
    ),
];

/// Twelve clusters of points that are no integers (test/data.js makes the same).
fn blobs(rows: u32, cols: u32) -> Vec<f32> {
    let uniform = |x: u32| f64::from(h32(x)) / 4_294_967_296.0;
    let value = |i: u32, j: u32| uniform((i % 12) * 1000 + j) * 4.0 + uniform(1_000_000 + i * cols + j) * 1.7;
    (0..rows * cols).map(|at| value(at / cols, at % cols) as f32).collect()
}

/// FNV-1a over the little-endian bytes.
fn hash(values: &[f32]) -> String {
    let bytes = values.iter().flat_map(|x| x.to_bits().to_le_bytes());
    format!("{:016x}", bytes.fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)))
}

fn embed(rows: u32, cols: u32, options: &str) -> String {
    let points = Points::from_slice(&blobs(rows, cols), rows as usize, cols as usize, Metric::Euclidean).unwrap();
    let params = ParametricParams::from_json(options).unwrap();
    let (_, fitted) = block_on(async |pulse| {
        let mut fit = ParametricFit::new(points, params, ParametricInputs::default(), None)?;
        fit.run(pulse).await?;
        fit.finish(pulse)
    })
    .unwrap();
    hash(&fitted.embedding)
}

#[test]
fn whole_trainings_have_the_committed_bits() {
    let found: BTreeMap<_, _> = CASES
        .iter()
        .map(|&(name, rows, cols, options)| {
            let hash = embed(rows, cols, options);
            let case = serde_json::json!({ "rows": rows, "cols": cols, "options": options, "hash": hash });
            (name.to_string(), case)
        })
        .collect();
    if std::env::var_os("UPDATE_BITS").is_some() {
        std::fs::write(PATH, serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
    }
    let committed: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(&std::fs::read_to_string(PATH).unwrap()).unwrap();
    assert_eq!(found, committed);
}
