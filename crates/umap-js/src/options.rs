//! Options as JavaScript has them: an object with every one of these properties.

use umap_core::fuzzy::target::TargetMetric;
use umap_core::metric::MetricName;
use umap_core::params::UmapParams;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// See `ts/umap-js/options.ts`.
    #[wasm_bindgen(typescript_type = "ModuleOptions")]
    pub type Options;
    #[wasm_bindgen(method, getter)]
    fn cosine(this: &Options) -> bool;
    #[wasm_bindgen(method, getter)]
    fn seed(this: &Options) -> u32;
    #[wasm_bindgen(method, getter, js_name = nNeighbors)]
    fn n_neighbors(this: &Options) -> u32;
    #[wasm_bindgen(method, getter, js_name = nComponents)]
    fn n_components(this: &Options) -> u32;
    #[wasm_bindgen(method, getter, js_name = nEpochs)]
    fn n_epochs(this: &Options) -> Option<u32>;
    #[wasm_bindgen(method, getter, js_name = learningRate)]
    fn learning_rate(this: &Options) -> f64;
    #[wasm_bindgen(method, getter, js_name = minDist)]
    fn min_dist(this: &Options) -> f64;
    #[wasm_bindgen(method, getter)]
    fn spread(this: &Options) -> f64;
    #[wasm_bindgen(method, getter, js_name = setOpMixRatio)]
    fn set_op_mix_ratio(this: &Options) -> f64;
    #[wasm_bindgen(method, getter, js_name = localConnectivity)]
    fn local_connectivity(this: &Options) -> f64;
    #[wasm_bindgen(method, getter, js_name = repulsionStrength)]
    fn repulsion_strength(this: &Options) -> f64;
    #[wasm_bindgen(method, getter, js_name = negativeSampleRate)]
    fn negative_sample_rate(this: &Options) -> u32;
    #[wasm_bindgen(method, getter)]
    fn categorical(this: &Options) -> bool;
    #[wasm_bindgen(method, getter, js_name = targetWeight)]
    fn target_weight(this: &Options) -> f64;
    #[wasm_bindgen(method, getter, js_name = targetNNeighbors)]
    fn target_n_neighbors(this: &Options) -> i32;
}

impl Options {
    pub(crate) fn metric(&self) -> MetricName {
        if self.cosine() { MetricName::Cosine } else { MetricName::Euclidean }
    }

    pub(crate) fn params(&self) -> UmapParams {
        // Of single numbers all other metrics are the same.
        let target_metric = if self.categorical() { TargetMetric::Categorical } else { TargetMetric::Euclidean };
        UmapParams {
            n_neighbors: self.n_neighbors(),
            n_components: self.n_components(),
            metric: self.metric(),
            n_epochs: self.n_epochs(),
            learning_rate: self.learning_rate(),
            min_dist: self.min_dist(),
            spread: self.spread(),
            set_op_mix_ratio: self.set_op_mix_ratio(),
            local_connectivity: self.local_connectivity(),
            repulsion_strength: self.repulsion_strength(),
            negative_sample_rate: self.negative_sample_rate(),
            seed: self.seed(),
            target_metric,
            target_weight: self.target_weight(),
            target_n_neighbors: self.target_n_neighbors(),
            ..UmapParams::default()
        }
    }
}
