//! The one owned copy of the input: rows in the metric's form, in chunks that each fit a WebAssembly allocation.

mod append;
mod builder;
mod bytes;
mod chunks;
mod dense;
mod element;
mod frame;
mod half;
mod store;
mod stored;
mod values;

pub use builder::PointsBuilder;
pub(crate) use chunks::Chunks;
pub use dense::Points;
pub use element::Element;
pub use frame::Frame;
pub use half::F16;
pub use store::{Store, StoreUsed};
