//! Jobs on networks that stay in the module: training, places, files, weights, ONNX.
//!
//! Networks are trained further as a copy, which takes their place when training has ended: what runs meanwhile is not
//! disturbed, and a training that is cancelled leaves them as they were. A first training that is cancelled can go on.

use std::rc::Rc;
use std::sync::Arc;

use js_sys::Uint8Array;
use umap_core::metric::{Form, Metric};
use umap_core::params::{Params, from_json};
use umap_core::points::{Frame, Store};
use umap_core::pulse::{Pulse, Stage};
use umap_core::umap::FitInputs;
use umap_core::{Result, UmapError};
use umap_parametric::file::Loaded;
use umap_parametric::fit::{ParametricFit, ParametricFitted, ParametricInputs, ParametricModel};
use umap_parametric::params::{ParametricParams, ParametricSaveParams};
use wasm_bindgen::prelude::*;

use crate::file_out::FileOut;
use crate::input::Input;
use crate::output::{self, LoadedNetworks};
use crate::residents;
use crate::task::{Steps, steps};

type Kept = Rc<ParametricModel>;

/// Such a job.
pub(crate) enum ParametricTask {
    Fit(Box<ParametricParams>),
    PartialFit(Kept, Box<ParametricParams>),
    Resume,
    Transform(Kept),
    InverseTransform(Kept),
    Weights(Kept),
    SetWeights(Kept),
    Save(Saved, ParametricSaveParams),
    Onnx(Kept, OnnxParams),
    Load,
}

/// What can be saved.
pub(crate) enum Saved {
    Model(Kept),
    Fit(Rc<ParametricFit>),
}

/// Which network becomes ONNX.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OnnxParams {
    network: NetworkName,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum NetworkName {
    Encoder,
    Decoder,
}

impl ParametricTask {
    /// None if it is a job of another kind.
    pub(crate) fn new(kind: &str, options: &str, resident: u32) -> Result<Option<Self>> {
        let Some(kind) = kind.strip_prefix("parametric-") else { return Ok(None) };
        let model = || residents::get::<ParametricModel>(resident);
        let not_fitted = || UmapError::NotFitted("there is no trained network".into());
        let kept = || model().ok_or_else(not_fitted);
        Ok(Some(match kind {
            "fit" => Self::Fit(Box::new(ParametricParams::from_json(options)?)),
            "partial-fit" => {
                let kept = kept()?;
                let params = kept.params.with_changes(options)?;
                Self::PartialFit(kept, Box::new(params))
            }
            "resume" => Self::Resume,
            "transform" => Self::Transform(kept()?),
            "inverse-transform" => Self::InverseTransform(kept()?),
            "weights" => Self::Weights(with_weights_here(kept()?, "weights")?),
            "set-weights" => Self::SetWeights(with_weights_here(kept()?, "setWeights")?),
            "save" => {
                let saved = model().map(Saved::Model).or_else(|| residents::get(resident).map(Saved::Fit));
                Self::Save(saved.ok_or_else(not_fitted)?, ParametricSaveParams::from_json(options)?)
            }
            "onnx" => Self::Onnx(kept()?, from_json(options)?),
            "load" => Self::Load,
            _ => return Ok(None),
        }))
    }

    pub(crate) fn metric(&self) -> Metric {
        match self {
            Self::Fit(params) => params.umap.metric(),
            Self::PartialFit(_, params) => params.umap.metric(),
            // The encoder takes rows as they are given.
            _ => Metric::Euclidean,
        }
    }

    pub(crate) fn store(&self) -> Store {
        match self {
            Self::Fit(params) | Self::PartialFit(_, params) => params.umap.store,
            _ => Store::Auto,
        }
    }

    pub(crate) fn frame(&self) -> Option<Arc<Frame>> {
        match self {
            Self::Transform(kept) => Some(Arc::clone(&kept.trainer.networks.scaling.frame)),
            // Unit forms lie nowhere.
            Self::PartialFit(kept, params) if params.umap.metric().form() == Form::AsIs => frame_to_learn_in(kept),
            _ => None,
        }
    }

