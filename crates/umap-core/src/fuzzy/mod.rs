//! Stage 2: nearest neighbours to the fuzzy simplicial set (UMAP paper, sections 2.2 and 3.1, algorithms 2 and 3).
//!
//! Each row has its own scale: rho is the distance of its nearest neighbour, sigma makes the memberships
//! exp(-(d - rho) / sigma) of its `k` neighbours sum to log2(k). So dense and sparse regions look alike, and every row is
//! connected to some other. Two rows may disagree on their edge; the fuzzy union a + b - ab of both opinions makes the graph
//! symmetric. A target (`target/`) then weakens edges between rows that it tells apart.
//!
//! Time and memory grow with rows x k: 0.07 s of a fit of MNIST (70,000 rows, k = 15, two threads), most of it for the
//! bisection of sigma. Rows are independent but for the transpose, which is sequential: a counting sort, so the columns come
//! out in order and the graph needs no other sort.

mod bipartite;
pub(crate) mod combine;
mod graph;
mod neighbors;
mod params;
pub mod radii;
mod simplicial_set;
mod smooth_knn;
pub mod target;

pub(crate) use bipartite::{Bipartite, BipartiteRow, Member};
pub use graph::FuzzyGraph;
pub use params::FuzzyParams;
pub use simplicial_set::fuzzy_simplicial_set;
