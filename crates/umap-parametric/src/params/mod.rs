//! Options of `ParametricUMAP`. TypeScript's types, defaults and documentation are generated from these files.

mod parametric;
mod training;

pub use parametric::{NOT_HERE, ParametricParams, ParametricSaveParams};
pub use training::{EarlyStopping, GraphLoss, InputScaling, Schedule, TrainingParams, default_steps};
