//! What neighbours are looked for among: rows, and how far they are from each other.
//!
//! A kind of data is a type that implements [`Space`]; rows of numbers ([`Points`]) are one. The searches for neighbours, the
//! index, the fuzzy set, `transform` and `evaluate` know nothing of the rows but this trait. The approximate search puts
//! rows in an order of its own and groups them around centres: it sees them as a [`SearchSpace`], which is specialised for
//! rows of numbers (means as centres, many rows compared at a time) and follows from [`Space`] for everything else (medoids
//! as centres).

mod dense;
mod f32_space;
mod keys;
mod kind;
mod medoid;
mod ordered;
mod pair_by_pair;
mod pair_space;
mod search;

pub(crate) use f32_space::F32Space;
pub(crate) use keys::entry_of;
pub use keys::{key_of, value_of};
pub use kind::{AllAtOnce, Comparison, Geometry, Query, Space, SpaceInfo};
pub use pair_by_pair::PairByPair;
pub(crate) use search::{Gathered, Row, SearchSpace, Stretch, TILE_A, TILE_B, by_fours, put};

#[cfg(doc)]
use crate::points::Points;

/// The rows of a space as the search sees them: row `i` is row `order[i]` of the space.
pub(crate) fn in_order<'a>(space: &'a dyn Space, order: &'a [u32]) -> Box<dyn SearchSpace + 'a> {
    match space.dense() {
        Some(points) => Box::new(F32Space::new(points, order)),
        None => Box::new(pair_space::PairSpace::new(space, order)),
    }
}
