//! Jobs of ParametricUMAP; only in the modules that are loaded for it.

use std::rc::Rc;

use js_sys::{Float32Array, Object, Reflect, Uint8Array};
use serde::Deserialize;
use umap_core::metric::Metric;
use umap_core::params::from_json;
use umap_core::points::{Points, Store};
use umap_core::pulse::{Pulse, Stage};
use umap_core::umap::FitInputs;
use umap_core::{Result, UmapError};
use umap_parametric::fit::{ParametricFit, ParametricFitted, ParametricInputs, ParametricModel};
use umap_parametric::model::Networks;
use umap_parametric::network::{Network, Parameter};
use umap_parametric::params::{ParametricParams, ParametricSaveParams};
use wasm_bindgen::prelude::*;

use crate::file_out::FileOut;
use crate::input::Input;
use crate::output;
use crate::residents;
use crate::task::{Steps, steps};

/// Such a job.
pub(crate) enum ParametricTask {
    /// With the model that is trained on, if there is one.
    Fit(Box<ParametricParams>, Option<Rc<ParametricModel>>),
    Resume,
    Transform(Rc<ParametricModel>),
    Inverse(Rc<ParametricModel>),
    Weights(Rc<ParametricModel>),
    SetWeights(Which),
    Save(ParametricSaveParams, Rc<ParametricModel>),
    Load,
}

/// A network of a model.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Name {
    Encoder,
    Decoder,
}

/// Which network.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    network: Name,
}

impl ParametricTask {
    /// None if it is a job of another kind.
    pub(crate) fn new(kind: &str, options: &str, resident: u32) -> Result<Option<Self>> {
        let model = || {
            let missing = || UmapError::NotFitted("there is no fitted model".into());
            residents::get::<ParametricModel>(resident).ok_or_else(missing)
        };
        let params = || ParametricParams::from_json(options).map(Box::new);
        Ok(Some(match kind {
            "parametric-fit" => Self::Fit(params()?, None),
            "parametric-refit" => Self::Fit(params()?, Some(model()?)),
            "parametric-resume" => Self::Resume,
            "parametric-transform" => Self::Transform(model()?),
            "parametric-inverse" => Self::Inverse(model()?),
            "parametric-weights" => Self::Weights(model()?),
            "parametric-set-weights" => Self::SetWeights(from_json(options)?),
            "parametric-save" => Self::Save(from_json(options)?, model()?),
            "parametric-load" => Self::Load,
            _ => return Ok(None),
        }))
    }

    pub(crate) fn metric(&self) -> Metric {
        match self {
            Self::Fit(params, _) => params.umap.metric,
            _ => Metric::Euclidean,
        }
    }

    pub(crate) fn store(&self) -> Store {
        match self {
            Self::Fit(params, _) => params.umap.store,
            _ => Store::Auto,
        }
    }

    /// Errs if points cannot have so many columns, before they are moved.
    pub(crate) fn check_columns(&self, cols: f64) -> Result<()> {
        let expected = match self {
            Self::Fit(_, Some(model)) | Self::Transform(model) => model.trainer.networks.encoder.inputs(),
            Self::Inverse(model) => model.trainer.networks.encoder.outputs(),
            _ => return Ok(()),
        };
        if cols == expected as f64 {
            return Ok(());
        }
        Err(UmapError::shape("points", format!("rows of {expected} columns"), cols.to_string()))
    }

    pub(crate) fn start(self, mut input: Input, resident: u32, pulse: Pulse) -> Result<Steps> {
        match self {
            Self::Fit(params, model) => {
                let fit = new_fit(*params, input, model)?;
                Ok(steps(pulse, async move |pulse| run_fit(fit, resident, &pulse).await, fitted))
            }
            Self::Resume => {
                let missing = || UmapError::NotFitted("there is no interrupted fit to go on with".into());
                let fit: ParametricFit = residents::take(resident).ok_or_else(missing)?;
                Ok(steps(pulse, async move |pulse| run_fit(fit, resident, &pulse).await, fitted))
            }
            Self::Transform(model) => {
                let points = input.points()?;
                let work = async move |pulse: Pulse| {
                    pulse.begin(Stage::Optimize);
                    Ok((model.trainer.networks.transform(&points, &pulse).await?, points.rows()))
                };
                Ok(steps(pulse, work, |(places, rows)| output::matrix(&places, rows)))
            }
            Self::Inverse(model) => {
                let places = input.points()?;
                let work = async move |pulse: Pulse| {
                    pulse.begin(Stage::Optimize);
                    Ok((model.trainer.networks.inverse_transform(&rows_of(&places), &pulse).await?, places.rows()))
                };
                Ok(steps(pulse, work, |(data, rows)| output::matrix(&data, rows)))
            }
            Self::Weights(model) => Ok(steps(pulse, async move |_| Ok(model), |model| weights(&model))),
            Self::SetWeights(which) => {
                set_weights(&which, input, resident)?;
                Ok(steps(pulse, async |_| Ok(()), |()| JsValue::NULL))
            }
            Self::Save(how, model) => {
                Ok(steps(pulse, async move |pulse| save(&how, &model, &pulse).await, JsValue::from))
            }
            Self::Load => {
                let contents = input.file()?;
                let work = async move |pulse: Pulse| {
                    pulse.begin(Stage::Load);
                    let model = Rc::new(ParametricModel::read(contents, &pulse).await?);
                    residents::put(resident, model.clone());
                    Ok(model)
                };
                Ok(steps(pulse, work, |model: Rc<ParametricModel>| {
                    let history = output::plain(&model.trainer.history());
                    output::object([("options", output::plain(&model.params.flat())), ("history", history)])
                }))
            }
        }
    }
}

