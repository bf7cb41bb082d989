//! The one way in which stages use threads: independent tasks in batches, with a tick between batches.
//!
//! What a task does in a loop is a function with a name and `#[inline(never)]`. A closure in an `async fn` is compiled together
//! with what awaits it, in the WebAssembly module for size (see Cargo.toml), a plain function for speed where it stands.
//!
//! Tasks are cut by constants, never by the number of threads, so results cannot depend on it. How many tasks make a
//! batch follows the clock (about [`BATCH_MS`] each); it decides when a tick happens and nothing else.

use std::cell::UnsafeCell;

use crate::boxed::boxed;
use crate::error::Result;
use crate::pulse::Pulse;

/// Wall time that a batch aims at. Twice this plus a slice is what an abort may have to wait, so a task should stay
/// well below it.
const BATCH_MS: f64 = 15.0;

/// Calls `work` for every item; items may carry disjoint `&mut` slices of the output.
pub async fn for_each<I, W>(
    pulse: &Pulse,
    items: impl IntoIterator<Item = I, IntoIter: ExactSizeIterator>,
    work: W,
) -> Result<()>
where
    I: Send,
    W: Fn(I) + Sync + Send,
{
    map(pulse, items, work).await.map(|_| ())
}

/// Calls `work` for every item and returns what it returned, in the order of the items.
pub async fn map<I, R, W>(
    pulse: &Pulse,
    items: impl IntoIterator<Item = I, IntoIter: ExactSizeIterator>,
    work: W,
) -> Result<Vec<R>>
where
    I: Send,
    R: Send,
    W: Fn(I) -> R + Sync + Send,
{
    let mut items = items.into_iter();
    let mut results = Vec::with_capacity(items.len());
    let total = items.len();
    let mut run = |len: usize| run_batch(items.by_ref().take(len).map(Slot::new).collect(), &work, &mut results);
    boxed(batches(total, &mut run, pulse)).await?;
    Ok(results)
}

/// Has all of `total` tasks run, so many at a time. The one loop of all that is parallel: compiled for every kind of task
/// instead, it and rayon's part of it were a fifth of the module.
async fn batches(total: usize, run: &mut dyn FnMut(usize), pulse: &Pulse) -> Result<()> {
    let (mut done, mut len) = (0, threads() * 2);
    while done < total {
        let before = pulse.now();
        run(len.min(total - done));
        done += len.min(total - done);
        let took = (pulse.now() - before).max(0.01);
        let wanted = (len as f64 * BATCH_MS / took) as usize;
        len = wanted.clamp(len / 2, len * 4).max(threads());
        pulse.tick(done as f64 / total as f64).await?;
    }
    Ok(())
}

/// An item, then what became of it. Each slot is one task's alone.
struct Slot<I, R>(UnsafeCell<State<I, R>>);

enum State<I, R> {
    Waiting(I),
    Running,
    Done(R),
}

// SAFETY: `run_batch` has each slot used by one task only, and reads them when all tasks have ended; what moves between
// threads on the way is an item or a result.
unsafe impl<I: Send, R: Send> Sync for Slot<I, R> {}

impl<I, R> Slot<I, R> {
    fn new(item: I) -> Self {
        Self(UnsafeCell::new(State::Waiting(item)))
    }
}

fn run_batch<I: Send, R: Send>(slots: Vec<Slot<I, R>>, work: &(impl Fn(I) -> R + Sync), results: &mut Vec<R>) {
    each(slots.len(), &|at| {
        // SAFETY: `each` calls this once for each number, so nobody else has this slot while the batch runs.
        let state = unsafe { &mut *slots[at].0.get() };
        if let State::Waiting(item) = std::mem::replace(state, State::Running) {
            *state = State::Done(work(item));
        }
    });
    results.extend(slots.into_iter().filter_map(|slot| match slot.0.into_inner() {
        State::Done(result) => Some(result),
        State::Waiting(_) | State::Running => None,
    }));
}

/// Calls `task` once for each number below `len`.
fn each(len: usize, task: &(dyn Fn(usize) + Sync)) {
    #[cfg(feature = "threads")]
    // A single task gains nothing from a pool.
    if len > 1 && threads() > 1 {
        use rayon::prelude::*;
        (0..len).into_par_iter().for_each(task);
        return;
    }
    (0..len).for_each(task);
}

/// Threads that a batch may use. Only for sizing batches: results must not depend on it.
pub fn threads() -> usize {
    #[cfg(feature = "threads")]
    return rayon::current_num_threads();
    #[cfg(not(feature = "threads"))]
    return 1;
}
