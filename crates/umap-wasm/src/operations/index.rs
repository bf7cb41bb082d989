//! Search indexes that stay in the module.

use std::cell::RefCell;
use std::rc::Rc;

use umap_core::index::{IndexDiagnostics, NeighborIndex};
use umap_core::params::{IndexParams, Params, QueryParams};
use umap_core::points::{Store, StoreUsed};
use umap_core::pulse::{Pulse, Stage};
use umap_core::{Result, UmapError};
use wasm_bindgen::prelude::*;

use crate::file_out::FileOut;
use crate::input::Input;
use crate::operation::{Entry, Kept, Operation};
use crate::{output, residents};

/// An index that is kept. Rows are added while nothing else works on it: the caller sees to that.
type Shared = Rc<RefCell<NeighborIndex>>;

struct IndexBuild(IndexParams);

/// Makes an index of points.
pub static INDEX_BUILD: Entry = Entry::of::<IndexBuild>();

impl Operation for IndexBuild {
    const NAME: &'static str = "index-build";

    fn new(options: &str, _: u32) -> Result<Self> {
        IndexParams::from_json(options).map(Self)
    }

    fn points(&self, _: usize) -> Result<Kept> {
        Ok(Kept::by(self.0.metric(), self.0.store))
    }

    async fn run(self, mut input: Input, resident: u32, pulse: &Pulse) -> Result<JsValue> {
        let points = input.points()?;
        pulse.begin(Stage::Knn);
        let index = NeighborIndex::build(points, self.0.k as usize, self.0.seed, pulse).await?;
        Ok(output::plain(&keep(index, resident)))
    }
}

struct IndexQuery(QueryParams, Shared);

/// Finds the nearest rows of an index.
pub static INDEX_QUERY: Entry = Entry::of::<IndexQuery>();

impl Operation for IndexQuery {
    const NAME: &'static str = "index-query";

    fn new(options: &str, resident: u32) -> Result<Self> {
        Ok(Self(QueryParams::from_json(options)?, shared(resident)?))
    }

    fn points(&self, _: usize) -> Result<Kept> {
        Ok(Kept::like(self.1.borrow().points(), Store::Auto, WHY))
    }

    #[expect(
        clippy::await_holding_refcell_ref,
        reason = "the caller lets nothing else work on it while rows are added"
    )]
    async fn run(self, mut input: Input, _: u32, pulse: &Pulse) -> Result<JsValue> {
        let (Self(params, index), points) = (self, input.points()?);
        pulse.begin(Stage::Knn);
        let index = index.try_borrow().map_err(busy)?;
        output::knn(&index.query(&points, params.k as usize, params.epsilon as f32, pulse).await?)
    }
}

struct IndexAdd(Shared);

/// Adds rows to an index.
pub static INDEX_ADD: Entry = Entry::of::<IndexAdd>();

impl Operation for IndexAdd {
    const NAME: &'static str = "index-add";

    fn new(_: &str, resident: u32) -> Result<Self> {
        shared(resident).map(Self)
    }

    fn points(&self, _: usize) -> Result<Kept> {
        let index = self.0.borrow();
        // What is added is kept as the rest is; floats that join bytes come as they are, and nothing is rounded.
        let store = match index.points().store() {
            StoreUsed::F32 => Store::F32,
            StoreUsed::F16 => Store::F16,
            StoreUsed::Int8 if index.points().are_bytes() => Store::Auto,
            StoreUsed::Int8 => Store::Int8,
        };
        Ok(Kept::like(index.points(), store, WHY))
    }

    #[expect(clippy::await_holding_refcell_ref, reason = "as for a query")]
    async fn run(self, mut input: Input, _: u32, pulse: &Pulse) -> Result<JsValue> {
        let points = input.points()?;
        pulse.begin(Stage::Knn);
        let mut index = self.0.try_borrow_mut().map_err(busy)?;
        index.add(&points, pulse).await?;
        Ok(output::plain(&index.diagnostics()))
    }
}

struct IndexSave(Shared);

/// Writes an index.
pub static INDEX_SAVE: Entry = Entry::of::<IndexSave>();

impl Operation for IndexSave {
    const NAME: &'static str = "index-save";

    fn new(_: &str, resident: u32) -> Result<Self> {
        shared(resident).map(Self)
    }

    #[expect(clippy::await_holding_refcell_ref, reason = "as for a query")]
    async fn run(self, _: Input, _: u32, pulse: &Pulse) -> Result<JsValue> {
        pulse.begin(Stage::Save);
        let (file, index) = (FileOut::default(), self.0.try_borrow().map_err(busy)?);
        index.save(|bytes| file.begin(bytes), |bytes| file.push(bytes), pulse).await?;
        Ok(file.finish().into())
    }
}

struct IndexLoad;

/// Reads an index.
pub static INDEX_LOAD: Entry = Entry::of::<IndexLoad>();

impl Operation for IndexLoad {
    const NAME: &'static str = "index-load";

    fn new(_: &str, _: u32) -> Result<Self> {
        Ok(Self)
    }

    async fn run(self, mut input: Input, resident: u32, pulse: &Pulse) -> Result<JsValue> {
        let contents = input.file()?;
        pulse.begin(Stage::Load);
        Ok(output::plain(&keep(NeighborIndex::read(contents, pulse).await?, resident)))
    }
}

const WHY: &str = ", as the index has";

fn shared(resident: u32) -> Result<Shared> {
    let lost = || UmapError::InstanceLost("the index is not there any more".into());
    residents::get(resident).ok_or_else(lost)
}

fn keep(index: NeighborIndex, resident: u32) -> IndexDiagnostics {
    let found = index.diagnostics();
    residents::put(resident, Rc::new(RefCell::new(index)));
    found
}

fn busy(_: impl std::error::Error) -> UmapError {
    UmapError::InstanceLost("the index is in use by another call".into())
}
