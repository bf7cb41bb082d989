//! What a job can be: which options it reads, which input it takes, what it computes, how the result goes out.

use std::sync::Arc;

use umap_core::evaluate::{Beside, evaluate};
use umap_core::knn::nearest_neighbors;
use umap_core::metric::Metric;
use umap_core::params::{EvaluateParams, KnnParams, Params, UmapParams, from_json};
use umap_core::points::{Frame, Store};
use umap_core::pulse::{Job, Pulse, Stage};
use umap_core::umap::{FitInputs, UmapFit};
use umap_core::{Result, UmapError};
use wasm_bindgen::prelude::*;

#[cfg(feature = "aligned")]
use crate::aligned_task::AlignedTask;
use crate::index_task::IndexTask;
use crate::input::Input;
use crate::model_task::{ModelTask, run_fit};
use crate::output;
#[cfg(feature = "parametric")]
use crate::parametric_task::ParametricTask;
use crate::provoke::{Provocation, provoke};

/// A job whose options have been read.
pub(crate) enum Task {
    Fit(UmapParams),
    NearestNeighbors(KnnParams),
    Evaluate(EvaluateParams),
    Model(ModelTask),
    Index(IndexTask),
    #[cfg(feature = "aligned")]
    Aligned(AlignedTask),
    #[cfg(feature = "parametric")]
    Parametric(ParametricTask),
    Provoke(Provocation),
}

/// A computation that can be advanced for so many milliseconds, whatever it computes.
pub(crate) type Steps = Box<dyn FnMut(f64) -> Option<Result<JsValue>>>;

impl Task {
    pub(crate) fn new(kind: &str, options: &str, resident: u32) -> Result<Self> {
        if let Some(task) = ModelTask::new(kind, options, resident)? {
            return Ok(Self::Model(task));
        }
        if let Some(task) = IndexTask::new(kind, options, resident)? {
            return Ok(Self::Index(task));
        }
        #[cfg(feature = "parametric")]
        if let Some(task) = ParametricTask::new(kind, options, resident)? {
            return Ok(Self::Parametric(task));
        }
        #[cfg(feature = "aligned")]
        if let Some(task) = AlignedTask::new(kind, options, resident)? {
            return Ok(Self::Aligned(task));
        }
        match kind {
            "fit" => UmapParams::from_json(options).map(Self::Fit),
            "nearest-neighbors" => KnnParams::from_json(options).map(Self::NearestNeighbors),
            "evaluate" => EvaluateParams::from_json(options).map(Self::Evaluate),
            "provoke" => from_json(options).map(Self::Provoke),
            _ => Err(UmapError::parameter("kind", "one that the module knows", kind)),
        }
    }

    /// The metric into whose form the points of a dataset are put as they arrive, and what they are kept as.
    pub(crate) fn form(&self, dataset: usize) -> Result<(Metric, Store)> {
        Ok(match self {
            Self::Fit(params) => (params.metric(), params.store),
            Self::NearestNeighbors(params) => (params.metric(), params.store),
            Self::Evaluate(params) => (params.metric(), Store::Auto),
            Self::Model(task) => (task.metric(), Store::Auto),
            Self::Index(task) => (task.metric(), task.store()),
            #[cfg(feature = "aligned")]
            Self::Aligned(task) => task.form(dataset)?,
            #[cfg(feature = "parametric")]
            Self::Parametric(task) => (task.metric(), task.store()),
            Self::Provoke(_) => (Metric::Euclidean, Store::Auto),
        })
    }

    /// Errs if points cannot have so many columns, before they are moved.
    /// The frame of the points with which those that come are compared, if there are such.
    pub(crate) fn frame(&self) -> Option<Arc<Frame>> {
        match self {
            Self::Model(task) => task.frame(),
            Self::Index(task) => task.frame(),
            #[cfg(feature = "aligned")]
            Self::Aligned(task) => task.frame(),
            #[cfg(feature = "parametric")]
            Self::Parametric(task) => task.frame(),
            Self::Fit(_) | Self::NearestNeighbors(_) | Self::Evaluate(_) | Self::Provoke(_) => None,
        }
    }

