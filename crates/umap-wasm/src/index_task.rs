//! Jobs on search indexes that stay in the module.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use umap_core::index::{IndexDiagnostics, NeighborIndex};
use umap_core::knn::KnnGraph;
use umap_core::metric::Metric;
use umap_core::params::{IndexParams, Params, QueryParams};
use umap_core::points::{Frame, Points, Store, StoreUsed};
use umap_core::pulse::{Pulse, Stage};
use umap_core::{Result, UmapError};

use crate::file_out::FileOut;
use crate::input::Input;
use crate::output;
use crate::residents;
use crate::task::{Steps, steps};

/// An index that is kept. Rows are added while nothing else works on it: the caller sees to that.
type Kept = Rc<RefCell<NeighborIndex>>;

/// Such a job. It has the index from its beginning, so that the index's release does not end it.
pub(crate) enum IndexTask {
    Build(IndexParams),
    Query(QueryParams, Kept),
    Add(Kept),
    Save(Kept),
    Load,
}

impl IndexTask {
    /// None if it is a job of another kind.
    pub(crate) fn new(kind: &str, options: &str, resident: u32) -> Result<Option<Self>> {
        let lost = || UmapError::InstanceLost("the index is not there any more".into());
        let kept = || residents::get(resident).ok_or_else(lost);
        Ok(Some(match kind {
            "index-build" => Self::Build(IndexParams::from_json(options)?),
            "index-query" => Self::Query(QueryParams::from_json(options)?, kept()?),
            "index-add" => Self::Add(kept()?),
            "index-save" => Self::Save(kept()?),
            "index-load" => Self::Load,
            _ => return Ok(None),
        }))
    }

    pub(crate) fn metric(&self) -> Metric {
        match self {
            Self::Build(params) => params.metric(),
            Self::Query(_, kept) | Self::Add(kept) => kept.borrow().points().metric(),
            Self::Save(_) | Self::Load => Metric::Euclidean,
        }
    }

    pub(crate) fn store(&self) -> Store {
        match self {
            Self::Build(params) => params.store,
            // What is added is kept as the rest is; floats that join bytes come as they are, and nothing is rounded.
            Self::Add(kept) => match kept.borrow().points().store() {
                StoreUsed::F32 => Store::F32,
                StoreUsed::F16 => Store::F16,
                StoreUsed::Int8 if kept.borrow().points().are_bytes() => Store::Auto,
                StoreUsed::Int8 => Store::Int8,
            },
            Self::Query(..) | Self::Save(_) | Self::Load => Store::Auto,
        }
    }

    pub(crate) fn frame(&self) -> Option<Arc<Frame>> {
        match self {
            Self::Query(_, kept) | Self::Add(kept) => Some(Arc::clone(kept.borrow().points().frame())),
            _ => None,
        }
    }

    pub(crate) fn check_columns(&self, cols: f64) -> Result<()> {
        match self {
            Self::Query(_, kept) | Self::Add(kept) => kept.borrow().check_columns(cols as usize),
            _ => Ok(()),
        }
    }

    pub(crate) fn start(self, mut input: Input, resident: u32, pulse: Pulse) -> Result<Steps> {
        match self {
            Self::Build(params) => {
                let points = input.points()?;
                let work = async move |pulse: Pulse| {
                    pulse.begin(Stage::Knn);
                    let (k, seed) = (params.k as usize, params.seed);
                    Ok(keep(NeighborIndex::build(points, k, seed, &pulse).await?, resident))
                };
                Ok(steps(pulse, work, |found| Ok(output::plain(&found))))
            }
            Self::Query(params, kept) => {
                let points = input.points()?;
                Ok(steps(pulse, async move |pulse| query(&kept, &points, &params, &pulse).await, output::knn))
            }
            Self::Add(kept) => {
                let points = input.points()?;
                let work = async move |pulse: Pulse| {
                    pulse.begin(Stage::Knn);
                    add(&kept, &points, &pulse).await
                };
                Ok(steps(pulse, work, |found| Ok(output::plain(&found))))
            }
            Self::Save(kept) => Ok(steps(pulse, async move |pulse| save(&kept, &pulse).await, |file| Ok(file.into()))),
            Self::Load => {
                let contents = input.file()?;
                let work = async move |pulse: Pulse| {
                    pulse.begin(Stage::Load);
                    Ok(keep(NeighborIndex::read(contents, &pulse).await?, resident))
                };
                Ok(steps(pulse, work, |found| Ok(output::plain(&found))))
            }
        }
    }
}

fn keep(index: NeighborIndex, resident: u32) -> IndexDiagnostics {
    let found = index.diagnostics();
    residents::put(resident, Rc::new(RefCell::new(index)));
    found
}

fn busy(_: impl std::error::Error) -> UmapError {
    UmapError::InstanceLost("the index is in use by another call".into())
}

#[expect(clippy::await_holding_refcell_ref, reason = "the caller lets nothing else work on it while rows are added")]
async fn query(kept: &Kept, points: &Points, params: &QueryParams, pulse: &Pulse) -> Result<KnnGraph> {
    pulse.begin(Stage::Knn);
    kept.try_borrow().map_err(busy)?.query(points, params.k as usize, params.epsilon as f32, pulse).await
}

#[expect(clippy::await_holding_refcell_ref, reason = "as for a query")]
async fn add(kept: &Kept, points: &Points, pulse: &Pulse) -> Result<IndexDiagnostics> {
    let mut index = kept.try_borrow_mut().map_err(busy)?;
    index.add(points, pulse).await?;
    Ok(index.diagnostics())
}

#[expect(clippy::await_holding_refcell_ref, reason = "as for a query")]
async fn save(kept: &Kept, pulse: &Pulse) -> Result<js_sys::Uint8Array> {
    pulse.begin(Stage::Save);
    let file = FileOut::default();
    kept.try_borrow().map_err(busy)?.save(|bytes| file.begin(bytes), |bytes| file.push(bytes), pulse).await?;
    Ok(file.finish())
}
