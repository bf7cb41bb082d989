//! Operations on networks that stay in the module: training, coordinates, files, weights, ONNX.
//!
//! Networks are trained further as a copy, which takes their place when training has ended: what runs meanwhile is not
//! disturbed, and a training that is cancelled leaves them as they were. A first training that is cancelled can go on.

use std::rc::Rc;
use std::sync::Arc;

use umap_core::json::from_json;
use umap_core::metric::Form;
use umap_core::params::Params;
use umap_core::points::Frame;
use umap_core::pulse::{Pulse, Stage};
use umap_core::umap::FitInputs;
use umap_core::{Result, UmapError};
use umap_parametric::file::Loaded;
use umap_parametric::fit::{ParametricFit, ParametricInputs, ParametricModel};
use umap_parametric::params::{ParametricParams, ParametricSaveParams};
use umap_wasm::file_out::FileOut;
use umap_wasm::input::Input;
use umap_wasm::operation::{Entry, Kept, Operation};
use umap_wasm::{output, residents};
use wasm_bindgen::prelude::*;

use crate::results::{self, LoadedNetworks};

struct Fit(ParametricParams);

/// Trains networks on points.
pub static FIT: Entry = Entry::of::<Fit>();

impl Operation for Fit {
    const NAME: &'static str = "parametric-fit";

    fn new(options: &str, _: u32) -> Result<Self> {
        ParametricParams::from_json(options).map(Self)
    }

    fn points(&self, _: usize) -> Result<Kept> {
        Ok(Kept::by(self.0.umap.metric(), self.0.umap.store))
    }

    async fn run(self, input: Input, resident: u32, pulse: &Pulse) -> Result<JsValue> {
        run(new_fit(self.0, input, None)?, resident, pulse).await
    }
}

struct PartialFit(Rc<ParametricModel>, ParametricParams);

/// Trains networks further, on other points.
pub static PARTIAL_FIT: Entry = Entry::of::<PartialFit>();

impl Operation for PartialFit {
    const NAME: &'static str = "parametric-partial-fit";

    fn new(options: &str, resident: u32) -> Result<Self> {
        let model = model(resident)?;
        let params = model.params.with_changes(options)?;
        Ok(Self(model, params))
    }

    fn points(&self, _: usize) -> Result<Kept> {
        let Self(model, ParametricParams { umap, .. }) = self;
        // Unit forms lie nowhere.
        let frame = if umap.metric().form() == Form::AsIs { frame_to_learn_in(model) } else { None };
        Ok(Kept { frame, cols: columns(model), ..Kept::by(umap.metric(), umap.store) })
    }

    async fn run(self, input: Input, resident: u32, pulse: &Pulse) -> Result<JsValue> {
        let Self(model, params) = self;
        let mut fit = new_fit(params, input, Some(ParametricModel::clone(&model)))?;
        fit.run(pulse).await?;
        keep(fit, resident, pulse)
    }
}

struct Resume;

/// Goes on with an interrupted training.
pub static RESUME: Entry = Entry::of::<Resume>();

impl Operation for Resume {
    const NAME: &'static str = "parametric-resume";

    fn new(_: &str, _: u32) -> Result<Self> {
        Ok(Self)
    }

    async fn run(self, _: Input, resident: u32, pulse: &Pulse) -> Result<JsValue> {
        let missing = || UmapError::NotFitted("there is no interrupted fit to go on with".into());
        run(residents::take(resident).ok_or_else(missing)?, resident, pulse).await
    }
}

struct Transform(Rc<ParametricModel>);

/// The coordinates of points.
pub static TRANSFORM: Entry = Entry::of::<Transform>();

impl Operation for Transform {
    const NAME: &'static str = "parametric-transform";

    fn new(_: &str, resident: u32) -> Result<Self> {
        model(resident).map(Self)
    }

    fn points(&self, _: usize) -> Result<Kept> {
        // The encoder takes rows as they are given.
        let frame = Some(Arc::clone(&self.0.trainer.networks.scaling.frame));
        Ok(Kept { frame, cols: columns(&self.0), ..Kept::as_given() })
    }

