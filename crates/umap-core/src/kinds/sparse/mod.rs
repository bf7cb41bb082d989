//! Rows of which most values are 0: of each only the others are kept, in the order of their columns (CSR).

mod builder;
mod choice;
mod compare;
mod ends;
mod lists;
mod rows;
mod scheme;
mod space;
mod sums;

pub use builder::SparseBuilder;
pub use rows::SparsePoints;
