//! The one way in which stages use threads: independent tasks in batches, with a tick between batches.
//!
//! Tasks are cut by constants, never by the number of threads, so results cannot depend on it. How many tasks make a
//! batch follows the clock (about [`BATCH_MS`] each); it decides when a tick happens and nothing else.

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
    let total = items.len();
    let mut results = Vec::with_capacity(total);
    let mut batch_len = threads() * 2;
    while results.len() < total {
        let batch: Vec<I> = items.by_ref().take(batch_len).collect();
        let before = pulse.now();
        run_batch(batch, &work, &mut results);
        let took = (pulse.now() - before).max(0.01);
        let wanted = (batch_len as f64 * BATCH_MS / took) as usize;
        batch_len = wanted.clamp(batch_len / 2, batch_len * 4).max(threads());
        pulse.tick(results.len() as f64 / total as f64).await?;
    }
    Ok(results)
}

#[cfg(feature = "threads")]
fn run_batch<I: Send, R: Send>(batch: Vec<I>, work: &(impl Fn(I) -> R + Sync + Send), results: &mut Vec<R>) {
    use rayon::prelude::*;
    // A cheap batch costs more to hand out than to do; a single task gains nothing.
    if batch.len() == 1 || threads() == 1 {
        results.extend(batch.into_iter().map(work));
    } else {
        results.par_extend(batch.into_par_iter().map(work));
    }
}

#[cfg(not(feature = "threads"))]
fn run_batch<I, R>(batch: Vec<I>, work: &impl Fn(I) -> R, results: &mut Vec<R>) {
    results.extend(batch.into_iter().map(work));
}

/// Threads that a batch may use. Only for sizing batches: results must not depend on it.
pub fn threads() -> usize {
    #[cfg(feature = "threads")]
    return rayon::current_num_threads();
    #[cfg(not(feature = "threads"))]
    return 1;
}
