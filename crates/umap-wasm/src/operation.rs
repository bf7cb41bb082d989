//! What JavaScript can have done: an operation has a name, options, input and a result, and a module is a list of them.

use std::sync::{Arc, OnceLock};

use umap_core::metric::{Metric, MetricName};
use umap_core::points::{Frame, Points, Store};
use umap_core::pulse::{Job, Pulse};
use umap_core::{Result, UmapError};
use wasm_bindgen::prelude::*;

use crate::input::Input;

/// A kind of job. It has what it works on from its beginning, so that a release does not end it.
pub trait Operation: Sized + 'static {
    /// Its name, as ts/operations.ts has it.
    const NAME: &'static str;

    /// Reads the options (JSON) and finds what it works on, before data is moved. `resident`: see [`crate::residents`].
    fn new(options: &str, resident: u32) -> Result<Self>;

    /// What the points of a dataset become as they arrive.
    fn points(&self, _dataset: usize) -> Result<Kept> {
        Ok(Kept::as_given())
    }

    /// Computes the result.
    fn run(self, input: Input, resident: u32, pulse: &Pulse) -> impl Future<Output = Result<JsValue>>;
}

/// How points are kept as they arrive.
pub struct Kept {
    /// The metric into whose form they are put.
    pub metric: Metric,
    /// What they are kept as.
    pub store: Store,
    /// The frame of the points with which they are compared, if there are such.
    pub frame: Option<Arc<Frame>>,
    /// How many columns they must have, and why.
    pub cols: Option<(usize, &'static str)>,
}

impl Kept {
    /// With nothing done to them.
    pub fn as_given() -> Self {
        Self::by(MetricName::Euclidean.into(), Store::Auto)
    }

    /// In the form of a metric.
    pub fn by(metric: Metric, store: Store) -> Self {
        Self { metric, store, frame: None, cols: None }
    }

    /// To be compared with others.
    pub fn like(points: &Points, store: Store, why: &'static str) -> Self {
        let (frame, cols) = (Some(Arc::clone(points.frame())), Some((points.cols(), why)));
        Self { frame, cols, ..Self::by(points.metric(), store) }
    }

    /// Errs if they cannot have so many columns.
    pub(crate) fn check_columns(&self, cols: f64) -> Result<()> {
        match self.cols {
            Some((expected, why)) if cols != expected as f64 => {
                Err(UmapError::shape("points", format!("{expected} columns{why}"), cols.to_string()))
            }
            _ => Ok(()),
        }
    }
}

/// An operation of a module.
pub struct Entry {
    name: &'static str,
    open: fn(&str, u32) -> Result<Box<dyn Opened>>,
}

impl Entry {
    /// The entry of an operation.
    pub const fn of<T: Operation>() -> Self {
        Self { name: T::NAME, open: |options, resident| Ok(Box::new(T::new(options, resident)?)) }
    }
}

static OPERATIONS: OnceLock<&'static [&'static Entry]> = OnceLock::new();

/// Says which operations the module has.
pub(crate) fn register(operations: &'static [&'static Entry]) {
    let _ = OPERATIONS.set(operations);
}

/// An operation whose options have been read, whatever it is.
pub(crate) fn open(name: &str, options: &str, resident: u32) -> Result<Box<dyn Opened>> {
    let known = OPERATIONS.get().copied().unwrap_or_default();
    match known.iter().find(|entry| entry.name == name) {
        Some(entry) => (entry.open)(options, resident),
        None => Err(UmapError::parameter("operation", "one that the module has", name)),
    }
}

/// A computation that can be advanced for so many milliseconds, whatever it computes.
pub(crate) type Steps = Box<dyn FnMut(f64) -> Option<Result<JsValue>>>;

pub(crate) trait Opened {
    fn points(&self, dataset: usize) -> Result<Kept>;
    fn start(self: Box<Self>, input: Input, resident: u32, pulse: Pulse) -> Steps;
}

impl<T: Operation> Opened for T {
    fn points(&self, dataset: usize) -> Result<Kept> {
        Operation::points(self, dataset)
    }

    fn start(self: Box<Self>, input: Input, resident: u32, pulse: Pulse) -> Steps {
        let inside = pulse.clone();
        let mut job = Job::new(&pulse, async move { self.run(input, resident, &inside).await });
        Box::new(move |budget| job.step(budget))
    }
}
