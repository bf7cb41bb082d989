//! Stage 3: fuzzy simplicial set to the initial layout (UMAP paper, section 3.2 and algorithm 4).
//!
//! Spectral (each component on its own), principal components, random, or the user's array; in the end every axis runs
//! from 0 to 10, or further along a sheet that is longer than wide. Where a method cannot serve, the next takes its place
//! (spectral, PCA, random) and the layout says so.
//!
//! Spectral embeddings say what is near what at large, which the epochs of the layout hardly change any more. Eigenvectors of
//! the smallest eigenvalues come from a hierarchy of coarser and coarser graphs: the cost is some tens of products of the graph
//! with a block of vectors, at most 200 (MNIST on two threads: 0.13 s, against 2.5 s in umap-learn), however close the
//! eigenvalues are. Of a graph in pieces each is laid out on its own, and they are put beside each other as the points lie.

mod block;
mod coarsen;
mod column_means;
mod components;
pub(crate) mod dense;
mod eigen;
mod finish;
mod given;
mod harmonics;
mod initial_layout;
mod meta;
#[cfg(test)]
mod oracle;
mod pca;
mod pca_rows;
mod refine;
mod ritz;
mod rows;
mod spectral;
mod walk;

pub use initial_layout::{InitUsed, InitialLayout, given_layout, initial_layout};
pub use meta::Placement;
pub use pca::PrincipalAxes;
