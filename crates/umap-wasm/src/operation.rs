//! What JavaScript can have done: an operation has a name, options, arrays and a result, and a module is a list of them.

use std::rc::Rc;
use std::sync::OnceLock;

use umap_core::params::Params;
use umap_core::pulse::{Computation, Pulse};
use umap_core::{Result, UmapError};
use wasm_bindgen::prelude::*;

use crate::input::Input;
use crate::output::{Output, Typed};
use crate::points::Kept;
use crate::residents;

/// One call of an operation.
pub struct Call<P, On = ()> {
    /// Its options, read before data is moved.
    pub params: P,
    /// What it works on. It has that from its beginning, so that a release does not end it.
    pub on: On,
    /// The data.
    pub input: Input,
    /// Where it says how far it is.
    pub pulse: Pulse,
    /// The number of what it makes or works on.
    pub resident: u32,
}

impl<P, On> Call<P, On> {
    /// Keeps a result for later calls.
    pub fn keep<T: 'static>(&self, value: T) -> Rc<T> {
        residents::put(self.resident, value)
    }

    /// A fit after its run; one that was cancelled is kept, so that it can go on.
    pub fn finished<T: 'static>(&self, fit: T, ran: Result<()>) -> Result<T> {
        if ran == Err(UmapError::Cancelled) {
            self.keep(fit);
            return Err(UmapError::Cancelled);
        }
        ran.map(|()| fit)
    }

    /// The fit that was kept because it was cancelled.
    pub fn interrupted<T: 'static>(&self) -> Result<T> {
        residents::take(self.resident).ok_or_else(not_interrupted)
    }
}

/// What stays in the module, and calls work on: see [`residents`].
pub trait Resident: 'static {
    /// What is wrong if it is not there.
    fn missing(_resident: u32) -> UmapError {
        UmapError::NotFitted("there is no fitted model".into())
    }
}

/// What a call works on.
pub trait Found: Sized + 'static {
    /// Finds it by its number.
    fn find(resident: u32) -> Result<Self>;
}

impl Found for () {
    fn find(_: u32) -> Result<Self> {
        Ok(())
    }
}

impl<T: Resident> Found for Rc<T> {
    fn find(resident: u32) -> Result<Self> {
        residents::get(resident).ok_or_else(|| T::missing(resident))
    }
}

/// A fit that was cancelled.
pub struct Interrupted<T>(pub Rc<T>);

impl<T: 'static> Found for Interrupted<T> {
    fn find(resident: u32) -> Result<Self> {
        residents::get(resident).map(Self).ok_or_else(not_interrupted)
    }
}

fn not_interrupted() -> UmapError {
    UmapError::NotFitted("there is no interrupted fit to go on with".into())
}

/// The first of two that is there.
pub enum Either<A, B> {
    /// The one.
    One(A),
    /// The other.
    Other(B),
}

impl<A: Found, B: Found> Found for Either<A, B> {
    fn find(resident: u32) -> Result<Self> {
        A::find(resident).map(Self::One).or_else(|_| B::find(resident).map(Self::Other))
    }
}

/// An operation of a module: its name, and what it does ([`of`], [`with_options`], [`reading`]).
pub type Entry = (&'static str, &'static dyn Operation);

/// What an operation does, whatever its types are.
pub trait Operation: Sync {
    /// Reads the options (JSON) and finds what the call works on.
    fn open(&self, options: &str, resident: u32) -> Result<Box<dyn Opened>>;

    /// The types of options and result in TypeScript.
    #[cfg(feature = "bindings")]
    fn types(&self) -> [String; 2];
}

/// An operation as an asynchronous function from a [`Call`] to an [`Output`].
pub struct Function<P, On, F> {
    read: fn(&str, &On) -> Result<P>,
    points: fn(&P, &On, usize) -> Result<Kept>,
    run: F,
    /// The type of the options in TypeScript, unless it is that of `P`.
    #[cfg(feature = "bindings")]
    options: Option<&'static str>,
}

