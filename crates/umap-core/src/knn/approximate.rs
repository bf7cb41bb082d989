//! Approximate search from end to end: which space, its cells, visits and NN-descent in the order of the cells, exact
//! distances. How hard to search follows the recall that a probe measures on the way.

use crate::boxed::boxed;
use crate::error::Result;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::space::{Gathered, Query, SearchSpace, Space, in_order};

use super::cells::{self, Cells};
use super::effort::{MOST_VISITS, candidates, is_affordable, is_enough, should_visit, widths};
use super::found::{KnnMethod, Neighbors};
use super::graph::KnnGraph;
use super::nn_descent::{descend, fill_with_random_rows};
use super::probe::Probe;
use super::quantized::QuantizedSpace;
use super::quantizer::Quantizer;
use super::rank::{in_original_order, rank_all, ranked};
use super::rows::Rows;
use super::visit::{stay_home, visit};

/// Least recall that the nearest rows by quantized distances must allow.
const QUANTIZED_CEILING: f64 = 0.99;
/// Rows per task that compares them with the probe's.
const TASK_ROWS: usize = 128;

pub(super) struct Search<'a> {
    pub(super) data: &'a dyn Space,
    probe: &'a Probe,
    /// Neighbours of a row, the row itself included.
    pub(super) k: usize,
    pub(super) seed: u32,
}

/// The neighbours by NN-descent. Needs 2 <= `k` <= rows; `k` counts the row itself.
pub(super) async fn approximate(data: &dyn Space, k: usize, seed: u32, pulse: &Pulse) -> Result<Neighbors> {
    let probe = &Probe::new(data, k, seed, &pulse.part(0.0, 0.1)).await?;
    let search = Search { data, probe, k, seed };
    let order: Vec<u32> = (0..data.rows() as u32).collect();
    let pulse = pulse.part(0.1, 1.0);
    let found = match data.dense() {
        Some(points) => boxed(search.in_7_bits(points, &order, &pulse)).await?,
        None => None,
    };
    let quantized = found.is_some();
    let (graph, worst) = match found {
        Some(found) => found,
        None => (boxed(search.in_32_bits(&order, &pulse)).await?, 1.0),
    };
    Ok(Neighbors { recall: probe.recall(&graph).min(worst), graph, method: KnnMethod::NnDescent, quantized })
}

