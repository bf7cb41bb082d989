//! A file back to a model, or to an interrupted fit.

use std::rc::Rc;

use umap_core::Result;
use umap_core::pulse::{Pulse, Stage};
use umap_core::umap::{Loaded, UmapFit, UmapModel};
use wasm_bindgen::prelude::*;

use crate::input::Input;
use crate::operation::{Entry, Operation};
use crate::{output, residents};

struct Load;

/// Reads a file and keeps what is in it.
pub static LOAD: Entry = Entry::of::<Load>();

impl Operation for Load {
    const NAME: &'static str = "load";

    fn new(_: &str, _: u32) -> Result<Self> {
        Ok(Self)
    }

    async fn run(self, mut input: Input, resident: u32, pulse: &Pulse) -> Result<JsValue> {
        let contents = input.file()?;
        pulse.begin(Stage::Load);
        match Loaded::read(contents, pulse).await? {
            Loaded::Model(model) => {
                let model: Rc<UmapModel> = Rc::from(model);
                residents::put(resident, model.clone());
                output::loaded(&model.params, Some(&model))
            }
            Loaded::Fit(fit) => {
                let loaded = output::loaded(fit.params(), None)?;
                residents::put::<UmapFit>(resident, Rc::from(fit));
                Ok(loaded)
            }
        }
    }
}
