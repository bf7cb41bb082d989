//! Kinds of rows besides rows of numbers ([`Points`](crate::points::Points)), each an implementation of
//! [`Space`](crate::space::Space):
//! sparse rows, rows of bits, strings, and rows of which only distances are known.

mod bits;
mod distance_spaces;
mod distances;
mod known_distances;
mod read;
mod sparse;
mod strings;

pub use bits::Bits;
pub use distances::Distances;
pub use known_distances::KnownDistances;
pub use sparse::{SparseBuilder, SparsePoints};
pub use strings::Strings;