impl Search<'_> {
    /// The neighbours, and the recall of rows that needed more than 7 bits. None where 7 bits do not serve.
    async fn in_7_bits(&self, points: &Points, order: &[u32], pulse: &Pulse) -> Result<Option<(KnnGraph, f64)>> {
        let (prepare, run) = parts(pulse);
        let quantized = self.quantize(points, order, &prepare.part(0.0, 0.3)).await?;
        let Some((quantizer, mut space, width)) = quantized else {
            return Ok(None);
        };
        let cells = boxed(self.cells(&mut space, &prepare.part(0.3, 1.0))).await?;
        // Quantizing again, in the order of the cells, needs less memory than two copies.
        drop(space);
        let space = QuantizedSpace::new(points, &quantizer, &cells.order, 0, &prepare).await?;
        let Some(space) = space else { return Ok(None) };
        let found = boxed(self.run(&space, &cells, width, &run.part(0.0, 0.95))).await?;
        drop(space);
        let in_doubt: Vec<u32> = found.in_doubt.iter().map(|&position| cells.order[position as usize]).collect();
        boxed(self.refine(&in_doubt, &found, &run.part(0.95, 0.98))).await?;
        let graph = in_original_order(&found.rows, &found.positions, self.k, &run.part(0.98, 0.99)).await?;
        let worst = self.recall_of(in_doubt, &graph, &run.part(0.99, 1.0)).await?;
        Ok(Some((graph, worst)))
    }

    async fn in_32_bits(&self, order: &[u32], pulse: &Pulse) -> Result<KnnGraph> {
        let (prepare, run) = parts(pulse);
        let [width, _] = widths(self.k - 1, order.len());
        let cells = boxed(self.cells(&mut *in_order(self.data, order), &prepare)).await?;
        let space = in_order(self.data, &cells.order);
        let found = boxed(self.run(&*space, &cells, width, &run.part(0.0, 0.98))).await?;
        in_original_order(&found.rows, &found.positions, self.k, &run.part(0.98, 1.0)).await
    }

    fn centers(&self) -> usize {
        cells::centers(self.data.rows(), self.k)
    }

    async fn cells(&self, space: &mut dyn SearchSpace, pulse: &Pulse) -> Result<Cells> {
        Cells::new(space, self.centers(), MOST_VISITS, self.seed, pulse).await
    }

    /// The points in 7 bits, if that tells the probe's neighbours apart, and how many neighbours must be kept for it.
    async fn quantize(
        &self,
        points: &Points,
        order: &[u32],
        pulse: &Pulse,
    ) -> Result<Option<(Quantizer, QuantizedSpace, usize)>> {
        let Some(quantizer) = Quantizer::fit(points, self.seed, pulse).await? else { return Ok(None) };
        let space = QuantizedSpace::new(points, &quantizer, order, self.centers(), pulse).await?;
        let Some(space) = space else { return Ok(None) };
        let widths = widths(self.k - 1, order.len());
        let nearest = self.nearest_to_probe(&space, widths[1], order, pulse).await?;
        let ceiling = |width: usize| {
            let of = |at: usize| nearest.neighbors(at as u32).take(width);
            self.probe.recall_by(|at, row| self.ranked(row, of(at)))
        };
        let fits = |&width: &usize| ceiling(width) >= QUANTIZED_CEILING;
        let affordable = |&width: &usize| width == widths[0] || is_affordable(width, order.len());
        Ok(widths.into_iter().filter(affordable).find(fits).map(|width| (quantizer, space, width)))
    }

    fn ranked(&self, row: u32, others: impl Iterator<Item = u32>) -> Vec<(f32, u32)> {
        ranked(self.data, Query { space: self.data, row }, others)
    }

    /// The `width` rows of the space that are nearest to each of the probe.
    async fn nearest_to_probe(
        &self,
        space: &dyn SearchSpace,
        width: usize,
        order: &[u32],
        pulse: &Pulse,
    ) -> Result<Rows> {
        let sampled = self.probe.rows();
        let nearest = Rows::new(sampled.len(), width, pulse).await?;
        let gathered = Gathered::of(space, sampled);
        parallel::for_each(pulse, order.chunks(TASK_ROWS), |others| {
            let mut keys = vec![0; sampled.len() * others.len()];
            space.keys(gathered.all(), Gathered::of(space, others).all(), &mut keys);
            for (at, keys) in keys.chunks_exact(others.len()).enumerate() {
                nearest.push_all(at as u32, sampled[at], others, keys);
            }
        })
        .await?;
        Ok(nearest)
    }

    /// Searches in a space whose rows are in the order of `cells`, so that likely neighbours lie together. Keeps `width`
    /// neighbours.
    async fn run(&self, space: &dyn SearchSpace, cells: &Cells, width: usize, pulse: &Pulse) -> Result<Found> {
        let order = &cells.order;
        let positions = inverse(order, pulse).await?;
        let recall = |rows: &Rows| {
            self.probe.recall_by(|_, row| {
                let others = rows.neighbors(positions[row as usize]).map(|position| order[position as usize]);
                self.ranked(row, others)
            })
        };
        let rows = Rows::new(order.len(), width, pulse).await?;
        let from_cells = self.start(space, &rows, cells, recall, &pulse.part(0.0, 0.4)).await?;
        if !is_enough(from_cells, 0.0, from_cells) {
            let mut last = from_cells;
            let enough = |rows: &Rows| {
                let now = recall(rows);
                is_enough(from_cells, std::mem::replace(&mut last, now), now)
            };
            boxed(descend(space, &rows, candidates(from_cells), self.seed, enough, &pulse.part(0.4, 0.9))).await?;
        }
        let in_doubt = rank_all(self.data, &rows, order, space.close(), &pulse.part(0.9, 1.0)).await?;
        Ok(Found { rows, positions, in_doubt })
    }

    /// Fills `rows` from the cells and returns the recall.
    pub(super) async fn start(
        &self,
        space: &dyn SearchSpace,
        rows: &Rows,
        cells: &Cells,
        recall: impl Fn(&Rows) -> f64,
        pulse: &Pulse,
    ) -> Result<f64> {
        let part = |at: usize| at as f64 / (MOST_VISITS + 1) as f64;
        stay_home(space, rows, cells, &pulse.part(0.0, part(1))).await?;
        let mut found = recall(rows);
        for number in 0..cells.visits() {
            if !should_visit(number, found, self.data.cost()) {
                break;
            }
            visit(space, rows, cells, number, &pulse.part(part(number + 1), part(number + 2))).await?;
            found = recall(rows);
        }
        fill_with_random_rows(space, rows, self.seed, &pulse.part(1.0, 1.0)).await?;
        Ok(found)
    }
}

/// What a search leaves.
pub(super) struct Found {
    /// Neighbours by their exact distances, in the order of the cells.
    pub(super) rows: Rows,
    /// Where each row is in that order.
    pub(super) positions: Vec<u32>,
    /// The positions of rows whose neighbours the keys of the search hardly told apart: see [`rank_all`].
    in_doubt: Vec<u32>,
}

/// Preparing, and the search itself.
fn parts(pulse: &Pulse) -> (Pulse, Pulse) {
    (pulse.part(0.0, 0.22), pulse.part(0.22, 1.0))
}

/// Where each row is in `order`.
async fn inverse(order: &[u32], pulse: &Pulse) -> Result<Vec<u32>> {
    let mut positions = vec![0; order.len()];
    let mut position = 0;
    for rows in order.chunks(1 << 16) {
        for &row in rows {
            positions[row as usize] = position;
            position += 1;
        }
        pulse.tick(0.0).await?;
    }
    Ok(positions)
}
