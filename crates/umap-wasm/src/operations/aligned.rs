//! Several datasets: fits, one more of them, new points, files; and turning one embedding onto another.

use std::rc::Rc;

use serde::Deserialize;
use umap_core::aligned::relations::Relations;
use umap_core::aligned::{AlignedFit, AlignedInputs, AlignedModel, AlignedUpdate, UpdateRelations, register};
use umap_core::json::from_json;
use umap_core::params::{AlignedParams, Params, SaveParams, UmapParams};
use umap_core::pulse::{Pulse, Stage};
use umap_core::umap::UmapModel;
use umap_core::{Result, UmapError};
use wasm_bindgen::prelude::*;

use super::transform::{kept_like, place};
use crate::file_out::FileOut;
use crate::input::{Input, numbered};
use crate::operation::{Entry, Kept, Operation};
use crate::{output, residents};

struct AlignedFitOperation(AlignedParams);

/// Embeds datasets together; keeps the model.
pub static ALIGNED_FIT: Entry = Entry::of::<AlignedFitOperation>();

impl Operation for AlignedFitOperation {
    const NAME: &'static str = "aligned-fit";

    fn new(options: &str, _: u32) -> Result<Self> {
        AlignedParams::from_json(options).map(Self)
    }

    fn points(&self, dataset: usize) -> Result<Kept> {
        self.0.of(dataset).map(|params| Kept::by(params.metric(), params.store))
    }

    async fn run(self, mut input: Input, resident: u32, pulse: &Pulse) -> Result<JsValue> {
        let Self(params) = self;
        let points = input.datasets()?;
        let all_ids = ids(&mut input);
        let relations = if all_ids.is_empty() {
            let between = 0..points.len().saturating_sub(1);
            Relations::Pairs(between.map(|i| pairs(&mut input, &numbered("relations", i))).collect())
        } else {
            Relations::Ids(all_ids)
        };
        let target = |i: usize| input.target_of(i, params.of(i)?.target_metric);
        let targets = (0..points.len()).map(target).collect::<Result<_>>()?;
        let fit = AlignedFit::new(points, &params, AlignedInputs { relations, targets })?;
        output::aligned(&keep(fit.run(pulse).await?, resident))
    }
}

struct AlignedUpdateOperation(Rc<AlignedModel>, UmapParams);

/// Adds a dataset to a model.
pub static ALIGNED_UPDATE: Entry = Entry::of::<AlignedUpdateOperation>();

impl Operation for AlignedUpdateOperation {
    const NAME: &'static str = "aligned-update";

    fn new(options: &str, resident: u32) -> Result<Self> {
        let model = model(resident)?;
        let params = model.next_params(options)?;
        Ok(Self(model, params))
    }

    fn points(&self, _: usize) -> Result<Kept> {
        Ok(Kept::by(self.1.metric(), self.1.store))
    }

    async fn run(self, mut input: Input, resident: u32, pulse: &Pulse) -> Result<JsValue> {
        let Self(model, params) = self;
        let points = input.points()?;
        let ids = ids(&mut input);
        let relations = if ids.is_empty() {
            UpdateRelations::Pairs(pairs(&mut input, "relations"))
        } else {
            UpdateRelations::Ids(ids)
        };
        let target = input.target(params.target_metric)?;
        let update = AlignedUpdate::new(model, points, params, relations, target)?;
        output::updated(&keep(update.run(pulse).await?, resident))
    }
}

struct AlignedTransform(Rc<UmapModel>);

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Slice {
    slice: Option<u32>,
}

/// Places new points in a dataset's embedding.
pub static ALIGNED_TRANSFORM: Entry = Entry::of::<AlignedTransform>();

impl Operation for AlignedTransform {
    const NAME: &'static str = "aligned-transform";

    fn new(options: &str, resident: u32) -> Result<Self> {
        let Slice { slice } = from_json(options)?;
        let missing = || UmapError::parameter("slice", "the number of a dataset", "nothing");
        Ok(Self(Rc::clone(model(resident)?.slice(slice.ok_or_else(missing)?)?)))
    }

    fn points(&self, _: usize) -> Result<Kept> {
        Ok(kept_like(&self.0))
    }

    async fn run(self, input: Input, _: u32, pulse: &Pulse) -> Result<JsValue> {
        place(&self.0, input, pulse).await
    }
}

struct AlignedSave(Rc<AlignedModel>, SaveParams);

/// Writes a model.
pub static ALIGNED_SAVE: Entry = Entry::of::<AlignedSave>();

impl Operation for AlignedSave {
    const NAME: &'static str = "aligned-save";

    fn new(options: &str, resident: u32) -> Result<Self> {
        Ok(Self(model(resident)?, SaveParams::from_json(options)?))
    }

    async fn run(self, mut input: Input, _: u32, pulse: &Pulse) -> Result<JsValue> {
        let (Self(model, how), ids) = (self, input.bytes());
        pulse.begin(Stage::Save);
        let file = FileOut::default();
        model.save(&how, &ids, |bytes| file.begin(bytes), |bytes| file.push(bytes), pulse).await?;
        Ok(file.finish().into())
    }
}

struct AlignedLoad;

/// Reads a model and keeps it.
pub static ALIGNED_LOAD: Entry = Entry::of::<AlignedLoad>();

impl Operation for AlignedLoad {
    const NAME: &'static str = "aligned-load";

    fn new(_: &str, _: u32) -> Result<Self> {
        Ok(Self)
    }

    async fn run(self, mut input: Input, resident: u32, pulse: &Pulse) -> Result<JsValue> {
        let contents = input.file()?;
        pulse.begin(Stage::Load);
        let (model, ids) = AlignedModel::read(contents, pulse).await?;
        output::loaded_aligned(&keep(model, resident), &ids)
    }
}

struct Register;

/// Moves an embedding onto another.
pub static REGISTER: Entry = Entry::of::<Register>();

impl Operation for Register {
    const NAME: &'static str = "register";

    fn new(_: &str, _: u32) -> Result<Self> {
        Ok(Self)
    }

    async fn run(self, mut input: Input, _: u32, pulse: &Pulse) -> Result<JsValue> {
        let dims = ["cols", "onto.cols"].map(|name| input.integer(name).unwrap_or_default());
        let [embedding, onto] = ["embedding", "onto"].map(|name| input.floats(name).unwrap_or_default());
        let anchors = pairs(&mut input, "relations").unwrap_or_default();
        output::registered(register(embedding, &onto, dims, anchors, pulse).await?)
    }
}

fn model(resident: u32) -> Result<Rc<AlignedModel>> {
    residents::get(resident).ok_or_else(|| UmapError::NotFitted("there is no fitted model".into()))
}

fn keep(model: AlignedModel, resident: u32) -> Rc<AlignedModel> {
    let model = Rc::new(model);
    residents::put(resident, Rc::clone(&model));
    model
}

/// Pairs of rows, if they were given.
fn pairs(input: &mut Input, name: &str) -> Option<Vec<[u32; 2]>> {
    input.unsigned(name).map(|rows| rows.as_chunks::<2>().0.to_vec())
}

/// The ids of the rows of several datasets, if they were given.
fn ids(input: &mut Input) -> Vec<Vec<u32>> {
    (0..).map_while(|i| input.unsigned(&numbered("ids", i))).collect()
}
