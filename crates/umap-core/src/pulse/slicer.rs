//! When a computation suspends itself: when its time slice is used up. And when it ends early: once it was cancelled.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::clock::Clock;
use crate::error::{Result, UmapError};

/// The clock, the end of the slice, and whether there is to be another one.
pub(super) struct Slicer {
    clock: Clock,
    deadline: Cell<f64>,
    pub(super) cancelled: Cell<bool>,
}

impl Slicer {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, deadline: Cell::new(f64::INFINITY), cancelled: Cell::new(false) }
    }

    pub(super) fn now(&self) -> f64 {
        (self.clock)()
    }

    pub(super) fn work_for(&self, budget_ms: f64) {
        self.deadline.set(self.now() + budget_ms);
    }

    /// Suspends the computation if the slice is used up; errs once it was cancelled.
    pub(super) fn tick(&self) -> Tick<'_> {
        Tick { slicer: self, has_suspended: false }
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.cancelled.get() { Err(UmapError::Cancelled) } else { Ok(()) }
    }
}

/// A future by hand, not an `async fn`: it is a part of every loop of every stage, and this is smaller.
pub(super) struct Tick<'a> {
    slicer: &'a Slicer,
    has_suspended: bool,
}

impl Future for Tick<'_> {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        if !self.has_suspended && self.slicer.now() >= self.slicer.deadline.get() {
            self.has_suspended = true;
            return Poll::Pending;
        }
        Poll::Ready(self.slicer.check())
    }
}

/// Ends the step; the computation goes on from here at the next one.
pub(super) fn suspend() -> impl Future<Output = ()> {
    let mut has_suspended = false;
    poll_fn(move |_| if std::mem::replace(&mut has_suspended, true) { Poll::Ready(()) } else { Poll::Pending })
}
