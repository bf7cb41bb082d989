//! A fit, and going on with one that was interrupted.

use std::rc::Rc;

use umap_core::params::{Params, UmapParams};
use umap_core::pulse::Pulse;
use umap_core::umap::{FitInputs, UmapFit};
use umap_core::{Result, UmapError};
use wasm_bindgen::prelude::*;

use crate::input::Input;
use crate::operation::{Entry, Kept, Operation};
use crate::{output, residents};

struct Fit(UmapParams);

/// Embeds points; keeps the model.
pub static FIT: Entry = Entry::of::<Fit>();

impl Operation for Fit {
    const NAME: &'static str = "fit";

    fn new(options: &str, _: u32) -> Result<Self> {
        UmapParams::from_json(options).map(Self)
    }

    fn points(&self, _: usize) -> Result<Kept> {
        Ok(Kept::by(self.0.metric(), self.0.store))
    }

    async fn run(self, mut input: Input, resident: u32, pulse: &Pulse) -> Result<JsValue> {
        let Self(params) = self;
        let points = input.points()?;
        let rows = points.rows();
        let inputs = FitInputs {
            precomputed_knn: input.knn(rows),
            init: input.matrix_of("init", rows, params.n_components as usize)?,
            target: input.target(params.target_metric)?,
        };
        run(UmapFit::new(points, params, inputs)?, resident, pulse).await
    }
}

struct Resume;

/// Goes on with an interrupted fit.
pub static RESUME: Entry = Entry::of::<Resume>();

impl Operation for Resume {
    const NAME: &'static str = "resume";

    fn new(_: &str, _: u32) -> Result<Self> {
        Ok(Self)
    }

    async fn run(self, _: Input, resident: u32, pulse: &Pulse) -> Result<JsValue> {
        let missing = || UmapError::NotFitted("there is no interrupted fit to go on with".into());
        run(residents::take(resident).ok_or_else(missing)?, resident, pulse).await
    }
}

/// Runs a fit to its end, and keeps the model; or, if it was cancelled, the fit as far as it is.
async fn run(mut fit: UmapFit, resident: u32, pulse: &Pulse) -> Result<JsValue> {
    if let Err(error) = fit.run(pulse).await {
        if error == UmapError::Cancelled {
            residents::put(resident, Rc::new(fit));
        }
        return Err(error);
    }
    let model = Rc::new(fit.into_model(pulse)?);
    residents::put(resident, model.clone());
    output::fitted(&model)
}
