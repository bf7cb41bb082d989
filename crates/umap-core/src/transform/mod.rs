//! New points into the embedding of a model, which stays as it is.
//!
//! A row's place follows from the model and that row alone: its neighbours in the model, its memberships with constants
//! of the model, the coordinates of those neighbours. So it is the same bits alone and in any batch, in any order. Most of the time
//! goes into the search for neighbours, by the index of `index/`, which is made with the first new points. umap-learn optimises
//! the new rows by some epochs more; `place.rs` says why there are none here.

mod new_points;
mod place;

pub use new_points::{Transformed, check_columns, place_by_neighbors, transform};
