//! Training: batches of edges and what the networks learn from them, step by step (Sainburg et al. 2021, section 2.2).
//!
//! A step draws edges by their weight, and random rows that repel; the encoder maps all of them at once, and the cross-entropy
//! of the fuzzy set is differentiated through it. Its cost is that of the networks on twice as many rows as there are edges in
//! the batch, whatever the number of rows of the data. At first the encoder learns a layout of the same graph (distillation), a
//! regression.
//!
//! What a step draws depends on its number alone, and weights move once its derivatives are all there: a step that is cancelled
//! before that is made again, one that is cancelled then goes on with the weights that have not moved (a file has it at its
//! end). So training that was cancelled, or saved, goes on where it was with the same bits.

mod batch;
mod check;
mod data;
mod edges;
mod history;
mod move_weights;
mod progress;
mod run;
mod step;
mod trainer;
mod update;

pub use data::TrainingData;
pub use edges::Edges;
pub use history::Report;
pub(crate) use progress::Progress;
pub use trainer::Trainer;
