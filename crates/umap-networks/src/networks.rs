//! What is done with networks: coordinates, weights, files, ONNX.

use std::rc::Rc;
use std::sync::Arc;

use umap_core::json::from_json;
use umap_core::pulse::Stage;
use umap_core::{Result, UmapError};
use umap_parametric::file::Loaded;
use umap_parametric::fit::{ParametricFit, ParametricModel};
use umap_parametric::params::ParametricSaveParams;
use umap_wasm::answers::Embedding;
use umap_wasm::operation::{Call, Either, Entry, Interrupted, Resident, of, reading, with_options};
use umap_wasm::output::{Bytes, Js, bytes, file};
use umap_wasm::points::Kept;

use crate::answers::{LoadedNetworks, Weights, weights};

pub(crate) static OPERATIONS: [Entry; 7] = [
    ("parametric-transform", &of(transform).points(|_, network, _| Ok(network.kept()))),
    ("parametric-inverse-transform", &of(inverse_transform)),
    ("parametric-weights", &reading(|_, network| are_here(network, "weights"), all_weights)),
    ("parametric-set-weights", &reading(|_, network| are_here(network, "setWeights"), set_weights)),
    ("parametric-save", &with_options(save)),
    ("parametric-onnx", &reading(|json, _| from_json::<OnnxOptions>(json), onnx)),
    ("parametric-load", &of(load)),
];

/// Networks that are kept.
pub(crate) struct Network(pub(crate) ParametricModel);

impl Resident for Network {
    fn missing(_: u32) -> UmapError {
        UmapError::NotFitted("there is no trained network".into())
    }
}

impl Network {
    pub(crate) fn columns(&self) -> Option<(usize, &'static str)> {
        Some((self.0.trainer.networks.cols(), ", as in fit"))
    }

    /// The encoder takes rows as they are given.
    fn kept(&self) -> Kept {
        let frame = Some(Arc::clone(&self.0.trainer.networks.scaling.frame));
        Kept { frame, cols: self.columns(), ..Kept::as_given() }
    }
}

/// The coordinates of points.
async fn transform(mut call: Call<(), Rc<Network>>) -> Result<Embedding> {
    let points = call.input.dense_points("ParametricUMAP")?;
    call.pulse.begin(Stage::Transform);
    let coordinates = call.on.0.trainer.networks.transform(&points, &call.pulse).await?;
    Embedding::new(&coordinates, points.rows())
}

/// Points for coordinates.
async fn inverse_transform(mut call: Call<(), Rc<Network>>) -> Result<Embedding> {
    let networks = &call.on.0.trainer.networks;
    let dims = networks.encoder.outputs();
    let coordinates = call.input.floats("coordinates")?.unwrap_or_default();
    if let Some(cols) = call.input.integer("coordinates.cols")?.filter(|&cols| cols != dims) {
        return Err(UmapError::shape("coordinates", format!("{dims} columns, as the embedding has"), cols.to_string()));
    }
    call.pulse.begin(Stage::Transform);
    Embedding::new(&networks.inverse_transform(&coordinates, &call.pulse).await?, coordinates.len() / dims)
}

/// Errs if the weights are not in the module; `call` is what they are wanted for.
fn are_here(network: &Rc<Network>, call: &str) -> Result<()> {
    network.0.params.check_encoder_is_here(call)
}

/// All weights.
async fn all_weights(call: Call<(), Rc<Network>>) -> Result<Js<Weights>> {
    weights(&call.on.0)
}

/// Other weights; all or, if one does not fit, none.
async fn set_weights(mut call: Call<(), Rc<Network>>) -> Result<()> {
    let mut model = call.on.0.clone();
    for name in call.input.names_under("weights.") {
        let values = call.input.floats(&format!("weights.{name}"))?.unwrap_or_default();
        if let Some(shape) = call.input.integers(&format!("shapes.{name}"))? {
            model.trainer.networks.check_shape(&name, &shape)?;
        }
        model.trainer.networks.set(&name, &values)?;
    }
    call.keep(Network(model));
    Ok(())
}

/// Networks, or an interrupted training, as a file.
async fn save(call: Call<ParametricSaveParams, Either<Interrupted<ParametricFit>, Rc<Network>>>) -> Result<Js<Bytes>> {
    let Call { params: how, on, pulse, .. } = &call;
    file(pulse, async |begin, sink| match on {
        Either::One(Interrupted(fit)) => fit.save(begin, sink, pulse).await,
        Either::Other(network) => network.0.save(how.optimizer, begin, sink, pulse).await,
    })
    .await
}

/// Reads a file and keeps what is in it.
async fn load(mut call: Call<()>) -> Result<LoadedNetworks> {
    let contents = call.input.file()?;
    call.pulse.begin(Stage::Load);
    match Loaded::read(contents, &call.pulse).await? {
        Loaded::Model(model) => {
            let Network(model) = &*call.keep(Network(*model));
            LoadedNetworks::new(&model.params, model.trainer.history(), None)
        }
        Loaded::Fit(fit) => {
            let fit = call.keep(*fit);
            LoadedNetworks::new(fit.params(), &[], Some(fit.rows()))
        }
    }
}

/// Which network is exported.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(rename = r#"{ network: "encoder" | "decoder" }"#))]
struct OnnxOptions {
    #[cfg_attr(feature = "bindings", ts(skip))]
    network: Which,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Which {
    Encoder,
    Decoder,
}

/// A network for other run times.
async fn onnx(call: Call<OnnxOptions, Rc<Network>>) -> Result<Js<Bytes>> {
    bytes(&match call.params.network {
        Which::Encoder => call.on.0.encoder_onnx(),
        Which::Decoder => call.on.0.decoder_onnx(),
    }?)
}
