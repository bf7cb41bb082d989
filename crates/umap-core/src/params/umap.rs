//! Options of `UMAP` and `DensMAP`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::checks::{check, check_count, check_threads};
use super::metric::MetricOptions;
use super::names::{SHARED, own_name};
use super::read::Params;
use crate::error::{Result, UmapError};
use crate::fuzzy::target::TargetMetric;
use crate::json::from_json;
use crate::json::{infinity_as_text, name, number_or_infinity};
use crate::metric::{Metric, MetricName};
use crate::points::Store;

/// Options of `UMAP`: umap-learn's in camelCase with its defaults, and ours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename = "UmapOptions", rename_all = "camelCase", optional_fields = nullable))]
pub struct UmapParams {
    /// Neighbours per point, the point itself included. Small values (5 to 15) show fine structure, and small groups on
    /// their own; large ones (50 to 200) show the arrangement at large and blur detail. Time and memory grow with it.
    /// At least 2; more than there are points is cut to their number, and `diagnostics` reports it. (McInnes et al.
    /// 2018, section 4.3.)
    pub n_neighbors: u32,
    /// Dimensions of the embedding: 2 or 3 to look at it, 5 to 50 as input of a clustering or another model, where
    /// distances suffer less. 1 to 256.
    pub n_components: u32,
    /// How far two points are from each other. It decides what counts as near, more than any other option: `cosine` for
    /// vectors whose length means nothing (text embeddings), `euclidean` for measurements on one scale.
    #[serde(deserialize_with = "name")]
    pub metric: MetricName,
    /// Parameters of the metric, for those that have some.
    #[serde(alias = "metricKwds")]
    pub metric_options: MetricOptions,
    /// Epochs of the layout; 0 returns the initial layout. Time of the layout grows with it; fewer leave it unfinished,
    /// more than the default hardly change it. Default: 500 up to 10,000 points, 200 above; 200 more with `densmap`.
    pub n_epochs: Option<u32>,
    /// Scale of the layout's steps, which fall to 0 over the epochs. Smaller values stay closer to the initial layout;
    /// larger ones move groups further and can tear them. More than 0.
    pub learning_rate: f64,
    /// Where the layout starts, unless an array is given. It decides how groups lie to each other, which the epochs
    /// hardly change: `spectral` follows the graph, `pca` the directions of greatest variance, `random` nothing.
    /// `spectral` passes over eigenvectors that only repeat the first, as along a sheet more than twice as long as
    /// wide, where umap-learn starts from a line.
    #[serde(deserialize_with = "name")]
    pub init: Init,
    /// How close points may come in the embedding, in its units. Small values pack similar points tightly, which suits
    /// clustering; larger ones spread them, which shows how groups connect. 0 to `spread`. (McInnes et al. 2018,
    /// section 4.3.)
    pub min_dist: f64,
    /// Scale of the embedding: at this distance beyond `minDist` membership falls to 1/e. Larger values draw everything
    /// wider; it matters together with `minDist`. More than 0.
    pub spread: f64,
    /// Between intersection (0) and union (1) of the local fuzzy sets. With 1 an edge counts if either end has the
    /// other as a neighbour; towards 0 only mutual neighbours stay, so groups separate and outliers come loose.
    pub set_op_mix_ratio: f64,
    /// Number of nearest neighbours that count as fully connected; fractions interpolate. Larger values connect sparse
    /// regions more strongly and make local structure coarser. At least 0, below `nNeighbors`. (McInnes et al. 2018,
    /// section 3.1.)
    pub local_connectivity: f64,
    /// Weight of repulsion against attraction (gamma). Larger values push groups, and points within them, further
    /// apart. At least 0.
    pub repulsion_strength: f64,
    /// Random points that repel per edge that attracts. More make the repulsion smoother, push groups further apart and
    /// take longer; 0 lets all points collapse. 0 to 1000.
    pub negative_sample_rate: u32,
    /// First coefficient of the low-dimensional curve 1 / (1 + a d^(2b)): larger values keep points closer together.
    /// Fitted from `minDist` and `spread` unless both `a` and `b` are given.
    pub a: Option<f64>,
    /// Second coefficient of that curve: larger values make the border between near and far sharper.
    pub b: Option<f64>,
    /// Distance from which on points do not count as neighbours. Smaller values take far neighbours, and with them
    /// outliers, out of the graph; points that lose all their neighbours get NaN. Default: 2 for cosine and
    /// correlation, else infinite.
    #[serde(deserialize_with = "number_or_infinity", serialize_with = "infinity_as_text")]
    pub disconnection_distance: Option<f64>,
    /// How far the targets of two points are from each other, where `fit` gets a `target`: labels (`categorical`, the
    /// same or not) or, with the others, numbers.
    #[serde(deserialize_with = "name")]
    pub target_metric: TargetMetric,
    /// How much the target counts: from 0, the points alone (though edges between different labels are weakened even
    /// then, as in umap-learn), to 1, the target alone (different labels share no edge, and classes fall apart). Of
    /// numbers 0.2 to 0.4 keep the structure of both; more lets few of the points' neighbours through.
    pub target_weight: f64,
    /// Neighbours among targets that are numbers, the target itself included; -1 for `nNeighbors`. More arrange the
    /// points by the target at large: with few, of which hardly any are near in both, they fall into strings. -1, or at
    /// least 2.
    pub target_n_neighbors: i32,
    /// Whether local radii of the embedding follow those of the points (densMAP, Narayan et al. 2021): sparse regions
    /// come out wide, dense ones narrow, at some cost of neighbours kept. True in `DensMAP`.
    pub densmap: bool,
    /// With `densmap`, weight of the radii against the rest. Larger values follow the densities more closely and keep
    /// fewer neighbours; 0 is UMAP. At least 0.
    pub dens_lambda: f64,
    /// With `densmap`, part of the epochs, the last ones, in which radii count. Larger values give them more time;
    /// before them the layout is UMAP's. 0 to 1.
    pub dens_frac: f64,
    /// With `densmap`, added to the variance of the embedding's radii, so that radii that hardly differ do not pull
    /// without bound. It matters where the points are equally dense everywhere. At least 0.
    pub dens_var_shift: f64,
    /// Whether `fit` also computes local radii (`radii`), of the points and of the embedding, as after densMAP. Works
    /// without `densmap`; the embedding is the same.
    pub output_dens: bool,
    /// What the points are stored as in WebAssembly's memory. `auto`: bytes and 16-bit floats as they came, with the
    /// same results, for 32 columns or more and metrics that leave rows as they are (euclidean, manhattan,
    /// inner_product); else `f32`, 4 bytes per value. `f16` takes 2, for values up to 65504. `int8` takes 1 (and 8 per
    /// row), in 255 equal steps from the least to the greatest value of a row: not for columns of very different
    /// scales, of which the small ones would be lost. Choose the last two where memory is short; results change
    /// slightly.
    #[serde(deserialize_with = "name")]
    pub store: Store,
    /// Whether neighbours are searched approximately even where comparing all pairs would be faster. For tests and
    /// comparisons; a few neighbours may be missed (`diagnostics.knnRecall`).
    pub force_approximation: bool,
    /// Seed of all random numbers: the same seed gives the same bits, whatever the machine and the number of threads.
    /// Another seed gives a layout that differs in detail; what differs between seeds is not in the data. 0 to
    /// 4294967295.
    #[serde(alias = "randomState")]
    pub seed: u32,
    /// Threads to work with, 1 to 256; -1 for as many as the machine has processors, at most 32. It decides the time
    /// alone: results do not depend on it.
    #[serde(alias = "nJobs")]
    pub n_threads: i32,
    /// What `transform` gives: coordinates in the embedding, or the memberships of the new rows in those of the model.
    #[serde(deserialize_with = "name")]
    pub transform_mode: TransformMode,
    /// Of umap-learn; no effect here: `transform` draws nothing.
    pub transform_seed: Option<u32>,
    /// Of umap-learn; no effect here.
    pub low_memory: Option<bool>,
    /// Of umap-learn; no effect here (nor there).
    pub angular_rp_forest: Option<bool>,
    /// Of umap-learn; no effect here (nor there).
    pub transform_queue_size: Option<f64>,
    /// Of umap-learn; no effect here, use `onProgress`.
    #[cfg_attr(feature = "bindings", ts(type = "Record<string, unknown>", optional))]
    pub tqdm_kwds: Option<Value>,
    /// Of umap-learn; no effect here, use `onProgress`.
    pub verbose: Option<bool>,
}

