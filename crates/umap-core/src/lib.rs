//! UMAP (McInnes, Healy, Melville 2018, <https://arxiv.org/abs/1802.03426>) as a pipeline of stages, one folder each:
//! [`points`] -> [`knn`] -> [`fuzzy`] -> [`init`] -> [`optimize`]. Each stage takes the previous stage's value.
//!
//! The same input, options and seed give the same bits for any number of threads, natively and in WebAssembly.

pub mod aligned;
mod boxed;
mod checkpoint;
pub mod csr;
pub mod curve;
mod densmap;
pub mod error;
pub mod evaluate;
pub mod file;
pub mod fuzzy;
pub mod graph;
pub mod index;
pub mod init;
pub mod json;
pub mod kinds;
pub mod knn;
pub mod layout;
pub mod math;
pub mod matrix;
pub mod memory;
pub mod metric;
pub mod optimize;
pub mod parallel;
pub mod params;
pub mod points;
pub mod procrustes;
pub mod pulse;
pub mod random;
pub mod simd;
mod sorting;
pub mod space;
mod spelling;
pub mod transform;
pub mod umap;

pub use error::{Result, UmapError};
