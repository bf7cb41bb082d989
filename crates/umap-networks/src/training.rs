//! The training of networks.
//!
//! Networks are trained further as a copy, which takes their place when training has ended: what runs meanwhile is not
//! disturbed, and a training that is cancelled leaves them as they were. A first training that is cancelled can go on.

use std::rc::Rc;
use std::sync::Arc;

use umap_core::metric::Metric;
use umap_core::points::{Frame, Points, PointsBuilder, StoreUsed};
use umap_core::umap::FitInputs;
use umap_core::{Result, UmapError};
use umap_parametric::fit::{ParametricFit, ParametricInputs, ParametricModel};
use umap_parametric::params::ParametricParams;
use umap_wasm::input::Input;
use umap_wasm::operation::{Call, Entry, of, reading};
use umap_wasm::points::Kept;

use crate::answers::TrainingAnswer;
use crate::networks::Network;

pub(crate) static OPERATIONS: [Entry; 3] = [
    (
        "parametric-fit",
        &reading(|json, _| ParametricParams::from_json(json), fit).points(|params, _, _| Ok(Kept::of(&params.umap))),
    ),
    (
        "parametric-partial-fit",
        &reading(|json, network: &Rc<Network>| network.0.params.with_changes(json), partial_fit).points(kept_further),
    ),
    ("parametric-resume", &of(resume)),
];

/// Trains networks on points.
async fn fit(mut call: Call<ParametricParams>) -> Result<TrainingAnswer> {
    let fit = new_fit(call.params.clone(), &mut call.input, None)?;
    run(fit, call).await
}

/// Goes on with an interrupted training.
async fn resume(call: Call<()>) -> Result<TrainingAnswer> {
    run(call.interrupted()?, call).await
}

/// Trains networks further, on other points.
async fn partial_fit(mut call: Call<ParametricParams, Rc<Network>>) -> Result<TrainingAnswer> {
    let mut fit = new_fit(call.params.clone(), &mut call.input, Some(call.on.0.clone()))?;
    fit.run(&call.pulse).await?;
    keep(fit, &call)
}

fn kept_further(params: &ParametricParams, network: &Rc<Network>, _: usize) -> Result<Kept> {
    let kept = Kept::of(&params.umap);
    // Unit forms lie nowhere.
    let frame = if kept.metric.form().is_as_is() { frame_to_learn_in(&network.0) } else { None };
    Ok(Kept { frame, cols: network.columns(), ..kept })
}

async fn run<P>(mut fit: ParametricFit, call: Call<P>) -> Result<TrainingAnswer> {
    let ran = fit.run(&call.pulse).await;
    keep(call.finished(fit, ran)?, &call)
}

fn keep<P, On>(fit: ParametricFit, call: &Call<P, On>) -> Result<TrainingAnswer> {
    let (model, fitted) = fit.finish(&call.pulse)?;
    TrainingAnswer::new(&call.keep(Network(model)).0, &fitted)
}

/// The frame of the rows that networks have learned, for others that they are to learn: where it is plain these have their
/// own.
fn frame_to_learn_in(model: &ParametricModel) -> Option<Arc<Frame>> {
    let frame = &model.trainer.networks.scaling.frame;
    (!frame.is_plain()).then(|| Arc::clone(frame))
}

fn new_fit(params: ParametricParams, input: &mut Input, model: Option<ParametricModel>) -> Result<ParametricFit> {
    let points = input.dense_points("ParametricUMAP")?;
    let (count, cols, dims) = (points.rows(), points.cols(), params.umap.n_components as usize);
    let init = input.matrix_of("init", count, dims)?;
    let landmark_positions = input.matrix_of("landmarkPositions", count, dims)?;
    if let Some(found) = input.integer("validation.cols")?.filter(|&found| found != cols) {
        return Err(UmapError::shape("validation", format!("{cols} columns"), found.to_string()));
    }
    let rows = rows_of(input, "rows", cols, model.as_ref().and_then(frame_to_learn_in))?;
    let frame = Arc::clone(rows.as_ref().unwrap_or(&points).frame());
    let target = input.target(None, params.umap.target_metric)?;
    let umap = FitInputs { precomputed_knn: input.knn(count)?, init, target };
    let validation = rows_of(input, "validation", cols, Some(frame))?;
    ParametricFit::new(points, params, ParametricInputs { umap, rows, landmark_positions, validation }, model)
}

/// Rows of a matrix as they were given, if it was, in the frame of others if that is known.
fn rows_of(input: &mut Input, name: &str, cols: usize, frame: Option<Arc<Frame>>) -> Result<Option<Points>> {
    let Some(count) = input.count(name) else { return Ok(None) };
    let rows = PointsBuilder::new(count / cols, cols, Metric::Euclidean, StoreUsed::F32)?;
    let rows = match frame {
        Some(frame) => rows.in_frame(frame),
        None => rows,
    };
    input.rows(name, rows)
}
