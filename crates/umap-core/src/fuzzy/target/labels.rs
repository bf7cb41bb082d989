//! Labels: edges between rows of different labels are weakened, and less so those of rows without one.

use super::given::UNKNOWN;
use super::reset::union_of_rescaled;
use crate::csr::Csr;
use crate::error::Result;
use crate::math::exp;
use crate::pulse::Pulse;

/// How far a row without a label is from every other, in units in which memberships fall by e.
const UNKNOWN_DISTANCE: f64 = 1.0;
/// How far rows of different labels are at `weight` 0, where the points count alone: as far as in umap-learn.
const LEAST_FAR: f64 = 2.5;

/// The graph of the points less what their labels do not share. At `weight` 1 different labels are infinitely far.
pub(super) async fn intersect(graph: &Csr, labels: &[u32], weight: f64, pulse: &Pulse) -> Result<Csr> {
    let (unknown, far) = (exp(-UNKNOWN_DISTANCE) as f32, exp(-LEAST_FAR / (1.0 - weight)) as f32);
    let factor = |a: u32, b: u32| match (a, b) {
        (UNKNOWN, _) | (_, UNKNOWN) => unknown,
        _ if a == b => 1.0,
        _ => far,
    };
    let visit = |i: usize, emit: &mut dyn FnMut(u32, f32, f32)| {
        let (columns, weights) = graph.row(i);
        for (&column, &weight) in columns.iter().zip(weights) {
            let left = weight * factor(labels[i], labels[column as usize]);
            emit(column, left, left);
        }
    };
    union_of_rescaled(graph.rows(), &visit, pulse).await
}