fn new_fit(params: ParametricParams, mut input: Input, model: Option<Rc<ParametricModel>>) -> Result<ParametricFit> {
    let points = input.points()?;
    let (rows, cols, dims) = (points.rows(), points.cols(), params.umap.n_components as usize);
    input.check_init(rows, dims)?;
    let umap = FitInputs { precomputed_knn: input.knn(rows), init: input.floats("init"), target: input.target() };
    let as_points = |values: Vec<f32>| {
        Points::stored(&values, values.len() / cols, cols, Metric::Euclidean, Store::F32)
    };
    let inputs = ParametricInputs {
        umap,
        rows: input.floats("rows").map(as_points).transpose()?,
        landmarks: input.floats("landmarkPositions"),
        validation: input.floats("validation").map(as_points).transpose()?,
    };
    ParametricFit::new(points, params, inputs, model.map(|model| (*model).clone()))
}

/// Runs a fit to its end, and keeps the model; or, if it was cancelled, the fit as far as it is.
async fn run_fit(
    mut fit: ParametricFit,
    resident: u32,
    pulse: &Pulse,
) -> Result<(Rc<ParametricModel>, ParametricFitted)> {
    if let Err(error) = fit.run(pulse).await {
        if error == UmapError::Cancelled {
            residents::put(resident, Rc::new(fit));
        }
        return Err(error);
    }
    let (model, found) = fit.finish(pulse).await?;
    let model = Rc::new(model);
    residents::put(resident, model.clone());
    Ok((model, found))
}

fn fitted((model, found): (Rc<ParametricModel>, ParametricFitted)) -> JsValue {
    let ParametricFitted { embedding, knn, graph, diagnostics } = found;
    output::object([
        ("embedding", output::matrix(&embedding, diagnostics.rows as usize)),
        ("knn", output::knn(knn)),
        ("graph", output::graph(&graph)),
        ("diagnostics", output::plain(&diagnostics)),
        ("history", output::plain(&model.trainer.history())),
        ("wasmMemoryBytes", output::memory_bytes()),
    ])
}

/// The file, in JavaScript's memory.
async fn save(how: &ParametricSaveParams, model: &ParametricModel, pulse: &Pulse) -> Result<Uint8Array> {
    pulse.begin(Stage::Save);
    let file = FileOut::default();
    model.save(how.optimizer, |bytes| file.begin(bytes), |bytes: &[u8]| file.push(bytes), pulse).await?;
    Ok(file.finish())
}

fn rows_of(points: &Points) -> Vec<f32> {
    let (cols, mut room, mut all) = (points.cols(), Vec::new(), Vec::new());
    for i in 0..points.rows() as u32 {
        let [row] = points.read([i], &mut room);
        all.extend_from_slice(&row[..cols]);
    }
    all
}

/// All weights by their names. Only with imports that all modules have: their glue is shared.
fn weights(model: &ParametricModel) -> JsValue {
    let Networks { scaling, encoder, decoder, .. } = &model.trainer.networks;
    let by_name = |network: &Network| -> JsValue {
        let all = Object::new();
        for parameter in network.parameters() {
            Reflect::set(&all, &parameter.name.as_str().into(), &weight(parameter)).unwrap_throw();
        }
        all.into()
    };
    let scaling = output::object([
        ("mean", Float32Array::from(scaling.mean.as_slice()).into()),
        ("scale", f64::from(scaling.scale).into()),
    ]);
    let decoder = decoder.as_ref().map_or(JsValue::UNDEFINED, by_name);
    output::object([("encoder", by_name(encoder)), ("decoder", decoder), ("scaling", scaling)])
}

fn weight(parameter: &Parameter) -> JsValue {
    let values = Float32Array::from(parameter.values.as_slice()).into();
    output::object([("shape", output::plain(&parameter.shape)), ("data", values)])
}

/// Replaces weights of the model; all or, if one does not fit, none.
fn set_weights(which: &Which, mut input: Input, resident: u32) -> Result<()> {
    let missing = || UmapError::NotFitted("there is no fitted model".into());
    let mut model = (*residents::get::<ParametricModel>(resident).ok_or_else(missing)?).clone();
    let networks = &mut model.trainer.networks;
    let network = match which.network {
        Name::Encoder => &mut networks.encoder,
        Name::Decoder => networks.decoder.as_mut().ok_or_else(|| UmapError::NotFitted("there is no decoder".into()))?,
    };
    for (name, values) in input.take_floats() {
        network.set(&name, &values)?;
    }
    residents::put(resident, Rc::new(model));
    Ok(())
}
