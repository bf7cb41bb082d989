//! A fuzzy simplicial set to its embedding: where the layout starts, and its epochs (UMAP paper, section 3.2).
//!
//! No points are needed: those who have them give them, for starts by principal components and for the arrangement of
//! components; those who have neighbours give them, for DensMAP's radii. Time grows with edges x epochs (MNIST, 200 epochs on
//! two threads: 0.9 of 3.2 s). Only the last epoch is kept, with what the next one needs: a layout goes on from there, in the
//! middle of an epoch too, and gives the bits that it would have given without the interruption.

mod file;
mod fit;

pub(crate) use file::{LayoutHead, StartedHead};
pub(crate) use fit::disconnected_rows;
pub use fit::{FittedLayout, LayoutFit, LayoutInput};
