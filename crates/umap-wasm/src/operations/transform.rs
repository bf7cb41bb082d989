//! New points in a model.

use std::rc::Rc;

use umap_core::points::Store;
use umap_core::pulse::Pulse;
use umap_core::transform::transform;
use umap_core::umap::{GraphModel, UmapModel};
use umap_core::{Result, UmapError};
use wasm_bindgen::prelude::*;

use crate::input::Input;
use crate::operation::{Entry, Kept, Operation};
use crate::{output, residents};

struct Transform(Rc<UmapModel>);

/// Places new points.
pub static TRANSFORM: Entry = Entry::of::<Transform>();

impl Operation for Transform {
    const NAME: &'static str = "transform";

    fn new(_: &str, resident: u32) -> Result<Self> {
        model(resident, "no points to compare new ones with").map(Self)
    }

    fn points(&self, _: usize) -> Result<Kept> {
        Ok(kept_like(&self.0))
    }

    async fn run(self, input: Input, _: u32, pulse: &Pulse) -> Result<JsValue> {
        place(&self.0, input, pulse).await
    }
}

/// The model under a number; the layout of a graph lacks what `lacks` says.
pub(super) fn model(resident: u32, lacks: &str) -> Result<Rc<UmapModel>> {
    residents::get(resident).ok_or_else(|| {
        UmapError::NotFitted(match residents::get::<GraphModel>(resident) {
            Some(_) => format!("a graph was laid out: there are {lacks}"),
            None => "there is no fitted model".into(),
        })
    })
}

/// New points are kept as those of the model are compared.
pub(super) fn kept_like(model: &UmapModel) -> Kept {
    Kept::like(model.points(), Store::Auto, " as in the model")
}

pub(super) async fn place(model: &UmapModel, mut input: Input, pulse: &Pulse) -> Result<JsValue> {
    let points = input.points()?;
    let found = transform(model, &points, pulse).await?;
    output::transformed(found, points.rows(), model.fitted.diagnostics.rows as usize)
}
