//! Options of what stands beside a fit, and of calls on a model.

use serde::{Deserialize, Serialize};

use super::checks::{check, check_count, check_threads};
use super::metric::MetricOptions;
use super::read::Params;
use super::umap::UmapParams;
use crate::error::Result;
use crate::json::name;
use crate::metric::{Metric, MetricName};
use crate::points::Store;

/// Options of `save`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename = "SaveOptions", rename_all = "camelCase", optional_fields = nullable))]
pub struct SaveParams {
    /// Whether the file holds the points. Without them it holds a sample of the rows (`landmarks`), in 8 bits per
    /// value: the file is small and discloses less, `transform` places new points less well, and there are neither
    /// neighbours nor graph.
    pub raw_data: bool,
    /// How many rows those are. More make a larger file and a better `transform`. At least 2 and at most the rows there
    /// are. Default: as many as keep the file below a tenth of the points' size, but at least 500 where there are so
    /// many.
    pub landmarks: Option<u32>,
}

impl Default for SaveParams {
    fn default() -> Self {
        Self { raw_data: true, landmarks: None }
    }
}

impl Params for SaveParams {
    fn validate(&self) -> Result<()> {
        self.landmarks.map_or(Ok(()), |count| check_count("landmarks", count, 2))
    }
}

/// Options of `nearestNeighbors`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename = "KnnOptions", rename_all = "camelCase", optional_fields = nullable))]
pub struct KnnParams {
    /// Neighbours per point, the point itself included (column 0). At least 2; cut to the number of points. The result
    /// says what was used.
    pub k: u32,
    /// How far two points are from each other.
    #[serde(deserialize_with = "name")]
    pub metric: MetricName,
    /// As in `UMAP`.
    #[serde(alias = "metricKwds")]
    pub metric_options: MetricOptions,
    /// As in `UMAP`.
    #[serde(deserialize_with = "name")]
    pub store: Store,
    /// Search approximately even where the exact search would be faster.
    pub force_approximation: bool,
    /// As in `UMAP`.
    #[serde(alias = "randomState")]
    pub seed: u32,
    /// As in `UMAP`.
    #[serde(alias = "nJobs")]
    pub n_threads: i32,
}

impl Default for KnnParams {
    fn default() -> Self {
        let umap = UmapParams::default();
        Self {
            k: umap.n_neighbors,
            metric: umap.metric,
            metric_options: umap.metric_options,
            store: umap.store,
            force_approximation: umap.force_approximation,
            seed: umap.seed,
            n_threads: umap.n_threads,
        }
    }
}

impl KnnParams {
    /// The metric with its parameter.
    pub fn metric(&self) -> Metric {
        self.metric_options.of(self.metric)
    }
}

impl Params for KnnParams {
    fn validate(&self) -> Result<()> {
        self.metric_options.check(self.metric)?;
        check_count("k", self.k, 2)?;
        check_threads(self.n_threads)
    }
}

/// Options of `NeighborIndex.build`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename = "IndexOptions", rename_all = "camelCase", optional_fields = nullable))]
pub struct IndexParams {
    /// Neighbours of each row that the search graph is made from, the row itself included; not what `query` gives, which has
    /// a `k` of its own. More take longer to find and let queries find more. 2 to 1000.
    pub k: u32,
    /// How far two rows are from each other.
    #[serde(deserialize_with = "name")]
    pub metric: MetricName,
    /// As in `UMAP`.
    #[serde(alias = "metricKwds")]
    pub metric_options: MetricOptions,
    /// As in `UMAP`.
    #[serde(deserialize_with = "name")]
    pub store: Store,
    /// As in `UMAP`.
    #[serde(alias = "randomState")]
    pub seed: u32,
    /// As in `UMAP`; also for the calls on the index.
    #[serde(alias = "nJobs")]
    pub n_threads: i32,
}

