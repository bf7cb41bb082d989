//! Computations that are advanced by their owner.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::clock::native_clock;
use super::handle::Pulse;
use crate::error::Result;

/// A computation that is advanced by its owner, a slice at a time.
pub struct Computation<T> {
    future: Pin<Box<dyn Future<Output = Result<T>>>>,
    pulse: Pulse,
}

impl<T> Computation<T> {
    /// `future` must report through (a clone of) `pulse`.
    pub fn new(pulse: &Pulse, future: impl Future<Output = Result<T>> + 'static) -> Self {
        Self { future: Box::pin(future), pulse: pulse.clone() }
    }

    /// Works for about `budget_ms`; `Some` once done. Must not be called again after that.
    pub fn step(&mut self, budget_ms: f64) -> Option<Result<T>> {
        self.pulse.work_for(budget_ms);
        match self.future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => Some(result),
            Poll::Pending => None,
        }
    }

    /// What the computation reports.
    pub fn pulse(&self) -> &Pulse {
        &self.pulse
    }
}

/// Runs a stage to its end on this thread; for native callers and tests.
pub fn block_on<F: AsyncFnOnce(&Pulse) -> R, R>(stage: F) -> R {
    let pulse = Pulse::new(native_clock);
    let mut future = std::pin::pin!(stage(&pulse));
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return result;
        }
    }
}