    pub(crate) fn check_columns(&self, cols: f64) -> Result<()> {
        match self {
            Self::PartialFit(kept, _) | Self::Transform(kept) => {
                let expected = kept.trainer.networks.cols();
                if cols == expected as f64 {
                    return Ok(());
                }
                Err(UmapError::shape("points", format!("{expected} columns, as in fit"), cols.to_string()))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn start(self, mut input: Input, resident: u32, pulse: Pulse) -> Result<Steps> {
        match self {
            Self::Fit(params) => run_later(new_fit(*params, input, None)?, resident, pulse),
            Self::PartialFit(kept, params) => {
                let mut fit = new_fit(*params, input, Some(ParametricModel::clone(&kept)))?;
                let work = async move |pulse: Pulse| {
                    fit.run(&pulse).await?;
                    keep(fit, resident, &pulse)
                };
                Ok(steps(pulse, work, output::trained))
            }
            Self::Resume => {
                let missing = || UmapError::NotFitted("there is no interrupted fit to go on with".into());
                run_later(residents::take(resident).ok_or_else(missing)?, resident, pulse)
            }
            Self::Transform(kept) => {
                let points = input.points()?;
                let work = async move |pulse: Pulse| {
                    pulse.begin(Stage::Transform);
                    Ok((kept.trainer.networks.transform(&points, &pulse).await?, points.rows()))
                };
                Ok(steps(pulse, work, |(places, rows)| output::matrix(&places, rows)))
            }
            Self::InverseTransform(kept) => {
                let places = places(&mut input, &kept)?;
                let work = async move |pulse: Pulse| {
                    pulse.begin(Stage::Transform);
                    let rows = places.len() / kept.trainer.networks.encoder.outputs();
                    Ok((kept.trainer.networks.inverse_transform(&places, &pulse).await?, rows))
                };
                Ok(steps(pulse, work, |(data, rows)| output::matrix(&data, rows)))
            }
            Self::Weights(kept) => Ok(steps(pulse, async move |_| Ok(kept), |kept| output::weights(&kept))),
            Self::SetWeights(kept) => {
                let model = with_weights(&kept, input)?;
                let work = async move |_| {
                    residents::put(resident, Rc::new(model));
                    Ok(())
                };
                Ok(steps(pulse, work, |()| Ok(JsValue::NULL)))
            }
            Self::Save(saved, how) => {
                Ok(steps(pulse, async move |pulse| save(&saved, &how, &pulse).await, |file| Ok(file.into())))
            }
            Self::Onnx(kept, how) => Ok(steps(pulse, async move |_| onnx(&kept, &how), |file| Ok(file.into()))),
            Self::Load => {
                let contents = input.file()?;
                let work = async move |pulse: Pulse| {
                    pulse.begin(Stage::Load);
                    Ok(keep_loaded(Loaded::read(contents, &pulse).await?, resident))
                };
                Ok(steps(pulse, work, |found| Ok(output::plain(&found))))
            }
        }
    }
}

/// The frame of the rows that networks have learned, for others that they are to learn: where it is plain these have their
/// own.
fn frame_to_learn_in(model: &ParametricModel) -> Option<Arc<Frame>> {
    let frame = &model.trainer.networks.scaling.frame;
    (!frame.is_plain()).then(|| Arc::clone(frame))
}

fn with_weights_here(kept: Kept, what: &str) -> Result<Kept> {
    kept.params.check_encoder_is_here(what)?;
    Ok(kept)
}

fn run_later(fit: ParametricFit, resident: u32, pulse: Pulse) -> Result<Steps> {
    Ok(steps(pulse, async move |pulse| run_fit(fit, resident, &pulse).await, output::trained))
}

/// Runs a fit to its end, and keeps the networks; or, if it was cancelled, the fit as far as it is.
async fn run_fit(mut fit: ParametricFit, resident: u32, pulse: &Pulse) -> Result<(Kept, ParametricFitted)> {
    match fit.run(pulse).await {
        Ok(()) => keep(fit, resident, pulse),
        Err(UmapError::Cancelled) => {
            residents::put(resident, Rc::new(fit));
            Err(UmapError::Cancelled)
        }
        Err(error) => Err(error),
    }
}

fn keep(fit: ParametricFit, resident: u32, pulse: &Pulse) -> Result<(Kept, ParametricFitted)> {
    let (model, fitted) = fit.finish(pulse)?;
    let kept = Rc::new(model);
    residents::put(resident, kept.clone());
    Ok((kept, fitted))
}

fn new_fit(params: ParametricParams, mut input: Input, model: Option<ParametricModel>) -> Result<ParametricFit> {
    let points = input.points()?;
    let (rows, cols, dims) = (points.rows(), points.cols(), params.umap.n_components as usize);
    for name in ["init", "landmarkPositions"] {
        if let Some(cols) = input.integer(&format!("{name}.cols")).filter(|&cols| cols != dims) {
            return Err(UmapError::shape(name, format!("{rows} x {dims} values"), format!("rows of {cols}")));
        }
    }
    if let Some(found) = input.integer("validation.cols").filter(|&found| found != cols) {
        return Err(UmapError::shape("validation", format!("{cols} columns"), found.to_string()));
    }
    let rows = input.rows("rows", cols, model.as_ref().and_then(frame_to_learn_in))?;
    let frame = Arc::clone(rows.as_ref().unwrap_or(&points).frame());
    let inputs = ParametricInputs {
        umap: FitInputs {
            precomputed_knn: input.knn(points.rows()),
            init: input.floats("init"),
            target: input.target(params.umap.target_metric)?,
            ..FitInputs::default()
        },
        rows,
        landmarks: input.floats("landmarkPositions"),
        validation: input.rows("validation", cols, Some(frame))?,
    };
    ParametricFit::new(points, params, inputs, model)
}

/// Places that rows are wanted for.
fn places(input: &mut Input, kept: &ParametricModel) -> Result<Vec<f32>> {
    let dims = kept.trainer.networks.encoder.outputs();
    let places = input.floats("places").unwrap_or_default();
    match input.integer("places.cols") {
        Some(cols) if cols != dims => {
            Err(UmapError::shape("places", format!("{dims} columns, as the embedding has"), cols.to_string()))
        }
        _ => Ok(places),
    }
}

/// The file, in JavaScript's memory.
async fn save(saved: &Saved, how: &ParametricSaveParams, pulse: &Pulse) -> Result<Uint8Array> {
    pulse.begin(Stage::Save);
    let file = FileOut::default();
    let (begin, sink) = (|bytes| file.begin(bytes), |bytes: &[u8]| file.push(bytes));
    match saved {
        Saved::Model(kept) => kept.save(how.optimizer, begin, sink, pulse).await?,
        Saved::Fit(fit) => fit.save(begin, sink, pulse).await?,
    }
    Ok(file.finish())
}

/// Keeps what was loaded; what JavaScript is to know of it.
fn keep_loaded(loaded: Loaded, resident: u32) -> LoadedNetworks {
    match loaded {
        Loaded::Model(model) => {
            let found = LoadedNetworks::new(&model.params, model.trainer.history(), None);
            residents::put::<ParametricModel>(resident, Rc::from(model));
            found
        }
        Loaded::Fit(fit) => {
            let found = LoadedNetworks::new(fit.params(), &[], Some(fit.rows() as u32));
            residents::put::<ParametricFit>(resident, Rc::from(fit));
            found
        }
    }
}

/// The networks with other weights; all or, if one does not fit, none.
fn with_weights(kept: &ParametricModel, mut input: Input) -> Result<ParametricModel> {
    let mut model = kept.clone();
    for (name, values) in input.floats_under("weights.") {
        if let Some(shape) = input.unsigned(&format!("shapes.{name}")) {
            model.trainer.networks.check_shape(&name, &shape)?;
        }
        model.trainer.networks.set(&name, &values)?;
    }
    Ok(model)
}

/// A network for other run times, in JavaScript's memory.
fn onnx(kept: &ParametricModel, how: &OnnxParams) -> Result<Uint8Array> {
    let bytes = match how.network {
        NetworkName::Encoder => kept.encoder_onnx(),
        NetworkName::Decoder => kept.decoder_onnx(),
    }?;
    let file = FileOut::default();
    file.begin(bytes.len() as u64)?;
    file.push(&bytes);
    Ok(file.finish())
}