impl Default for IndexParams {
    fn default() -> Self {
        let knn = KnnParams::default();
        Self {
            k: knn.k,
            metric: knn.metric,
            metric_options: knn.metric_options,
            store: knn.store,
            seed: knn.seed,
            n_threads: knn.n_threads,
        }
    }
}

impl IndexParams {
    /// The metric with its parameter.
    pub fn metric(&self) -> Metric {
        self.metric_options.of(self.metric)
    }
}

impl Params for IndexParams {
    fn validate(&self) -> Result<()> {
        self.metric_options.check(self.metric)?;
        check("k", self.k.into(), (2..=1000).contains(&self.k), "an integer, 2 to 1000")?;
        check_threads(self.n_threads)
    }
}

/// Options of `NeighborIndex.query`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename = "QueryOptions", rename_all = "camelCase", optional_fields = nullable))]
pub struct QueryParams {
    /// Rows to find for each point. At least 1; cut to the number of rows in the index. The result says what was used.
    pub k: u32,
    /// How far beyond the rows found so far a search looks for nearer ones: among rows up to `1 + epsilon` times as far
    /// (for Euclidean distance and cosine, its square). Larger values find more of the true neighbours and take longer;
    /// 0 is fastest. At least 0.
    pub epsilon: f64,
}

impl Default for QueryParams {
    fn default() -> Self {
        Self { k: 10, epsilon: 0.1 }
    }
}

impl Params for QueryParams {
    fn validate(&self) -> Result<()> {
        check_count("k", self.k, 1)?;
        let fits = self.epsilon >= 0.0 && (self.epsilon as f32).is_finite();
        check("epsilon", self.epsilon, fits, "a finite 32-bit float, at least 0")
    }
}

/// Options of `evaluate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename = "EvaluateOptions", rename_all = "camelCase", optional_fields = nullable))]
pub struct EvaluateParams {
    /// Neighbours per point, the point itself not counted. At least 1; cut to below half the number of points, where
    /// trustworthiness is defined. The result says what was used.
    pub k: u32,
    /// How far two points are from each other in the input; in the embedding distance is Euclidean.
    #[serde(deserialize_with = "name")]
    pub metric: MetricName,
    /// As in `UMAP`.
    #[serde(alias = "metricKwds")]
    pub metric_options: MetricOptions,
    /// Rows to measure, drawn with the seed; each is compared with all rows. More make the measures more precise and
    /// take longer. At least 1.
    pub sample: u32,
    /// Triplets for each row that is measured, of it and two others that are drawn with the seed, for `randomTriplets`
    /// and `referenceTriplets`. More make these more precise: within half a percent at the defaults. 1 to 1000.
    pub triplets: u32,
    /// How far two rows of the `reference` are from each other; `manhattan` for lengths along the branches of a tree.
    #[serde(deserialize_with = "name")]
    pub reference_metric: MetricName,
    /// As in `UMAP`.
    #[serde(alias = "randomState")]
    pub seed: u32,
    /// As in `UMAP`.
    #[serde(alias = "nJobs")]
    pub n_threads: i32,
}

impl Default for EvaluateParams {
    fn default() -> Self {
        let umap = UmapParams::default();
        Self {
            k: 15,
            metric: umap.metric,
            metric_options: umap.metric_options,
            sample: 2000,
            // As many as Wang et al. (2021) draw.
            triplets: 5,
            reference_metric: MetricName::Euclidean,
            seed: umap.seed,
            n_threads: umap.n_threads,
        }
    }
}

impl EvaluateParams {
    /// The metric with its parameter.
    pub fn metric(&self) -> Metric {
        self.metric_options.of(self.metric)
    }
}

impl Params for EvaluateParams {
    fn validate(&self) -> Result<()> {
        self.metric_options.check(self.metric)?;
        check_count("k", self.k, 1)?;
        check_count("sample", self.sample, 1)?;
        check("triplets", self.triplets.into(), (1..=1000).contains(&self.triplets), "an integer, 1 to 1000")?;
        check_threads(self.n_threads)
    }
}
