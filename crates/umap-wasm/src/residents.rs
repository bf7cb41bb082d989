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
pub(crate) fn put<T: 'static>(id: u32, value: T) -> Rc<T> {
    let kept = Rc::new(value);
    let before = RESIDENTS.with_borrow_mut(|all| all.insert(id, kept.clone()));
    drop(before);
    kept
}

/// What is kept under a number, if there is something of this type.
pub fn get<T: 'static>(id: u32) -> Option<Rc<T>> {
    RESIDENTS.with_borrow(|all| all.get(&id).cloned())?.downcast().ok()
}

/// What is kept under a number, which is then free; None (and nothing taken) if there is nothing of this type, or a job
/// uses it.
pub(crate) fn take<T: 'static>(id: u32) -> Option<T> {
    let kept = get::<T>(id)?;
    // One is this, and one is kept.
    if Rc::strong_count(&kept) > 2 {
        return None;
    }
    release(id);
    Rc::into_inner(kept)
}

/// Lets go of what is kept under a number, if anything is.
#[wasm_bindgen]
pub fn release(id: u32) {
    let released = RESIDENTS.with_borrow_mut(|all| all.remove(&id));
    drop(released);
}
