//! The fuzzy simplicial set as a graph.

use crate::csr::Csr;

/// The fuzzy simplicial set as a weighted graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FuzzyGraph {
    /// Memberships, symmetric bit for bit, in (0, 1].
    pub graph: Csr,
    /// Scale of each row's distances.
    pub sigmas: Vec<f32>,
    /// Distance up to which each row's neighbours are fully connected.
    pub rhos: Vec<f32>,
    /// Rows without any edge.
    pub disconnected: Vec<u32>,
}

impl FuzzyGraph {
    pub(crate) fn new(graph: Csr, sigmas: Vec<f32>, rhos: Vec<f32>) -> Self {
        let lone = |&i: &u32| graph.range(i as usize).is_empty();
        let disconnected = (0..graph.rows() as u32).filter(lone).collect();
        Self { graph, sigmas, rhos, disconnected }
    }
}
