//! The handle on a running computation.

use std::rc::Rc;

use super::clock::Clock;
use super::exchange::{Exchange, LayoutFrame, Question};
use super::report::{EndedStage, Report};
use super::slicer::Slicer;
use super::stage::Stage;
use crate::error::Result;

struct Shared {
    report: Report,
    slicer: Slicer,
    exchange: Exchange,
}

/// Handle on a running computation: the stage reports and checks through it, the caller watches and cancels.
#[derive(Clone)]
pub struct Pulse {
    shared: Rc<Shared>,
    from: f64,
    to: f64,
}

/// For the stages.
impl Pulse {
    /// Starts a stage; the time since the previous `begin` belongs to the previous stage.
    pub fn begin(&self, stage: Stage) {
        self.shared.report.begin(stage, self.now());
    }

    /// Says which of several datasets the stages that follow work on; None for all.
    pub fn at_dataset(&self, dataset: Option<u32>) {
        self.shared.report.dataset.set(dataset);
    }

    /// Ends the last stage and returns the stages with the milliseconds each took.
    pub fn finish(&self) -> Vec<(Stage, f64)> {
        self.shared.report.finish(self.now())
    }

    /// The part of this pulse from `from` to `to` (fractions of it), for a step of a stage.
    pub fn part(&self, from: f64, to: f64) -> Self {
        let width = self.to - self.from;
        Self { shared: self.shared.clone(), from: self.from + width * from, to: self.from + width * to }
    }

    /// Reports how much of this pulse is done (0 to 1), and lets the caller have the thread if the time slice is used up.
    /// Errs with `Cancelled` once the caller has cancelled.
    pub fn tick(&self, fraction: f64) -> impl Future<Output = Result<()>> {
        self.shared.report.advance(self.from + (self.to - self.from) * fraction.clamp(0.0, 1.0));
        self.shared.slicer.tick()
    }

    /// Like [`tick`](Self::tick), for a stage that counts epochs.
    pub fn tick_epoch(&self, epoch: u32, n_epochs: u32) -> impl Future<Output = Result<()>> {
        self.shared.report.epoch.set(Some(epoch));
        self.tick(f64::from(epoch) / f64::from(n_epochs.max(1)))
    }

    /// Hands the layout after `epoch` epochs to the caller if it asked for it (see [`Pulse::request_frames`]), and waits
    /// until it has been taken.
    pub fn offer_frame(&self, epoch: u32, n_epochs: u32, embedding: &[f32]) -> impl Future<Output = Result<()>> {
        self.shared.exchange.offer_frame(&self.shared.slicer, [epoch, n_epochs], embedding)
    }

    /// Asks the caller's code to compute something, and waits for it. Errs with `Cancelled` if there will be no answer.
    pub fn ask(&self, question: Question) -> impl Future<Output = Result<Vec<f32>>> {
        self.shared.exchange.ask(question)
    }

    /// Says how great the loss of a network was since the last report.
    pub fn report_loss(&self, loss: f64) {
        self.shared.report.loss.set(Some(loss));
    }

    pub(crate) fn now(&self) -> f64 {
        self.shared.slicer.now()
    }
}

/// For the owner of the computation.
impl Pulse {
    /// A pulse that reads the time from `clock`. Until [`work_for`](Self::work_for) no tick suspends the computation.
    pub fn new(clock: Clock) -> Self {
        let shared = Shared { report: Report::new(clock()), slicer: Slicer::new(clock), exchange: Exchange::default() };
        Self { shared: Rc::new(shared), from: 0.0, to: 1.0 }
    }

    /// Begins a time slice of about so many milliseconds, after which a tick suspends the computation; of 0, the next one.
    pub fn work_for(&self, budget_ms: f64) {
        self.shared.slicer.work_for(budget_ms);
    }

    /// Makes the next tick err.
    pub fn cancel(&self) {
        self.shared.slicer.cancelled.set(true);
    }

    /// The stage at work.
    pub fn stage(&self) -> Stage {
        self.shared.report.stage.get()
    }

    /// The dataset at work, where there are several and they are worked on one by one.
    pub fn dataset(&self) -> Option<u32> {
        self.shared.report.dataset.get()
    }

    /// How much of the stage is done, 0 to 1, never decreasing within a stage.
    pub fn fraction(&self) -> f64 {
        self.shared.report.fraction.get()
    }

    /// Epochs done, in the stage that counts them.
    pub fn epoch(&self) -> Option<u32> {
        self.shared.report.epoch.get()
    }

    /// The loss that was reported last, in the stage that has one.
    pub fn loss(&self) -> Option<f64> {
        self.shared.report.loss.get()
    }

    /// Says that all is done: the stage at work has ended.
    pub fn end(&self) {
        self.shared.report.end();
    }

    /// The stages that ended since this was asked last: a caller that looks now and then would miss short ones.
    pub fn take_ended(&self) -> Vec<EndedStage> {
        self.shared.report.ended.take()
    }

    /// Asks for a frame every so many epochs (0 for none).
    pub fn request_frames(&self, every: u32) {
        self.shared.exchange.frame_every.set(every);
    }

    /// Takes the frame on offer; the layout goes on at the next step.
    pub fn take_frame(&self) -> Option<LayoutFrame> {
        self.shared.exchange.frame.take()
    }

    /// Takes the open question; it must be answered before the next step.
    pub fn take_question(&self) -> Option<Question> {
        self.shared.exchange.question.take()
    }

    /// Answers the question that was taken.
    pub fn answer(&self, answer: Option<Vec<f32>>) {
        self.shared.exchange.answer.replace(Some(answer));
    }
}
