//! Checks of ranges that several options have.

use crate::error::{Result, UmapError};

pub(super) fn check(name: &str, value: f64, ok: bool, expected: &str) -> Result<()> {
    if ok && !value.is_nan() { Ok(()) } else { Err(UmapError::parameter(name, expected, value)) }
}

pub(super) fn check_count(name: &str, value: u32, least: u32) -> Result<()> {
    check(name, value.into(), value >= least, &format!("an integer, at least {least}"))
}

pub(super) fn check_threads(threads: i32) -> Result<()> {
    let ok = threads == -1 || (1..=MAX_THREADS as i32).contains(&threads);
    check("nThreads", threads.into(), ok, &format!("-1, or an integer, 1 to {MAX_THREADS}"))
}

/// Every thread is a worker with a stack of its own.
pub const MAX_THREADS: u32 = 256;

/// Threads of `-1` at most: each takes 2 MB of the module's memory, some ms to start and a share of every small batch, and
/// an engine for every page or process of a large server would be hundreds.
pub const DEFAULT_THREADS: u32 = 32;
