//! Parametric UMAP (Sainburg, McInnes and Gentner 2021, <https://arxiv.org/abs/2009.12981>): a network that maps points to
//! the embedding, trained on the fuzzy graph that UMAP lays out.
//!
//! The same data, options and seed give the same bits for any number of threads, natively and in WebAssembly.

mod answer;
mod components;
pub mod file;
pub mod fit;
mod gemm;
pub mod loss;
mod math;
pub mod model;
pub mod network;
pub mod onnx;
pub mod optimizer;
pub mod params;
pub mod scaling;
pub mod train;
mod weights;
