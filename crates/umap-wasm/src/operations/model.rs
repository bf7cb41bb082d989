//! What is done with a model: new points in it, a file of it (or of an interrupted fit), and back.

use std::rc::Rc;

use umap_core::params::SaveParams;
use umap_core::points::Store;
use umap_core::pulse::{Pulse, Stage};
use umap_core::transform;
use umap_core::umap::{GraphModel, Loaded, UmapFit, UmapModel};
use umap_core::{Result, UmapError};

use crate::answers::{Embedding, LoadAnswer, SparseMatrix};
use crate::input::Input;
use crate::operation::{Call, Either, Entry, Interrupted, Resident, of, with_options};
use crate::output::{Bytes, Js, Output, file};
use crate::points::Kept;
use crate::residents;

pub(super) static OPERATIONS: [Entry; 3] = [
    ("transform", &of(transform).points(|_, model, _| Ok(like(model)))),
    ("save", &with_options(save)),
    ("load", &of(load)),
];

impl Resident for UmapModel {
    fn missing(resident: u32) -> UmapError {
        UmapError::NotFitted(match residents::get::<GraphModel>(resident) {
            Some(_) => "a graph was laid out: there are no points to compare new ones with, or to save".into(),
            None => "there is no fitted model".into(),
        })
    }
}

/// What `transform` gives: an embedding, or a sparse matrix where the model's `transformMode` says so.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(rename = "Transformed<Mode>"))]
pub(super) struct Transformed;

/// Places new points.
async fn transform(call: Call<(), Rc<UmapModel>>) -> Result<Js<Transformed>> {
    place(&call.on, call.input, &call.pulse).await
}

/// New points are kept as those of the model are compared.
pub(super) fn like(model: &UmapModel) -> Kept {
    Kept::like(model.space(), Store::Auto, " as in the model")
}

pub(super) async fn place(model: &UmapModel, mut input: Input, pulse: &Pulse) -> Result<Js<Transformed>> {
    let points = input.points()?;
    Ok(Js::of(match transform::transform(model, &*points, pulse).await? {
        transform::Transformed::Embedding(places) => Embedding::new(&places, points.rows())?.into_js(),
        transform::Transformed::Graph(found) => SparseMatrix::new(&found, model.fitted.diagnostics.rows)?.into_js(),
    }))
}

/// Writes what was fitted, or fitted so far.
async fn save(call: Call<SaveParams, Either<Interrupted<UmapFit>, Rc<UmapModel>>>) -> Result<Js<Bytes>> {
    let Call { params: how, on, pulse, .. } = &call;
    file(pulse, async |begin, sink| match on {
        Either::One(Interrupted(fit)) => fit.save(how, begin, sink, pulse).await,
        Either::Other(model) => model.save(how, begin, sink, pulse).await,
    })
    .await
}

/// Reads a file and keeps what is in it.
async fn load(mut call: Call<()>) -> Result<LoadAnswer> {
    let contents = call.input.file()?;
    call.pulse.begin(Stage::Load);
    match Loaded::read(contents, &call.pulse).await? {
        Loaded::Model(model) => {
            let model = call.keep(*model);
            LoadAnswer::new(&model.params, Some(&model))
        }
        Loaded::Fit(fit) => LoadAnswer::new(call.keep(*fit).params(), None),
    }
}
