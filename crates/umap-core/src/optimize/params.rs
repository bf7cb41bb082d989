//! What decides on a layout.

/// What decides on the layout besides graph, start and force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayoutParams {
    /// Epochs.
    pub n_epochs: u32,
    /// Scale of the steps, see [`schedule::learning_rate`].
    pub learning_rate: f64,
    /// Random vertices that repel per edge that attracts.
    pub negative_sample_rate: u32,
    /// Seed of the random vertices.
    pub seed: u32,
}
