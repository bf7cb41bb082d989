//! Progress, cancellation and time slices in one: what a stage calls while it works.
//!
//! A stage is an `async fn` that awaits [`Pulse::tick`] every few milliseconds of work. When the slice's time is used
//! up the tick suspends the whole computation; [`Computation::step`] resumes it. So a worker stays responsive (messages such
//! as an abort arrive between two steps) without threads or shared flags, and the same code runs natively in a loop.
//! Where a slice ends depends on the clock, what is computed does not.
//!
//! The handle has three parts: `report` is what the owner sees, `slicer` when the computation suspends itself, `exchange`
//! what the two hand each other.

mod clock;
mod computation;
mod exchange;
mod handle;
mod report;
mod slicer;
mod stage;

pub use clock::Clock;
#[cfg(not(target_arch = "wasm32"))]
pub use clock::native_clock;
pub use computation::{Computation, block_on};
pub use exchange::{LayoutFrame, Question};
pub use handle::Pulse;
pub use report::EndedStage;
pub use stage::Stage;
