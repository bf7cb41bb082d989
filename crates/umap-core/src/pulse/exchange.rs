//! What a computation and its owner hand each other between two steps: layouts to look at, questions and their answers.

use std::cell::{Cell, RefCell};

use super::slicer::{Slicer, suspend};
use crate::error::{Result, UmapError};

/// A layout in the making, see [`Pulse::offer_frame`](super::Pulse::offer_frame).
#[derive(Clone, Debug, PartialEq)]
pub struct LayoutFrame {
    /// Epochs done.
    pub epoch: u32,
    /// Coordinates, row-major.
    pub embedding: Vec<f32>,
}

/// What only the caller's code can compute, see [`Pulse::ask`](super::Pulse::ask).
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

/// What is on its way between the two.
#[derive(Default)]
pub(super) struct Exchange {
    pub(super) frame_every: Cell<u32>,
    pub(super) frame: RefCell<Option<LayoutFrame>>,
    pub(super) question: RefCell<Option<Question>>,
    pub(super) answer: RefCell<Option<Answer>>,
}

impl Exchange {
    /// Waits until the layout has been taken, if it is one of those that were asked for.
    pub(super) async fn offer_frame(
        &self,
        slicer: &Slicer,
        [epoch, n_epochs]: [u32; 2],
        embedding: &[f32],
    ) -> Result<()> {
        let every = self.frame_every.get();
        if every == 0 || (!epoch.is_multiple_of(every) && epoch != n_epochs) {
            return Ok(());
        }
        *self.frame.borrow_mut() = Some(LayoutFrame { epoch, embedding: embedding.to_vec() });
        while self.frame.borrow().is_some() && !slicer.cancelled.get() {
            suspend().await;
        }
        slicer.check()
    }

    /// Waits for the answer.
    pub(super) async fn ask(&self, question: Question) -> Result<Vec<f32>> {
        *self.question.borrow_mut() = Some(question);
        loop {
            suspend().await;
            if let Some(answer) = self.answer.borrow_mut().take() {
                return answer.ok_or(UmapError::Cancelled);
            }
        }
    }
}
