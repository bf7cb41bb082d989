//! How well an embedding keeps what the points say.

use umap_core::Result;
use umap_core::evaluate::{Beside, evaluate};
use umap_core::params::{EvaluateParams, Params};
use umap_core::points::Store;
use umap_core::pulse::{Pulse, Stage};
use wasm_bindgen::prelude::*;

use crate::input::Input;
use crate::operation::{Entry, Kept, Operation};
use crate::output;

struct Evaluate(EvaluateParams);

/// Measures it.
pub static EVALUATE: Entry = Entry::of::<Evaluate>();

impl Operation for Evaluate {
    const NAME: &'static str = "evaluate";

    fn new(options: &str, _: u32) -> Result<Self> {
        EvaluateParams::from_json(options).map(Self)
    }

    fn points(&self, _: usize) -> Result<Kept> {
        Ok(Kept::by(self.0.metric(), Store::Auto))
    }

    async fn run(self, mut input: Input, _: u32, pulse: &Pulse) -> Result<JsValue> {
        let points = input.points()?;
        let embedding = input.floats("embedding").unwrap_or_default();
        let dims = input.integer("embedding.cols").unwrap_or_default();
        let (labels, reference) = (input.integers("labels"), input.floats("reference"));
        let cols = input.integer("reference.cols").unwrap_or_default();
        pulse.begin(Stage::Evaluate);
        let beside = Beside { labels: labels.as_deref(), reference: reference.as_deref().map(|values| (values, cols)) };
        Ok(output::plain(&evaluate(&points, &embedding, dims, beside, &self.0, pulse).await?))
    }
}
