//! Progress, cancellation and time slices in one: what a stage calls while it works.
//!
//! A stage is an `async fn` that awaits [`Pulse::tick`] every few milliseconds of work. When the slice's time is used
//! up the tick suspends the whole computation; [`Job::step`] resumes it. So a worker stays responsive (messages such as
//! an abort arrive between two steps) without threads or shared flags, and the same code runs natively in a loop.
//! Where a slice ends depends on the clock, what is computed does not.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::error::{Result, UmapError};

/// The stages of a computation, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Rows are copied in and put into the metric's form.
    Points,
    /// Nearest neighbours.
    Knn,
    /// Fuzzy simplicial set.
    Fuzzy,
    /// Initial layout.
    Init,
    /// Layout.
    Optimize,
    /// A network learns.
    Train,
    /// Local radii, for `outputDens`.
    Radii,
    /// Rows go through a network.
    Transform,
    /// Quality measures.
    Evaluate,
    /// A model becomes a file.
    Save,
    /// A file becomes a model.
    Load,
}

/// Milliseconds from any fixed start.
pub type Clock = fn() -> f64;

struct Shared {
    clock: Clock,
    deadline: Cell<f64>,
    cancelled: Cell<bool>,
    stage: Cell<Stage>,
    slice: Cell<Option<u32>>,
    fraction: Cell<f64>,
    epoch: Cell<Option<u32>>,
    loss: Cell<Option<f64>>,
    started: Cell<f64>,
    times: RefCell<Vec<(Stage, f64)>>,
    has_begun: Cell<bool>,
    ended: RefCell<Vec<EndedStage>>,
    frame_every: Cell<u32>,
    frame: RefCell<Option<Frame>>,
    question: RefCell<Option<Question>>,
    answer: RefCell<Option<Answer>>,
    ticks: Cell<u64>,
}

/// A stage that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct EndedStage {
    /// Which.
    pub stage: Stage,
    /// Of which dataset, where there are several and they are worked on one by one.
    pub slice: Option<u32>,
}

/// A layout in the making, see [`Pulse::offer_frame`].
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Epochs done.
    pub epoch: u32,
    /// Coordinates, row-major.
    pub embedding: Vec<f32>,
}

/// What only code of the caller's can compute, see [`Pulse::ask`].
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Which code is asked.
    pub kind: &'static str,
    /// Of the matrices.
    pub rows: usize,
    /// Row-major, by name.
    pub matrices: Vec<(&'static str, Vec<f32>)>,
}

/// What the caller's code gave; None if it failed, or is not waited for any more.
type Answer = Option<Vec<f32>>;

/// Handle on a running computation: the stage reports and checks through it, the caller watches and cancels.
#[derive(Clone)]
pub struct Pulse {
    shared: Rc<Shared>,
    from: f64,
    to: f64,
}

impl Pulse {
    /// A pulse that reads the time from `clock`.
    pub fn new(clock: Clock) -> Self {
        let shared = Shared {
            clock,
            deadline: Cell::new(f64::INFINITY),
            cancelled: Cell::new(false),
            stage: Cell::new(Stage::Points),
            slice: Cell::new(None),
            fraction: Cell::new(0.0),
            epoch: Cell::new(None),
            loss: Cell::new(None),
            started: Cell::new(clock()),
            times: RefCell::new(Vec::new()),
            has_begun: Cell::new(false),
            ended: RefCell::new(Vec::new()),
            frame_every: Cell::new(0),
            frame: RefCell::new(None),
            question: RefCell::new(None),
            answer: RefCell::new(None),
            ticks: Cell::new(0),
        };
        Self { shared: Rc::new(shared), from: 0.0, to: 1.0 }
    }

    /// Starts a stage; the time since the previous `begin` belongs to the previous stage.
    pub fn begin(&self, stage: Stage) {
        self.end_stage();
        self.shared.has_begun.set(true);
        self.shared.stage.set(stage);
        self.shared.fraction.set(0.0);
        self.shared.epoch.set(None);
        self.shared.loss.set(None);
    }

    /// Says which of several datasets the stages that follow work on; None for all.
    pub fn at_slice(&self, slice: Option<u32>) {
        self.shared.slice.set(slice);
    }

    /// Ends the last stage and returns the stages with the milliseconds each took.
    pub fn finish(&self) -> Vec<(Stage, f64)> {
        self.end_stage();
        self.shared.has_begun.set(false);
        self.shared.fraction.set(1.0);
        self.shared.times.borrow().clone()
    }

    /// The stages that ended since this was asked last: a caller that looks now and then would miss short ones.
    pub fn take_ended(&self) -> Vec<EndedStage> {
        self.shared.ended.take()
    }

    /// Says that all is done: the stage at work has ended.
    pub fn end(&self) {
        if self.shared.has_begun.replace(false) {
            self.shared.ended.borrow_mut().push(EndedStage { stage: self.stage(), slice: self.slice() });
        }
    }

    fn end_stage(&self) {
        self.end();
        let now = (self.shared.clock)();
        let took = now - self.shared.started.replace(now);
        let (stage, mut times) = (self.shared.stage.get(), self.shared.times.borrow_mut());
        match times.iter_mut().find(|(s, _)| *s == stage) {
            Some((_, ms)) => *ms += took,
            None => times.push((stage, took)),
        }
    }

    /// The part of this pulse from `from` to `to` (fractions of it), for a step of a stage.
    pub fn part(&self, from: f64, to: f64) -> Self {
        let width = self.to - self.from;
        Self { shared: self.shared.clone(), from: self.from + width * from, to: self.from + width * to }
    }