    pub(crate) fn check_columns(&self, cols: f64) -> Result<()> {
        match self {
            Self::Model(task) => task.check_columns(cols),
            Self::Index(task) => task.check_columns(cols),
            #[cfg(feature = "aligned")]
            Self::Aligned(task) => task.check_columns(cols),
            #[cfg(feature = "parametric")]
            Self::Parametric(task) => task.check_columns(cols),
            _ => Ok(()),
        }
    }

    /// `resident`: see [`crate::residents`].
    pub(crate) fn start(self, input: Input, resident: u32, pulse: Pulse) -> Result<Steps> {
        match self {
            Self::Fit(params) => start_fit(params, input, resident, pulse),
            Self::NearestNeighbors(params) => start_nearest_neighbors(params, input, pulse),
            Self::Evaluate(params) => start_evaluate(params, input, pulse),
            Self::Model(task) => task.start(input, resident, pulse),
            Self::Index(task) => task.start(input, resident, pulse),
            #[cfg(feature = "aligned")]
            Self::Aligned(task) => task.start(input, resident, pulse),
            #[cfg(feature = "parametric")]
            Self::Parametric(task) => task.start(input, resident, pulse),
            Self::Provoke(how) => {
                Ok(steps(pulse, async move |pulse| provoke(&how, resident, &pulse).await, |()| Ok(JsValue::NULL)))
            }
        }
    }
}

fn start_fit(params: UmapParams, mut input: Input, resident: u32, pulse: Pulse) -> Result<Steps> {
    let points = input.points()?;
    let (rows, dims) = (points.rows(), params.n_components as usize);
    if let Some(cols) = input.integer("init.cols").filter(|&cols| cols != dims) {
        return Err(UmapError::shape("init", format!("{rows} x {dims} values"), format!("rows of {cols}")));
    }
    let target = input.target(params.target_metric)?;
    let inputs = FitInputs { precomputed_knn: input.knn(rows), init: input.floats("init"), target };
    let fit = UmapFit::new(points, params, inputs)?;
    Ok(steps(pulse, async move |pulse| run_fit(fit, resident, &pulse).await, |model| output::fitted(&model)))
}

fn start_nearest_neighbors(params: KnnParams, mut input: Input, pulse: Pulse) -> Result<Steps> {
    let points = input.points()?;
    let search = async move |pulse: Pulse| {
        pulse.begin(Stage::Knn);
        nearest_neighbors(&points, params.k as usize, params.force_approximation, params.seed, &pulse).await
    };
    Ok(steps(pulse, search, output::neighbors))
}

fn start_evaluate(params: EvaluateParams, mut input: Input, pulse: Pulse) -> Result<Steps> {
    let points = input.points()?;
    let embedding = input.floats("embedding").unwrap_or_default();
    let dims = input.integer("embedding.cols").unwrap_or_default();
    let labels = input.integers("labels");
    let reference =
        input.floats("reference").map(|values| (values, input.integer("reference.cols").unwrap_or_default()));
    let measure = async move |pulse: Pulse| {
        pulse.begin(Stage::Evaluate);
        let reference = reference.as_ref().map(|(values, cols)| (values.as_slice(), *cols));
        evaluate(&points, &embedding, dims, Beside { labels: labels.as_deref(), reference }, &params, &pulse).await
    };
    Ok(steps(pulse, measure, |found| Ok(output::plain(&found))))
}

/// Work as steps, whose result goes out by `into_js`.
pub(crate) fn steps<T: 'static>(
    pulse: Pulse,
    work: impl AsyncFnOnce(Pulse) -> Result<T> + 'static,
    into_js: fn(T) -> Result<JsValue>,
) -> Steps {
    let reports = pulse.clone();
    let mut job = Job::new(&pulse, async move { work(reports).await });
    Box::new(move |budget| job.step(budget).map(|done| done.and_then(into_js)))
}