/// A function without options.
pub const fn of<On, F: Fn(Call<(), On>) -> Fut + Copy, Fut>(run: F) -> Function<(), On, F> {
    reading(|_, _| Ok(()), run)
}

/// A function with options.
pub const fn with_options<P: Params, On, F: Fn(Call<P, On>) -> Fut + Copy, Fut>(run: F) -> Function<P, On, F> {
    reading(|json, _| P::from_json(json), run)
}

/// A function with options that are read in another way.
pub const fn reading<P, On, F: Fn(Call<P, On>) -> Fut + Copy, Fut>(
    read: fn(&str, &On) -> Result<P>,
    run: F,
) -> Function<P, On, F> {
    Function {
        read,
        points: |_, _, _| Ok(Kept::as_given()),
        run,
        #[cfg(feature = "bindings")]
        options: None,
    }
}

impl<P, On, F: Copy> Function<P, On, F> {
    /// The same, with what the points of a dataset become as they arrive.
    #[must_use]
    pub const fn points(self, points: fn(&P, &On, usize) -> Result<Kept>) -> Self {
        Self { points, ..self }
    }

    /// The same, with options of another type in TypeScript.
    #[must_use]
    pub const fn typed(self, _options: &'static str) -> Self {
        Self {
            #[cfg(feature = "bindings")]
            options: Some(_options),
            ..self
        }
    }
}

impl<P, On, F, Fut, O> Operation for Function<P, On, F>
where
    P: Typed + 'static,
    On: Found,
    F: Fn(Call<P, On>) -> Fut + Copy + Sync + 'static,
    Fut: Future<Output = Result<O>> + 'static,
    O: Output,
{
    fn open(&self, options: &str, resident: u32) -> Result<Box<dyn Opened>> {
        let on = On::find(resident)?;
        let params = (self.read)(options, &on)?;
        Ok(Box::new(Ready { params, on, resident, points: self.points, run: self.run }))
    }

    #[cfg(feature = "bindings")]
    fn types(&self) -> [String; 2] {
        let config = ts_rs::Config::default();
        [self.options.map_or_else(|| P::name(&config), String::from), O::name(&config)]
    }
}

/// A call without its data.
struct Ready<P, On, F> {
    params: P,
    on: On,
    resident: u32,
    points: fn(&P, &On, usize) -> Result<Kept>,
    run: F,
}

/// A call without its data, whatever it computes.
pub trait Opened {
    /// What the points of a dataset become as they arrive.
    fn kept(&self, dataset: usize) -> Result<Kept>;
    /// Starts to compute.
    fn start(self: Box<Self>, input: Input, pulse: Pulse) -> Steps;
}

/// A computation that can be advanced for so many milliseconds.
pub type Steps = Box<dyn FnMut(f64) -> Option<Result<JsValue>>>;

impl<P, On, F, Fut, O> Opened for Ready<P, On, F>
where
    F: Fn(Call<P, On>) -> Fut,
    Fut: Future<Output = Result<O>> + 'static,
    O: Output,
{
    fn kept(&self, dataset: usize) -> Result<Kept> {
        (self.points)(&self.params, &self.on, dataset)
    }

    fn start(self: Box<Self>, input: Input, pulse: Pulse) -> Steps {
        let Self { params, on, resident, run, .. } = *self;
        let ran = run(Call { params, on, input, pulse: pulse.clone(), resident });
        let mut job = Computation::new(&pulse, async move { Ok(ran.await?.into_js()) });
        Box::new(move |budget| job.step(budget))
    }
}

static OPERATIONS: OnceLock<&'static [&'static [Entry]]> = OnceLock::new();

/// Says which operations the module has.
pub(crate) fn register(operations: &'static [&'static [Entry]]) {
    let _ = OPERATIONS.set(operations);
}

/// The operation of a name.
pub(crate) fn named(name: &str) -> Result<&'static dyn Operation> {
    let mut known = OPERATIONS.get().copied().unwrap_or_default().iter().copied().flatten();
    let missing = || UmapError::parameter("operation", "one that the module has", name);
    known.find(|(own, _)| *own == name).map(|(_, operation)| *operation).ok_or_else(missing)
}
