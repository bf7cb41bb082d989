//! Rows that join a graph: each gets edges to the nearest of those before it, and those back to it.

use crate::error::Result;
use crate::knn::QuantizedSpace;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::space::{Query, Space, in_order};

use super::graph::SearchGraph;
use super::links::Linking;
use super::search::Workspace;

/// Rows that are searched for at a time; they are compared with each other too, for none of them is in the graph yet.
const BATCH: usize = 256;
/// Rows that one task searches for.
const TASK_ROWS: usize = 4;
/// How far to search for the neighbours of a row.
const EPSILON: f32 = 0.2;

impl SearchGraph {
    /// Appends the rows of `points` that are not in the graph yet, with edges to `k` neighbours. If it errs, or is dropped
    /// before it has ended, [`Undo`] takes everything back.
    pub(super) async fn add(undo: &mut Undo<'_>, points: &Points, k: usize, pulse: &Pulse) -> Result<()> {
        let (from, rows) = (undo.rows, points.rows());
        if let Some(quantized) = &mut undo.graph.quantized {
            quantized.append(points, from, pulse).await?;
        }
        undo.graph.links.reserve(rows)?;
        let order: Vec<u32> = (0..rows as u32).collect();
        let total = (rows - from) as f64;
        for first in (from..rows).step_by(BATCH) {
            let batch: Vec<u32> = (first as u32..rows.min(first + BATCH) as u32).collect();
            let pulse = pulse.part((first - from) as f64 / total, (first - from + batch.len()) as f64 / total);
            let found = undo.graph.neighbors_of(points, &batch, k, &pulse).await?;
            undo.graph.links.push_rows(batch.len());
            for (at, (&row, mut near)) in batch.iter().zip(found).enumerate() {
                near.extend_from_slice(&batch[..at]);
                undo.join(points, &order, row, near, k);
                if at.is_multiple_of(TASK_ROWS) {
                    pulse.tick(1.0).await?;
                }
            }
        }
        Ok(())
    }

    async fn neighbors_of(&self, points: &Points, batch: &[u32], k: usize, pulse: &Pulse) -> Result<Vec<Vec<u32>>> {
        let found = parallel::map(pulse, batch.chunks(TASK_ROWS), |rows| {
            let mut workspace = Workspace::new(self.links.rows());
            let nearest = |&row| {
                let query = Query { space: points, row };
                let near = self.nearest(points, query, &self.starts(points, query), (k, EPSILON), &mut workspace);
                near.into_iter().map(|(_, id)| id).collect()
            };
            rows.iter().map(nearest).collect::<Vec<Vec<u32>>>()
        });
        Ok(found.await?.into_iter().flatten().collect())
    }
}

/// A graph that rows are being added to. Dropped before [`keep`](Self::keep) it is as it was.
pub(super) struct Undo<'a> {
    graph: &'a mut SearchGraph,
    /// Rows and entries that it had.
    rows: usize,
    entries: usize,
    /// Rows that got one more edge, once for each.
    linked: Vec<u32>,
    is_done: bool,
}

impl<'a> Undo<'a> {
    pub(super) fn new(graph: &'a mut SearchGraph) -> Self {
        let (rows, entries) = (graph.links.rows(), graph.entries.len());
        Self { graph, rows, entries, linked: Vec::new(), is_done: false }
    }

    /// Everything stays as it is now.
    pub(super) fn keep(mut self) {
        self.is_done = true;
    }

    /// Gives a row its edges, and others theirs to it.
    fn join(&mut self, points: &Points, order: &[u32], row: u32, near: Vec<u32>, k: usize) {
        let geometry = points.geometry();
        // Taken for a while, so that edges can change.
        let quantized = self.graph.quantized.take();
        let is_inside = |rows: &&QuantizedSpace| !rows.quantizer().is_outside(points.read([row], &mut Vec::new())[0]);
        match quantized.as_ref().filter(is_inside) {
            Some(rows) => self.link(&Linking { rows, geometry, is_quantized: true }, row, near, k),
            None => {
                let rows = &*in_order(points, order);
                self.link(&Linking { rows, geometry, is_quantized: false }, row, near, k);
            }
        }
        self.graph.quantized = quantized;
    }

    fn link(&mut self, linking: &Linking<'_>, row: u32, near: Vec<u32>, k: usize) {
        let nearest = linking.sorted(row, near).into_iter().take(k).map(|(_, id)| id).collect();
        let kept = linking.diversified(row, nearest);
        let ends = self.graph.links.slots_mut(row);
        ends.iter_mut().zip(&kept).for_each(|(end, &(_, other))| *end = other);
        // A row without a free slot keeps its edges: without one of them another row might not be found any more.
        let is_linked = kept.iter().filter(|&&(_, other)| self.link_back(other, row)).count() > 0;
        if !is_linked {
            self.graph.entries.push(row);
        }
    }

    /// Gives `other` an edge to `row` if it has a free slot.
    fn link_back(&mut self, other: u32, row: u32) -> bool {
        let is_linked = self.graph.links.push(other, row);
        if is_linked && (other as usize) < self.rows {
            self.linked.push(other);
        }
        is_linked
    }
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        self.linked.drain(..).for_each(|row| self.graph.links.pop(row));
        self.graph.links.truncate(self.rows);
        self.graph.entries.truncate(self.entries);
        self.graph.outside.forget(self.rows);
        if let Some(quantized) = &mut self.graph.quantized {
            quantized.truncate(self.rows);
        }
    }
}
