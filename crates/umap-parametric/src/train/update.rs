//! The weights of a step on their way from their old values to the new ones.

use super::history::Losses;

/// A step whose derivatives are there: what is left is to move the weights, which may be interrupted. The derivatives are with
/// the weights.
#[derive(Clone, Debug)]
pub(super) struct Update {
    pub(super) losses: Losses,
    pub(super) rate: f64,
    /// Whether the losses are to be reported then.
    pub(super) is_report_due: bool,
    /// Of the encoder and of the decoder, whether each piece has been moved; none of a network that has no part in the step.
    pub(super) moved: [Option<Vec<bool>>; 2],
}
