//! Jobs on models that stay in the module: going on with a fit, placing new points, files.

use std::rc::Rc;
use std::sync::Arc;

use js_sys::Uint8Array;
use umap_core::metric::Metric;
use umap_core::params::{Params, SaveParams};
use umap_core::points::Frame;
use umap_core::pulse::{Pulse, Stage};
use umap_core::transform::{check_columns, transform};
use umap_core::umap::UmapFit;
use umap_core::umap::{Loaded, UmapModel};
use umap_core::{Result, UmapError};

use crate::file_out::FileOut;
use crate::input::Input;
use crate::output;
use crate::residents;
use crate::task::{Steps, steps};

/// Such a job. It has the model from its beginning, so that the model's release does not end it.
pub(crate) enum ModelTask {
    Resume,
    Transform(Rc<UmapModel>),
    Save(SaveParams, Saved),
    Load,
}

/// What can be saved.
#[derive(Clone)]
pub(crate) enum Saved {
    Model(Rc<UmapModel>),
    Fit(Rc<UmapFit>),
}

impl ModelTask {
    /// None if it is a job of another kind.
    pub(crate) fn new(kind: &str, options: &str, resident: u32) -> Result<Option<Self>> {
        let model = || residents::get::<UmapModel>(resident);
        let not_fitted = || UmapError::NotFitted("there is no fitted model".into());
        Ok(Some(match kind {
            "resume" => Self::Resume,
            "transform" => Self::Transform(model().ok_or_else(not_fitted)?),
            "save" => {
                let saved = model().map(Saved::Model).or_else(|| residents::get(resident).map(Saved::Fit));
                Self::Save(SaveParams::from_json(options)?, saved.ok_or_else(not_fitted)?)
            }
            "load" => Self::Load,
            _ => return Ok(None),
        }))
    }

    pub(crate) fn metric(&self) -> Metric {
        match self {
            Self::Transform(model) => model.params.metric(),
            _ => Metric::Euclidean,
        }
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
            Self::Resume => {
                let missing = || UmapError::NotFitted("there is no interrupted fit to go on with".into());
                let fit: UmapFit = residents::take(resident).ok_or_else(missing)?;
                Ok(steps(
                    pulse,
                    async move |pulse| run_fit(fit, resident, &pulse).await,
                    |model| output::fitted(&model),
                ))
            }
            Self::Transform(model) => start_transform(model, input, pulse),
            Self::Save(how, saved) => {
                Ok(steps(pulse, async move |pulse| save(&how, &saved, &pulse).await, |file| Ok(file.into())))
            }
            Self::Load => {
                let contents = input.file()?;
                let work = async move |pulse: Pulse| {
                    pulse.begin(Stage::Load);
                    Ok(keep(Loaded::read(contents, &pulse).await?, resident))
                };
                Ok(steps(pulse, work, output::loaded))
            }
        }
    }
}

/// Places new points in a model.
pub(crate) fn start_transform(model: Rc<UmapModel>, mut input: Input, pulse: Pulse) -> Result<Steps> {
    let points = input.points()?;
    let work = async move |pulse: Pulse| {
        let found = transform(&model, &points, &pulse).await?;
        Ok((found, points.rows(), model.fitted.diagnostics.rows as usize))
    };
    Ok(steps(pulse, work, output::transformed))
}

/// Runs a fit to its end, and keeps the model; or, if it was cancelled, the fit as far as it is.
pub(crate) async fn run_fit(mut fit: UmapFit, resident: u32, pulse: &Pulse) -> Result<Rc<UmapModel>> {
    if let Err(error) = fit.run(pulse).await {
        if error == UmapError::Cancelled {
            residents::put(resident, Rc::new(fit));
        }
        return Err(error);
    }
    let model = Rc::new(fit.into_model(pulse)?);
    residents::put(resident, model.clone());
    Ok(model)
}

/// The file, in JavaScript's memory.
async fn save(how: &SaveParams, saved: &Saved, pulse: &Pulse) -> Result<Uint8Array> {
    pulse.begin(Stage::Save);
    let file = FileOut::default();
    let (begin, sink) = (|bytes| file.begin(bytes), |bytes: &[u8]| file.push(bytes));
    match saved {
        Saved::Model(model) => model.save(how, begin, sink, pulse).await?,
        Saved::Fit(fit) => fit.save(how, begin, sink, pulse).await?,
    }
    Ok(file.finish())
}

/// Keeps what was loaded; its kind, its options, and the model if it is one.
fn keep(loaded: Loaded, resident: u32) -> (&'static str, umap_core::params::UmapParams, Option<Rc<UmapModel>>) {
    match loaded {
        Loaded::Model(model) => {
            let model: Rc<UmapModel> = Rc::from(model);
            residents::put(resident, model.clone());
            ("umap", model.params.clone(), Some(model))
        }
        Loaded::Fit(fit) => {
            let options = fit.params().clone();
            residents::put::<UmapFit>(resident, Rc::from(fit));
            ("umap-fit", options, None)
        }
    }
}
