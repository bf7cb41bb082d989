//! Numbers: the graph of the points intersected with the directed memberships among the nearest targets.

use super::given::TargetParams;
use super::line;
use super::reset::union_of_rescaled;
use crate::boxed::boxed;
use crate::csr::Csr;
use crate::error::Result;
use crate::fuzzy::combine::Directed;
use crate::fuzzy::neighbors::{Connected, ROWS_PER_TASK};
use crate::fuzzy::params::FuzzyParams;
use crate::fuzzy::smooth_knn;
use crate::knn::{KnnGraph, NONE, nearest_neighbors};
use crate::math::pow;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;

/// A membership that is not there counts as half of the least that is, but as this at least,
const LEAST_MISSING: f32 = 1e-8;
/// and of the target as this at most: where all targets are equally far all memberships may be large.
const MOST_MISSING: f32 = 1e-4;

/// Memberships of points and target, raised to the powers by which they count, and what counts where there is none.
struct Intersection {
    points: Csr,
    target: Directed,
    missing_point: f32,
    missing_target: f32,
}

/// l r^(w / (1 - w)) for weights w below 0.5, else l^((1 - w) / w) r, of the memberships l of the points and r of the
/// target (umap-learn's `general_simplicial_set_intersection`).
pub(super) async fn intersect(
    graph: Csr,
    data: &[f32],
    cols: usize,
    params: TargetParams,
    pulse: &Pulse,
) -> Result<Csr> {
    let knn = boxed(neighbors(data, cols, params, &pulse.part(0.0, 0.6))).await?;
    let target = boxed(memberships(&knn, &pulse.part(0.6, 0.75))).await?;
    let there = target.columns.iter().zip(&target.weights).filter(|(column, _)| **column != NONE);
    let mut both = Intersection {
        missing_point: missing(graph.data.iter()),
        missing_target: missing(there.map(|(_, weight)| weight)).min(MOST_MISSING),
        points: graph,
        target,
    };
    let weight = params.weight;
    let raising = pulse.part(0.75, 0.85);
    if weight < 0.5 {
        raise(&mut both.target.weights, &mut both.missing_target, weight / (1.0 - weight), &raising).await?;
    } else {
        raise(&mut both.points.data, &mut both.missing_point, (1.0 - weight) / weight, &raising).await?;
    }
    let visit = |i: usize, emit: &mut dyn FnMut(u32, f32, f32)| both.visit(i, emit);
    union_of_rescaled(both.points.rows(), &visit, &pulse.part(0.85, 1.0)).await
}

async fn neighbors(data: &[f32], cols: usize, params: TargetParams, pulse: &Pulse) -> Result<KnnGraph> {
    let rows = data.len() / cols;
    let k = params.n_neighbors.min(rows);
    KnnGraph::check_size(rows, k)?;
    if cols == 1 {
        // All metrics that one number fits are its difference.
        return line::neighbors(data, k, pulse).await;
    }
    let metric = params.metric.of_values().unwrap_or_default();
    let targets = Points::from_slice(data, rows, cols, metric)?;
    Ok(nearest_neighbors(&targets, k, false, params.seed, pulse).await?.graph)
}

/// Directed memberships of the nearest targets, one of which is fully connected.
async fn memberships(knn: &KnnGraph, pulse: &Pulse) -> Result<Directed> {
    let params = FuzzyParams {
        set_op_mix_ratio: 1.0,
        local_connectivity: 1.0,
        disconnection_distance: f32::INFINITY,
        signed_distances: false,
    };
    let neighbors = Connected { knn, limit: params.disconnection_distance };
    let (sigmas, rhos) = smooth_knn::smooth_knn(&neighbors, &params, &pulse.part(0.0, 0.7)).await?;
    Directed::new(&neighbors, &sigmas, &rhos, &pulse.part(0.7, 1.0)).await
}

fn missing<'a>(weights: impl Iterator<Item = &'a f32>) -> f32 {
    (weights.fold(1.0, |least: f32, &weight| least.min(weight)) * 0.5).max(LEAST_MISSING)
}

/// Raises all to a power from 0 to 1.
async fn raise(weights: &mut [f32], missing: &mut f32, power: f64, pulse: &Pulse) -> Result<()> {
    if power == 1.0 {
        return Ok(());
    }
    let raised = |weight: f32| pow(weight.into(), power) as f32;
    *missing = raised(*missing);
    parallel::for_each(pulse, weights.chunks_mut(ROWS_PER_TASK), |weights| {
        weights.iter_mut().for_each(|weight| *weight = raised(*weight));
    })
    .await
}

impl Intersection {
    /// See [`super::reset::Visit`].
    fn visit(&self, i: usize, emit: &mut dyn FnMut(u32, f32, f32)) {
        let (columns, weights) = self.points.row(i);
        let mut points = columns.iter().copied().zip(weights.iter().copied()).peekable();
        self.target.visit(i, |column, there, back| {
            while let Some((column, point)) = points.next_if(|&(before, _)| before < column) {
                emit(column, point * self.missing_target, point * self.missing_target);
            }
            let point = points.next_if(|&(same, _)| same == column).map(|(_, point)| point);
            emit(column, self.both(point, there), self.both(point, back));
        });
        points.for_each(|(column, point)| emit(column, point * self.missing_target, point * self.missing_target));
    }

    /// 0 where neither is there.
    fn both(&self, point: Option<f32>, target: f32) -> f32 {
        match point {
            None if target == 0.0 => 0.0,
            None => self.missing_point * target,
            Some(point) if target == 0.0 => point * self.missing_target,
            Some(point) => point * target,
        }
    }
}