    /// Reports how much of this pulse is done (0 to 1), and lets the caller have the thread if the slice is used up.
    /// Errs with `Cancelled` once the caller has cancelled.
    pub async fn tick(&self, fraction: f64) -> Result<()> {
        let at = self.from + (self.to - self.from) * fraction.clamp(0.0, 1.0);
        // Never backwards, whatever the parts of a stage report.
        self.shared.fraction.set(self.shared.fraction.get().max(at));
        self.shared.ticks.set(self.shared.ticks.get() + 1);
        if (self.shared.clock)() >= self.shared.deadline.get() {
            YieldOnce(false).await;
        }
        if self.shared.cancelled.get() { Err(UmapError::Cancelled) } else { Ok(()) }
    }

    /// Like [`tick`](Self::tick), for a stage that counts epochs.
    pub async fn tick_epoch(&self, epoch: u32, n_epochs: u32) -> Result<()> {
        self.shared.epoch.set(Some(epoch));
        self.tick(f64::from(epoch) / f64::from(n_epochs.max(1))).await
    }

    /// Hands the layout after `epoch` epochs to the caller if it asked for it (see [`Pulse::request_frames`]), and waits
    /// until it has been taken.
    pub async fn offer_frame(&self, epoch: u32, n_epochs: u32, embedding: &[f32]) -> Result<()> {
        let every = self.shared.frame_every.get();
        if every == 0 || (!epoch.is_multiple_of(every) && epoch != n_epochs) {
            return Ok(());
        }
        *self.shared.frame.borrow_mut() = Some(Frame { epoch, embedding: embedding.to_vec() });
        while self.shared.frame.borrow().is_some() && !self.shared.cancelled.get() {
            YieldOnce(false).await;
        }
        if self.shared.cancelled.get() { Err(UmapError::Cancelled) } else { Ok(()) }
    }

    /// Has code of the caller's compute something, and waits for it. Errs with `Cancelled` if there will be no answer.
    pub async fn ask(&self, question: Question) -> Result<Vec<f32>> {
        *self.shared.question.borrow_mut() = Some(question);
        loop {
            YieldOnce(false).await;
            if let Some(answer) = self.shared.answer.borrow_mut().take() {
                return answer.ok_or(UmapError::Cancelled);
            }
        }
    }

    /// Takes the open question; it must be answered before the next step.
    pub fn take_question(&self) -> Option<Question> {
        self.shared.question.borrow_mut().take()
    }

    /// Answers the question that was taken.
    pub fn answer(&self, answer: Option<Vec<f32>>) {
        *self.shared.answer.borrow_mut() = Some(answer);
    }

    /// Says how great the loss of a network was since the last report.
    pub fn report_loss(&self, loss: f64) {
        self.shared.loss.set(Some(loss));
    }

    /// Asks for a frame every so many epochs (0 for none).
    pub fn request_frames(&self, every: u32) {
        self.shared.frame_every.set(every);
    }

    /// Takes the frame on offer; the layout goes on at the next step.
    pub fn take_frame(&self) -> Option<Frame> {
        self.shared.frame.borrow_mut().take()
    }

    /// Makes the next tick err.
    pub fn cancel(&self) {
        self.shared.cancelled.set(true);
    }

    /// Makes every tick suspend the computation; for tests that want to be everywhere.
    pub fn hurry(&self) {
        self.shared.deadline.set(f64::NEG_INFINITY);
    }

    /// The stage at work.
    pub fn stage(&self) -> Stage {
        self.shared.stage.get()
    }

    /// The dataset at work, where there are several and they are worked on one by one.
    pub fn slice(&self) -> Option<u32> {
        self.shared.slice.get()
    }

    /// How much of the stage is done, 0 to 1, never decreasing within a stage.
    pub fn fraction(&self) -> f64 {
        self.shared.fraction.get()
    }

    /// Epochs done, in the stage that counts them.
    pub fn epoch(&self) -> Option<u32> {
        self.shared.epoch.get()
    }

    /// The loss that was reported last, in the stage that has one.
    pub fn loss(&self) -> Option<f64> {
        self.shared.loss.get()
    }

    /// How often work was interruptible so far; tests hold it against the amount of work.
    pub fn ticks(&self) -> u64 {
        self.shared.ticks.get()
    }

    pub(crate) fn now(&self) -> f64 {
        (self.shared.clock)()
    }
}

struct YieldOnce(bool);

impl Future for YieldOnce {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        Poll::Pending
    }
}

/// A computation that is advanced by its owner, a slice at a time.
pub struct Job<T> {
    future: Pin<Box<dyn Future<Output = Result<T>>>>,
    pulse: Pulse,
}

impl<T> Job<T> {
    /// `future` must report through (a clone of) `pulse`.
    pub fn new(pulse: &Pulse, future: impl Future<Output = Result<T>> + 'static) -> Self {
        Self { future: Box::pin(future), pulse: pulse.clone() }
    }

    /// Works for about `budget_ms`; `Some` once done. Must not be called again after that.
    pub fn step(&mut self, budget_ms: f64) -> Option<Result<T>> {
        self.pulse.shared.deadline.set(self.pulse.now() + budget_ms);
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

/// The operating system's monotonic clock. There is none in WebAssembly, where the caller brings one.
#[cfg(not(target_arch = "wasm32"))]
pub fn native_clock() -> f64 {
    thread_local!(static START: std::time::Instant = std::time::Instant::now());
    START.with(|start| start.elapsed().as_secs_f64() * 1e3)
}

#[cfg(target_arch = "wasm32")]
fn native_clock() -> f64 {
    0.0
}
