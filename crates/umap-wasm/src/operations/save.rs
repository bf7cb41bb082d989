//! A model, or an interrupted fit, as a file.

use std::rc::Rc;

use umap_core::Result;
use umap_core::params::{Params, SaveParams};
use umap_core::pulse::{Pulse, Stage};
use umap_core::umap::{UmapFit, UmapModel};
use wasm_bindgen::prelude::*;

use super::transform::model;
use crate::file_out::FileOut;
use crate::input::Input;
use crate::operation::{Entry, Operation};
use crate::residents;

struct Save(SaveParams, Saved);

enum Saved {
    Model(Rc<UmapModel>),
    Fit(Rc<UmapFit>),
}

/// Writes what was fitted, or fitted so far.
pub static SAVE: Entry = Entry::of::<Save>();

impl Operation for Save {
    const NAME: &'static str = "save";

    fn new(options: &str, resident: u32) -> Result<Self> {
        let saved = match residents::get(resident) {
            Some(fit) => Saved::Fit(fit),
            None => Saved::Model(model(resident, "no points that the file of a model would hold")?),
        };
        Ok(Self(SaveParams::from_json(options)?, saved))
    }

    async fn run(self, _: Input, _: u32, pulse: &Pulse) -> Result<JsValue> {
        pulse.begin(Stage::Save);
        let file = FileOut::default();
        let (begin, sink) = (|bytes| file.begin(bytes), |bytes: &[u8]| file.push(bytes));
        match self {
            Self(how, Saved::Model(model)) => model.save(&how, begin, sink, pulse).await?,
            Self(how, Saved::Fit(fit)) => fit.save(&how, begin, sink, pulse).await?,
        }
        Ok(file.finish().into())
    }
}
