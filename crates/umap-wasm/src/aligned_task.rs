//! Jobs on several datasets: fits, one more dataset, new points, files; and turning one embedding onto another.

use std::rc::Rc;
use std::sync::Arc;

use js_sys::Uint8Array;
use serde::Deserialize;
use umap_core::aligned::relations::Relations;
use umap_core::aligned::{AlignedFit, AlignedInputs, AlignedModel, AlignedUpdate, UpdateRelations, register};
use umap_core::metric::Metric;
use umap_core::params::{AlignedParams, Params, SaveParams, UmapParams, from_json};
use umap_core::points::{Frame, Points, Store};
use umap_core::pulse::{Pulse, Stage};
use umap_core::transform::check_columns;
use umap_core::umap::UmapModel;
use umap_core::{Result, UmapError};

use crate::file_out::FileOut;
use crate::input::{Input, numbered};
use crate::model_task::start_transform;
use crate::output;
use crate::residents;
use crate::task::{Steps, steps};

/// Such a job. It has the model from its beginning, so that the model's release does not end it.
pub(crate) enum AlignedTask {
    Fit(AlignedParams),
    Update(Rc<AlignedModel>, Box<UmapParams>),
    Transform(Rc<UmapModel>),
    Save(Rc<AlignedModel>, SaveParams),
    Load,
    Register,
}

/// Which slice new points are placed in.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct TransformParams {
    slice: Option<u32>,
}

impl AlignedTask {
    /// None if it is a job of another kind.
    pub(crate) fn new(kind: &str, options: &str, resident: u32) -> Result<Option<Self>> {
        let not_fitted = || UmapError::NotFitted("there is no fitted model".into());
        let model = || residents::get::<AlignedModel>(resident).ok_or_else(not_fitted);
        Ok(Some(match kind {
            "aligned-fit" => Self::Fit(AlignedParams::from_json(options)?),
            "aligned-update" => {
                let model = model()?;
                let params = model.next_params(options)?;
                Self::Update(model, Box::new(params))
            }
            "aligned-transform" => {
                let TransformParams { slice } = from_json(options)?;
                let missing = || UmapError::parameter("slice", "the number of a dataset", "nothing");
                Self::Transform(Rc::clone(model()?.slice(slice.ok_or_else(missing)?)?))
            }
            "aligned-save" => Self::Save(model()?, SaveParams::from_json(options)?),
            "aligned-load" => Self::Load,
            "register" => Self::Register,
            _ => return Ok(None),
        }))
    }

    pub(crate) fn form(&self, dataset: usize) -> Result<(Metric, Store)> {
        Ok(match self {
            Self::Fit(params) => params.of(dataset).map(|params| (params.metric(), params.store))?,
            Self::Update(_, params) => (params.metric(), params.store),
            Self::Transform(model) => (model.params.metric(), Store::Auto),
            Self::Save(..) | Self::Load | Self::Register => (Metric::Euclidean, Store::Auto),
        })
    }

    pub(crate) fn frame(&self) -> Option<Arc<Frame>> {
        match self {
            Self::Transform(model) => Some(Arc::clone(model.points().frame())),
            _ => None,
        }
    }

    pub(crate) fn check_columns(&self, cols: f64) -> Result<()> {
        match self {
            Self::Transform(model) => check_columns(model, cols as usize),
            _ => Ok(()),
        }
    }

    pub(crate) fn start(self, mut input: Input, resident: u32, pulse: Pulse) -> Result<Steps> {
        match self {
            Self::Fit(params) => {
                let fit = fit_of(&params, input)?;
                let work = async move |pulse: Pulse| Ok(keep(fit.run(&pulse).await?, resident));
                Ok(steps(pulse, work, |model| output::aligned(&model)))
            }
            Self::Update(model, params) => {
                let update = update_of(model, *params, input)?;
                let work = async move |pulse: Pulse| Ok(keep(update.run(&pulse).await?, resident));
                Ok(steps(pulse, work, |model| output::updated(&model)))
            }
            Self::Transform(model) => start_transform(model, input, pulse),
            Self::Save(model, how) => {
                let ids = input.texts();
                Ok(steps(pulse, async move |pulse| save(&model, &how, &ids, &pulse).await, |file| Ok(file.into())))
            }
            Self::Load => {
                let contents = input.file()?;
                let work = async move |pulse: Pulse| {
                    pulse.begin(Stage::Load);
                    let (model, ids) = AlignedModel::read(contents, &pulse).await?;
                    Ok((keep(model, resident), ids))
                };
                Ok(steps(pulse, work, |(model, ids)| output::loaded_aligned(&model, &ids)))
            }
            Self::Register => {
                let dims = ["cols", "onto.cols"].map(|name| input.integer(name).unwrap_or_default());
                let [embedding, onto] = ["embedding", "onto"].map(|name| input.floats(name).unwrap_or_default());
                let anchors = pairs(&mut input, "relations").unwrap_or_default();
                let work = async move |pulse: Pulse| register(embedding, &onto, dims, anchors, &pulse).await;
                Ok(steps(pulse, work, output::registered))
            }
        }
    }
}

/// Pairs of rows, if they were given.
fn pairs(input: &mut Input, name: &str) -> Option<Vec<[u32; 2]>> {
    input.unsigned(name).map(|rows| rows.as_chunks::<2>().0.to_vec())
}

fn fit_of(params: &AlignedParams, mut input: Input) -> Result<AlignedFit> {
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
    AlignedFit::new(points, params, AlignedInputs { relations, targets })
}

fn update_of(model: Rc<AlignedModel>, params: UmapParams, mut input: Input) -> Result<AlignedUpdate> {
    let points: Points = input.points()?;
    let ids = ids(&mut input);
    let relations =
        if ids.is_empty() { UpdateRelations::Pairs(pairs(&mut input, "relations")) } else { UpdateRelations::Ids(ids) };
    let target = input.target(params.target_metric)?;
    AlignedUpdate::new(model, points, params, relations, target)
}

/// The ids of the rows of several datasets, if they were given.
fn ids(input: &mut Input) -> Vec<Vec<u32>> {
    (0..).map_while(|i| input.unsigned(&numbered("ids", i))).collect()
}

fn keep(model: AlignedModel, resident: u32) -> Rc<AlignedModel> {
    let model = Rc::new(model);
    residents::put(resident, Rc::clone(&model));
    model
}

/// The file, in JavaScript's memory.
async fn save(model: &AlignedModel, how: &SaveParams, ids: &[u8], pulse: &Pulse) -> Result<Uint8Array> {
    pulse.begin(Stage::Save);
    let file = FileOut::default();
    model.save(how, ids, |bytes| file.begin(bytes), |bytes| file.push(bytes), pulse).await?;
    Ok(file.finish())
}