/// Where the layout starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// Eigenvectors of the graph's normalised Laplacian, each connected component on its own.
    #[default]
    Spectral,
    /// Principal components of the points, in the metric's form.
    Pca,
    /// Uniformly random.
    Random,
}

/// What `transform` gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TransformMode {
    /// Coordinates in the embedding.
    #[default]
    Embedding,
    /// Memberships of new rows in the model's rows, as a sparse matrix.
    Graph,
}

impl Default for UmapParams {
    fn default() -> Self {
        Self {
            n_neighbors: 15,
            n_components: 2,
            metric: MetricName::Euclidean,
            metric_options: MetricOptions::default(),
            n_epochs: None,
            learning_rate: 1.0,
            init: Init::Spectral,
            min_dist: 0.1,
            spread: 1.0,
            set_op_mix_ratio: 1.0,
            local_connectivity: 1.0,
            repulsion_strength: 1.0,
            negative_sample_rate: 5,
            a: None,
            b: None,
            disconnection_distance: None,
            target_metric: TargetMetric::Categorical,
            target_weight: 0.5,
            target_n_neighbors: -1,
            densmap: false,
            dens_lambda: 2.0,
            dens_frac: 0.3,
            dens_var_shift: 0.1,
            output_dens: false,
            store: Store::Auto,
            force_approximation: false,
            seed: 42,
            n_threads: -1,
            transform_mode: TransformMode::Embedding,
            transform_seed: None,
            low_memory: None,
            angular_rp_forest: None,
            transform_queue_size: None,
            tqdm_kwds: None,
            verbose: None,
        }
    }
}