    async fn run(self, mut input: Input, _: u32, pulse: &Pulse) -> Result<JsValue> {
        let points = input.points()?;
        pulse.begin(Stage::Transform);
        let coordinates = self.0.trainer.networks.transform(&points, pulse).await?;
        output::matrix(&coordinates, points.rows())
    }
}

struct InverseTransform(Rc<ParametricModel>);

/// Points for coordinates.
pub static INVERSE_TRANSFORM: Entry = Entry::of::<InverseTransform>();

impl Operation for InverseTransform {
    const NAME: &'static str = "parametric-inverse-transform";

    fn new(_: &str, resident: u32) -> Result<Self> {
        model(resident).map(Self)
    }

    async fn run(self, mut input: Input, _: u32, pulse: &Pulse) -> Result<JsValue> {
        let networks = &self.0.trainer.networks;
        let dims = networks.encoder.outputs();
        let coordinates = input.floats("places").unwrap_or_default();
        if let Some(cols) = input.integer("places.cols").filter(|&cols| cols != dims) {
            return Err(UmapError::shape("places", format!("{dims} columns, as the embedding has"), cols.to_string()));
        }
        pulse.begin(Stage::Transform);
        output::matrix(&networks.inverse_transform(&coordinates, pulse).await?, coordinates.len() / dims)
    }
}

struct Weights(Rc<ParametricModel>);

/// All weights.
pub static WEIGHTS: Entry = Entry::of::<Weights>();

impl Operation for Weights {
    const NAME: &'static str = "parametric-weights";

    fn new(_: &str, resident: u32) -> Result<Self> {
        model_with_weights(resident, "weights").map(Self)
    }

    async fn run(self, _: Input, _: u32, _: &Pulse) -> Result<JsValue> {
        results::weights(&self.0)
    }
}

struct SetWeights(Rc<ParametricModel>);

/// Other weights; all or, if one does not fit, none.
pub static SET_WEIGHTS: Entry = Entry::of::<SetWeights>();

impl Operation for SetWeights {
    const NAME: &'static str = "parametric-set-weights";

    fn new(_: &str, resident: u32) -> Result<Self> {
        model_with_weights(resident, "setWeights").map(Self)
    }

    async fn run(self, mut input: Input, resident: u32, _: &Pulse) -> Result<JsValue> {
        let mut model = ParametricModel::clone(&self.0);
        for (name, values) in input.floats_under("weights.") {
            if let Some(shape) = input.unsigned(&format!("shapes.{name}")) {
                model.trainer.networks.check_shape(&name, &shape)?;
            }
            model.trainer.networks.set(&name, &values)?;
        }
        residents::put(resident, Rc::new(model));
        Ok(JsValue::NULL)
    }
}

struct Save(ParametricSaveParams, Saved);

enum Saved {
    Model(Rc<ParametricModel>),
    Fit(Rc<ParametricFit>),
}

/// Networks, or an interrupted training, as a file.
pub static SAVE: Entry = Entry::of::<Save>();

impl Operation for Save {
    const NAME: &'static str = "parametric-save";

    fn new(options: &str, resident: u32) -> Result<Self> {
        let saved = match residents::get(resident) {
            Some(fit) => Saved::Fit(fit),
            None => Saved::Model(model(resident)?),
        };
        Ok(Self(ParametricSaveParams::from_json(options)?, saved))
    }

    async fn run(self, _: Input, _: u32, pulse: &Pulse) -> Result<JsValue> {
        pulse.begin(Stage::Save);
        let file = FileOut::default();
        let (begin, sink) = (|bytes| file.begin(bytes), |bytes: &[u8]| file.push(bytes));
        match self {
            Self(how, Saved::Model(model)) => model.save(how.optimizer, begin, sink, pulse).await?,
            Self(_, Saved::Fit(fit)) => fit.save(begin, sink, pulse).await?,
        }
        Ok(file.finish().into())
    }
}

