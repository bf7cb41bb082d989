//! What training makes small: each loss with its derivatives.

pub mod correlation;
pub mod graph;
pub mod landmarks;
pub mod reconstruction;
