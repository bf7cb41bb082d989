//! Approximate search from end to end: which space, the first tree, NN-descent in the order of its leaves, exact
//! distances.

use crate::error::Result;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::with_kernel;

use super::forest::{self, Leaves};
use super::nn_descent::{Effort, descend, start};
use super::quantised::{QuantisedSpace, Quantiser};
use super::rank::{in_original_order, rank_all, ranked};
use super::rows::Rows;
use super::space::{F32Space, Space};
use super::{KnnMethod, Neighbors, Probe};

/// More neighbours than asked for are kept, for distances in 7 bits misplace some near the end (MNIST: recall 0.979
/// with 0 more, 0.989 with 3).
const SPARE: usize = 3;
/// Least recall that the nearest rows by quantised distances must allow.
const QUANTISED_CEILING: f64 = 0.99;
/// Descent goes on up to this recall.
const ENOUGH: f64 = 0.99;
/// Rows per task that compares them with the probe's.
const TASK_ROWS: usize = 128;

struct Search<'a> {
    points: &'a Points,
    probe: &'a Probe,
    k: usize,
    /// Neighbours kept while searching.
    width: usize,
    effort: Effort,
    seed: u32,
}

/// The neighbours by NN-descent. Needs 2 <= `k` <= rows; `k` counts the row itself.
pub(super) async fn approximate(points: &Points, k: usize, seed: u32, pulse: &Pulse) -> Result<Neighbors> {
    let probe = &Probe::new(points, k, seed, &pulse.part(0.0, 0.05)).await?;
    let width = (k - 1 + SPARE).min(points.rows() - 1);
    let effort = Effort { trees: 8, leaf_rows: (4 * k).clamp(60, 256), candidates: 20, iterations: 12 };
    let search = Search { points, probe, k, width, effort, seed };
    let (prepare, run) = (pulse.part(0.05, 0.12), pulse.part(0.12, 1.0));
    let in_order: Vec<u32> = (0..points.rows() as u32).collect();
    if let Some((quantiser, space)) = search.quantise(&in_order, &prepare).await? {
        let leaves = search.first_tree(&space, &prepare).await?;
        // Quantising again, in the tree's order, needs less memory than two copies.
        drop(space);
        if let Some(space) = QuantisedSpace::new(points, &quantiser, &leaves.order, &prepare).await? {
            return search.run(&space, &leaves, true, &run).await;
        }
    }
    with_kernel!(points.metric().kernel(), kernel => {
        let leaves = search.first_tree(&F32Space::new(points, &in_order, kernel), &prepare).await?;
        search.run(&F32Space::new(points, &leaves.order, kernel), &leaves, false, &run).await
    })
}

impl Search<'_> {
    /// The points in 7 bits, if that tells the probe's neighbours apart.
    async fn quantise(&self, order: &[u32], pulse: &Pulse) -> Result<Option<(Quantiser, QuantisedSpace)>> {
        let Some(quantiser) = Quantiser::fit(self.points, self.seed, pulse).await? else { return Ok(None) };
        let Some(space) = QuantisedSpace::new(self.points, &quantiser, order, pulse).await? else { return Ok(None) };
        let ceiling = self.ceiling(&space, order, pulse).await?;
        Ok((ceiling >= QUANTISED_CEILING).then_some((quantiser, space)))
    }

    /// Recall of the probe's rows if their nearest rows in the space were found exactly.
    async fn ceiling<S: Space>(&self, space: &S, order: &[u32], pulse: &Pulse) -> Result<f64> {
        let sampled = self.probe.rows();
        let found = Rows::new(sampled.len(), self.width)?;
        parallel::for_each(pulse, order.chunks(TASK_ROWS), |others| {
            let mut keys = vec![0; sampled.len() * others.len()];
            space.keys(sampled, others, &mut keys);
            for (at, keys) in keys.chunks_exact(others.len()).enumerate() {
                found.push_all(at as u32, sampled[at], others, keys);
            }
        })
        .await?;
        Ok(self.probe.recall_by(|at, row| ranked(self.points, row, found.neighbors(at as u32))))
    }

    async fn first_tree<S: Space>(&self, space: &S, pulse: &Pulse) -> Result<Leaves> {
        forest::tree(space, self.effort.leaf_rows, self.seed, 0, pulse).await
    }

    /// Searches in a space whose rows are in the order of `first`, so that likely neighbours lie together.
    async fn run<S: Space>(&self, space: &S, first: &Leaves, quantised: bool, pulse: &Pulse) -> Result<Neighbors> {
        let order = &first.order;
        let mut places = vec![0; order.len()];
        (0..).zip(order).for_each(|(place, &row)| places[row as usize] = place);
        let runs = Leaves { order: (0..order.len() as u32).collect(), ends: first.ends.clone() };
        let rows = Rows::new(order.len(), self.width)?;
        start(space, &rows, &runs, self.effort, self.seed, &pulse.part(0.0, 0.3)).await?;
        let recall = |rows: &Rows| {
            self.probe.recall_by(|_, row| {
                let others = rows.neighbors(places[row as usize]).map(|place| order[place as usize]);
                ranked(self.points, row, others)
            })
        };
        let enough = |iteration, rows: &Rows| iteration >= 2 && recall(rows) >= ENOUGH;
        descend(space, &rows, self.effort, self.seed, enough, &pulse.part(0.3, 0.9)).await?;
        rank_all(self.points, &rows, order, &pulse.part(0.9, 0.98)).await?;
        let graph = in_original_order(&rows, &places, self.k, &pulse.part(0.98, 1.0)).await?;
        let recall = self.probe.recall(&graph);
        Ok(Neighbors { graph, recall, method: KnnMethod::NnDescent, quantised })
    }
}
