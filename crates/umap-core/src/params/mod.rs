//! Every option: its name, meaning, range and default. TypeScript's types, defaults and documentation are generated
//! from these files (`npm run generate`); there is no other place for them.

mod aligned;
mod calls;
mod umap;

use serde::de::DeserializeOwned;
use serde_json::Value;

pub use self::aligned::{AlignedParams, AlignmentParams, SHARED};
pub use self::calls::{EvaluateParams, IndexParams, KnnParams, QueryParams, SaveParams};
pub use self::umap::{ALIASES, Init, TransformMode, UmapParams};
use crate::error::{Result, UmapError};
pub use crate::json::{from_json, from_value};

/// Options that a caller wrote.
pub trait Params: DeserializeOwned {
    /// Checks every range.
    fn validate(&self) -> Result<()>;

    /// Reads options from JSON and checks them.
    fn from_json(json: &str) -> Result<Self> {
        let params: Self = from_json(json)?;
        params.validate()?;
        Ok(params)
    }

    /// The same from a value.
    fn from_value(value: Value) -> Result<Self> {
        let params: Self = from_value(value)?;
        params.validate()?;
        Ok(params)
    }
}

fn check(name: &str, value: f64, ok: bool, expected: &str) -> Result<()> {
    if ok && !value.is_nan() { Ok(()) } else { Err(UmapError::parameter(name, expected, value)) }
}

fn check_count(name: &str, value: u32, least: u32) -> Result<()> {
    check(name, value.into(), value >= least, &format!("an integer, at least {least}"))
}

fn check_threads(threads: i32) -> Result<()> {
    let ok = threads == -1 || (1..=MAX_THREADS as i32).contains(&threads);
    check("nThreads", threads.into(), ok, &format!("-1, or an integer, 1 to {MAX_THREADS}"))
}

/// Every thread is a worker with a stack of its own.
pub const MAX_THREADS: u32 = 256;
