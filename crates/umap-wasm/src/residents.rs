//! What stays in the module between calls, by the numbers that the caller gave it: fitted models, indexes, interrupted fits.
//!
//! A job works on a clone of the `Rc`, so what is released while jobs use it lives until the last of them has ended.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

thread_local! {
    // Of the one thread that drives jobs.
    static RESIDENTS: RefCell<BTreeMap<u32, Rc<dyn Any>>> = const { RefCell::new(BTreeMap::new()) };
}

/// Keeps `value` under a number, in the place of what was there.
pub fn put<T: 'static>(id: u32, value: Rc<T>) {
    let before = RESIDENTS.with_borrow_mut(|all| all.insert(id, value));
    drop(before);
}

/// What is kept under a number, if there is something of this type.
pub fn get<T: 'static>(id: u32) -> Option<Rc<T>> {
    RESIDENTS.with_borrow(|all| all.get(&id).cloned())?.downcast().ok()
}

/// What is kept under a number, which is then free; None (and nothing taken) if there is nothing of this type, or a job
/// uses it.
pub fn take<T: 'static>(id: u32) -> Option<T> {
    drop(get::<T>(id)?);
    let kept = RESIDENTS.with_borrow_mut(|all| all.remove(&id))?.downcast::<T>().ok()?;
    Rc::try_unwrap(kept).map_err(|used| put(id, used)).ok()
}

/// Lets go of what is kept under a number, if anything is.
#[wasm_bindgen]
pub fn release(id: u32) {
    let released = RESIDENTS.with_borrow_mut(|all| all.remove(&id));
    drop(released);
}