impl Params for UmapParams {
    fn validate(&self) -> Result<()> {
        let fits = |x: f64| (x as f32).is_finite();
        let at_least_0 = |name: &str, x: f64| check(name, x, x >= 0.0 && fits(x), "a finite 32-bit float, at least 0");
        let positive = |name: &str, x: f64| check(name, x, x > 0.0 && fits(x), "a finite 32-bit float above 0");
        check_count("nNeighbors", self.n_neighbors, 2)?;
        let d = self.n_components;
        check("nComponents", d.into(), (1..=256).contains(&d), "an integer, 1 to 256")?;
        self.metric_options.check(self.metric)?;
        positive("learningRate", self.learning_rate)?;
        positive("spread", self.spread)?;
        let in_spread = (0.0..=self.spread).contains(&self.min_dist);
        check("minDist", self.min_dist, in_spread, &format!("a number, 0 to spread ({})", self.spread))?;
        let mix = self.set_op_mix_ratio;
        check("setOpMixRatio", mix, (0.0..=1.0).contains(&mix), "a number, 0 to 1")?;
        let (local, n) = (self.local_connectivity, f64::from(self.n_neighbors));
        check(
            "localConnectivity",
            local,
            (0.0..n).contains(&local),
            &format!("a number, 0 to below nNeighbors ({n})"),
        )?;
        at_least_0("repulsionStrength", self.repulsion_strength)?;
        let rate = self.negative_sample_rate;
        check("negativeSampleRate", rate.into(), rate <= 1000, "an integer, 0 to 1000")?;
        self.a.map_or(Ok(()), |a| positive("a", a))?;
        self.b.map_or(Ok(()), |b| positive("b", b))?;
        let limit = self.disconnection_distance.unwrap_or(f64::INFINITY);
        check("disconnectionDistance", limit, limit > 0.0, "a number above 0")?;
        let weight = self.target_weight;
        check("targetWeight", weight, (0.0..=1.0).contains(&weight), "a number, 0 to 1")?;
        let k = self.target_n_neighbors;
        check("targetNNeighbors", k.into(), k == -1 || k >= 2, "-1, or an integer, at least 2")?;
        at_least_0("densLambda", self.dens_lambda)?;
        let frac = self.dens_frac;
        check("densFrac", frac, (0.0..=1.0).contains(&frac), "a number, 0 to 1")?;
        at_least_0("densVarShift", self.dens_var_shift)?;
        if (self.densmap || self.output_dens) && self.metric() == Metric::InnerProduct {
            let expected = "a metric that is a distance, for densmap and outputDens";
            return Err(UmapError::parameter("metric", expected, "inner_product"));
        }
        check_threads(self.n_threads)
    }
}

impl UmapParams {
    /// These, but for what `changes` (JSON) says.
    pub fn changed(&self, changes: &str) -> Result<Self> {
        let mut options = serde_json::to_value(self).expect("plain values");
        let all = options.as_object_mut().expect("a struct");
        for (name, value) in from_json::<Map<String, Value>>(changes)? {
            if SHARED.contains(&own_name(&name)) {
                return Err(UmapError::parameter(&name, "no value: all datasets share that of the fit", value));
            }
            all.insert(name, value);
        }
        Self::from_value(options)
    }

    /// Notes on options that are accepted and have no effect.
    pub fn notes(&self) -> Vec<String> {
        let given = [
            ("lowMemory", self.low_memory.is_some()),
            ("angularRpForest", self.angular_rp_forest.is_some()),
            ("transformSeed", self.transform_seed.is_some()),
            ("transformQueueSize", self.transform_queue_size.is_some()),
            ("tqdmKwds", self.tqdm_kwds.is_some()),
            ("verbose", self.verbose.is_some()),
        ];
        let ignored = given.iter().filter(|(_, given)| *given);
        let mut notes: Vec<_> = ignored.map(|(name, _)| format!("{name} has no effect here")).collect();
        // As in umap-learn: both are found from minDist and spread unless both are given.
        match (self.a, self.b) {
            (Some(_), None) => notes.push("a has no effect without b".into()),
            (None, Some(_)) => notes.push("b has no effect without a".into()),
            _ => {}
        }
        notes
    }
}
