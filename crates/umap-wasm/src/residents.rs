//! What stays in the module between calls, by the numbers that the caller gave it: fitted models, indexes, interrupted fits.
//!
//! A job works on a clone of the `Rc`, so what is released while jobs use it lives until the last of them has ended.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use umap_core::{Result, UmapError};
use wasm_bindgen::prelude::*;

thread_local! {
    // Of the one thread that drives jobs.
    static RESIDENTS: RefCell<BTreeMap<u32, Rc<dyn Any>>> = const { RefCell::new(BTreeMap::new()) };
}

/// Keeps `value` under a number, in the place of what was there.
pub(crate) fn put<T: 'static>(id: u32, value: T) {
    let before = RESIDENTS.with_borrow_mut(|all| all.insert(id, Rc::new(value)));
    drop(before);
}

/// What is kept under a number; None if it is of another type.
pub(crate) fn get<T: 'static>(id: u32) -> Result<Option<Rc<T>>> {
    let found = RESIDENTS.with_borrow(|all| all.get(&id).cloned());
    let lost = || UmapError::InstanceLost(format!("there is no resident {id}"));
    Ok(found.ok_or_else(lost)?.downcast().ok())
}

/// What is kept under a number, which is then free; None (and nothing taken) if it is of another type or in use.
pub(crate) fn take<T: 'static>(id: u32) -> Result<Option<T>> {
    let Some(found) = get::<T>(id)? else { return Ok(None) };
    let kept = RESIDENTS.with_borrow_mut(|all| all.remove(&id));
    drop(found);
    match kept.and_then(|kept| kept.downcast().ok()).map(Rc::try_unwrap) {
        Some(Ok(value)) => Ok(Some(value)),
        Some(Err(used)) => {
            RESIDENTS.with_borrow_mut(|all| all.insert(id, used));
            Ok(None)
        }
        None => Ok(None),
    }
}

/// Lets go of what is kept under a number, if anything is.
#[wasm_bindgen]
pub fn release(id: u32) {
    let released = RESIDENTS.with_borrow_mut(|all| all.remove(&id));
    drop(released);
}
