//! Several datasets: fits, one more of them, new points, files; and turning one embedding onto another.

use std::rc::Rc;

use umap_core::aligned::relations::Relations;
use umap_core::aligned::{AlignedFit, AlignedInputs, AlignedModel, AlignedUpdate, UpdateRelations, register};
use umap_core::json::from_json;
use umap_core::params::{AlignedParams, SaveParams, UmapParams};
use umap_core::pulse::Stage;
use umap_core::{Result, UmapError};

use super::model::{Transformed, like, place};
use crate::answers::{AlignedAnswer, AlignedLoadAnswer, RegisterAnswer};
use crate::input::{Input, numbered};
use crate::operation::{Call, Entry, Resident, of, reading, with_options};
use crate::output::{Bytes, Js, file};
use crate::points::Kept;

pub(super) static OPERATIONS: [Entry; 6] = [
    (
        "aligned-fit",
        &reading(|json, _| AlignedParams::from_json(json), fit)
            .points(|params, _, dataset| params.of(dataset).map(Kept::of)),
    ),
    (
        "aligned-update",
        &reading(|json, model: &Rc<AlignedModel>| model.next_params(json), update)
            .points(|params, _, _| Ok(Kept::of(params)))
            .typed("DatasetOptions"),
    ),
    (
        "aligned-transform",
        &reading(read_slice, transform)
            .points(|&slice, model, _| Ok(like(model.slice(slice)?)))
            .typed("{ slice: number }"),
    ),
    ("aligned-save", &with_options(save)),
    ("aligned-load", &of(load)),
    ("register", &of(run_register)),
];

impl Resident for AlignedModel {}

/// Embeds datasets together; keeps the model.
async fn fit(mut call: Call<AlignedParams>) -> Result<AlignedAnswer> {
    let (params, input) = (&call.params, &mut call.input);
    let points = input.datasets()?;
    let all_ids = ids(input)?;
    let relations = if all_ids.is_empty() {
        let between = 0..points.len().saturating_sub(1);
        Relations::Pairs(between.map(|i| pairs(input, &numbered("relations", i))).collect::<Result<_>>()?)
    } else {
        Relations::Ids(all_ids)
    };
    let target = |i: usize| input.target(Some(i), params.of(i)?.target_metric);
    let targets = (0..points.len()).map(target).collect::<Result<_>>()?;
    let fit = AlignedFit::new(points, params, AlignedInputs { relations, targets })?;
    let model = fit.run(&call.pulse).await?;
    AlignedAnswer::new(&call.keep(model), 0)
}

/// Adds a dataset to a model.
async fn update(mut call: Call<UmapParams, Rc<AlignedModel>>) -> Result<AlignedAnswer> {
    let (params, input) = (&call.params, &mut call.input);
    let points = input.points()?;
    let all_ids = ids(input)?;
    let relations = if all_ids.is_empty() {
        UpdateRelations::Pairs(pairs(input, "relations")?)
    } else {
        UpdateRelations::Ids(all_ids)
    };
    let target = input.target(None, params.target_metric)?;
    let update = AlignedUpdate::new(call.on.clone(), points, params.clone(), relations, target)?;
    let model = call.keep(update.run(&call.pulse).await?);
    AlignedAnswer::new(&model, model.slices.len() - 1)
}

/// The number of the dataset in whose embedding new points are placed.
fn read_slice(json: &str, model: &Rc<AlignedModel>) -> Result<u32> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Options {
        slice: Option<u32>,
    }
    let missing = || UmapError::parameter("slice", "the number of a dataset", "nothing");
    let slice = from_json::<Options>(json)?.slice.ok_or_else(missing)?;
    model.slice(slice).map(|_| slice)
}

/// Places new points in a dataset's embedding.
async fn transform(call: Call<u32, Rc<AlignedModel>>) -> Result<Js<Transformed>> {
    place(call.on.slice(call.params)?, call.input, &call.pulse).await
}

/// Writes a model.
async fn save(mut call: Call<SaveParams, Rc<AlignedModel>>) -> Result<Js<Bytes>> {
    let ids = call.input.bytes("ids");
    file(&call.pulse, async |begin, sink| call.on.save(&call.params, &ids, begin, sink, &call.pulse).await).await
}

/// Reads a model and keeps it.
async fn load(mut call: Call<()>) -> Result<AlignedLoadAnswer> {
    let contents = call.input.file()?;
    call.pulse.begin(Stage::Load);
    let (model, ids) = AlignedModel::read(contents, &call.pulse).await?;
    AlignedLoadAnswer::new(&call.keep(model), &ids)
}

/// Moves an embedding onto another.
async fn run_register(call: Call<()>) -> Result<RegisterAnswer> {
    let Call { mut input, pulse, .. } = call;
    let mut dims = |name| Ok(input.integer(name)?.unwrap_or_default());
    let dims = [dims("cols")?, dims("onto.cols")?];
    let mut coordinates = |name| Ok(input.floats(name)?.unwrap_or_default());
    let (embedding, onto) = (coordinates("embedding")?, coordinates("onto")?);
    let anchors = pairs(&mut input, "relations")?.unwrap_or_default();
    RegisterAnswer::new(&register(embedding, &onto, dims, anchors, &pulse).await?)
}

/// Pairs of rows, if they were given.
fn pairs(input: &mut Input, name: &str) -> Result<Option<Vec<[u32; 2]>>> {
    Ok(input.integers(name)?.map(|rows| rows.as_chunks::<2>().0.to_vec()))
}

/// The ids of the rows of several datasets, if they were given.
fn ids(input: &mut Input) -> Result<Vec<Vec<u32>>> {
    (0..).map_while(|i| input.integers(&numbered("ids", i)).transpose()).collect()
}