struct Onnx(Rc<ParametricModel>, Network);

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct OnnxOptions {
    network: Network,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Network {
    Encoder,
    Decoder,
}

/// A network for other run times.
pub static ONNX: Entry = Entry::of::<Onnx>();

impl Operation for Onnx {
    const NAME: &'static str = "parametric-onnx";

    fn new(options: &str, resident: u32) -> Result<Self> {
        let OnnxOptions { network } = from_json(options)?;
        Ok(Self(model(resident)?, network))
    }

    async fn run(self, _: Input, _: u32, _: &Pulse) -> Result<JsValue> {
        let bytes = match self.1 {
            Network::Encoder => self.0.encoder_onnx(),
            Network::Decoder => self.0.decoder_onnx(),
        }?;
        let file = FileOut::default();
        file.begin(bytes.len() as u64)?;
        file.push(&bytes);
        Ok(file.finish().into())
    }
}

struct Load;

/// Reads a file and keeps what is in it.
pub static LOAD: Entry = Entry::of::<Load>();

impl Operation for Load {
    const NAME: &'static str = "parametric-load";

    fn new(_: &str, _: u32) -> Result<Self> {
        Ok(Self)
    }

    async fn run(self, mut input: Input, resident: u32, pulse: &Pulse) -> Result<JsValue> {
        let contents = input.file()?;
        pulse.begin(Stage::Load);
        let found = match Loaded::read(contents, pulse).await? {
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
        };
        Ok(output::plain(&found))
    }
}

fn model(resident: u32) -> Result<Rc<ParametricModel>> {
    residents::get(resident).ok_or_else(|| UmapError::NotFitted("there is no trained network".into()))
}

/// A model whose weights are in the module; `call` is what they are wanted for.
fn model_with_weights(resident: u32, call: &str) -> Result<Rc<ParametricModel>> {
    let model = model(resident)?;
    model.params.check_encoder_is_here(call)?;
    Ok(model)
}

fn columns(model: &ParametricModel) -> Option<(usize, &'static str)> {
    Some((model.trainer.networks.cols(), ", as in fit"))
}

/// The frame of the rows that networks have learned, for others that they are to learn: where it is plain these have their
/// own.
fn frame_to_learn_in(model: &ParametricModel) -> Option<Arc<Frame>> {
    let frame = &model.trainer.networks.scaling.frame;
    (!frame.is_plain()).then(|| Arc::clone(frame))
}

/// Runs a fit to its end, and keeps the networks; or, if it was cancelled, the fit as far as it is.
async fn run(mut fit: ParametricFit, resident: u32, pulse: &Pulse) -> Result<JsValue> {
    match fit.run(pulse).await {
        Ok(()) => keep(fit, resident, pulse),
        Err(UmapError::Cancelled) => {
            residents::put(resident, Rc::new(fit));
            Err(UmapError::Cancelled)
        }
        Err(error) => Err(error),
    }
}

fn keep(fit: ParametricFit, resident: u32, pulse: &Pulse) -> Result<JsValue> {
    let (model, fitted) = fit.finish(pulse)?;
    let trained = results::trained(&model, &fitted)?;
    residents::put(resident, Rc::new(model));
    Ok(trained)
}

fn new_fit(params: ParametricParams, mut input: Input, model: Option<ParametricModel>) -> Result<ParametricFit> {
    let points = input.points()?;
    let (count, cols, dims) = (points.rows(), points.cols(), params.umap.n_components as usize);
    let init = input.matrix_of("init", count, dims)?;
    let landmarks = input.matrix_of("landmarkPositions", count, dims)?;
    if let Some(found) = input.integer("validation.cols").filter(|&found| found != cols) {
        return Err(UmapError::shape("validation", format!("{cols} columns"), found.to_string()));
    }
    let rows = input.rows("rows", cols, model.as_ref().and_then(frame_to_learn_in))?;
    let frame = Arc::clone(rows.as_ref().unwrap_or(&points).frame());
    let target = input.target(params.umap.target_metric)?;
    let umap = FitInputs { precomputed_knn: input.knn(count), init, target };
    let validation = input.rows("validation", cols, Some(frame))?;
    ParametricFit::new(points, params, ParametricInputs { umap, rows, landmarks, validation }, model)
}
