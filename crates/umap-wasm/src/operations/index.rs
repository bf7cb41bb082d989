//! Search indexes that stay in the module.

use std::cell::RefCell;
use std::rc::Rc;

use umap_core::index::{IndexDiagnostics, NeighborIndex};
use umap_core::params::{IndexParams, QueryParams};
use umap_core::points::{Points, Store, StoreUsed};
use umap_core::pulse::Stage;
use umap_core::{Result, UmapError};

use crate::answers::KnnGraph;
use crate::operation::{Call, Entry, Resident, of, with_options};
use crate::output::{Bytes, Js, file};
use crate::points::Kept;

pub(super) static OPERATIONS: [Entry; 5] = [
    ("index-build", &with_options(build).points(|params, _, _| Ok(Kept::by(params.metric(), params.store)))),
    ("index-query", &with_options(query).points(|_, index, _| Ok(like(index, |_| Store::Auto)))),
    ("index-add", &of(add).points(|_, index, _| Ok(like(index, as_the_rest)))),
    ("index-save", &of(save)),
    ("index-load", &of(load)),
];

/// An index that is kept. Rows are added while nothing else works on it: the caller sees to that.
type Shared = RefCell<NeighborIndex>;

impl Resident for Shared {
    fn missing(_: u32) -> UmapError {
        UmapError::InstanceLost("the index no longer exists".into())
    }
}

fn like(index: &Shared, store: fn(&NeighborIndex) -> Store) -> Kept {
    let index = index.borrow();
    Kept::like(index.space(), store(&index), ", as the index has")
}

/// What is added is kept as the rest is; floats that join bytes come as they are, and nothing is rounded.
fn as_the_rest(index: &NeighborIndex) -> Store {
    match index.space().info().store {
        StoreUsed::F32 => Store::F32,
        StoreUsed::F16 => Store::F16,
        StoreUsed::Int8 if index.space().dense().is_some_and(Points::are_bytes) => Store::Auto,
        StoreUsed::Int8 => Store::Int8,
    }
}

/// Makes an index of points.
async fn build(mut call: Call<IndexParams>) -> Result<Js<IndexDiagnostics>> {
    let points = call.input.points()?;
    call.pulse.begin(Stage::Knn);
    let index = NeighborIndex::build(points, call.params.k as usize, call.params.seed, &call.pulse).await?;
    Ok(keep(index, &call))
}

/// Finds the nearest rows of an index.
#[expect(clippy::await_holding_refcell_ref, reason = "the caller lets nothing else work on it while rows are added")]
async fn query(mut call: Call<QueryParams, Rc<Shared>>) -> Result<KnnGraph> {
    let (points, index) = (call.input.points()?, call.on.try_borrow().map_err(busy)?);
    call.pulse.begin(Stage::Knn);
    let QueryParams { k, epsilon, .. } = call.params;
    KnnGraph::new(&index.query(&*points, k as usize, epsilon as f32, &call.pulse).await?)
}

/// Adds rows to an index.
#[expect(clippy::await_holding_refcell_ref, reason = "as for a query")]
async fn add(mut call: Call<(), Rc<Shared>>) -> Result<Js<IndexDiagnostics>> {
    let points = call.input.points()?;
    call.pulse.begin(Stage::Knn);
    let mut index = call.on.try_borrow_mut().map_err(busy)?;
    index.add(&*points, &call.pulse).await?;
    Ok(Js::plain(&index.diagnostics()))
}

/// Writes an index.
#[expect(clippy::await_holding_refcell_ref, reason = "as for a query")]
async fn save(call: Call<(), Rc<Shared>>) -> Result<Js<Bytes>> {
    let index = call.on.try_borrow().map_err(busy)?;
    file(&call.pulse, async |begin, sink| index.save(begin, sink, &call.pulse).await).await
}

/// Reads an index.
async fn load(mut call: Call<()>) -> Result<Js<IndexDiagnostics>> {
    let contents = call.input.file()?;
    call.pulse.begin(Stage::Load);
    let index = NeighborIndex::read(contents, &call.pulse).await?;
    Ok(keep(index, &call))
}

fn keep<P>(index: NeighborIndex, call: &Call<P>) -> Js<IndexDiagnostics> {
    let found = Js::plain(&index.diagnostics());
    call.keep(RefCell::new(index));
    found
}

fn busy(_: impl std::error::Error) -> UmapError {
    UmapError::InstanceLost("the index is in use by another call".into())
}
