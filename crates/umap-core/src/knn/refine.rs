//! Rows of which 7 bits do not tell the neighbours apart are searched once more, among each other and in 32 bits: near
//! copies of one row are all such rows. 20,000 rows of 128 columns, of which 3 groups of 100 copies with relative noise 0.01:
//! recall of the copies 0.41 without.

use crate::boxed::boxed;
use crate::error::Result;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};
use crate::sorting::sort_numbers;

use super::approximate::{Found, Search};
use super::cells::{Cells, centers};
use super::effort::{MOST_VISITS, candidates, widths};
use super::graph::KnnGraph;
use super::nn_descent::descend;
use super::probe::Probe;
use super::rank::rank_all;
use super::rows::Rows;
use crate::space::in_order;

/// Rows in doubt whose recall is measured.
const SAMPLE: u32 = 16;

impl Search<'_> {
    /// Gives the rows `in_doubt` what is nearer among them than what was found.
    pub(super) async fn refine(&self, in_doubt: &[u32], found: &Found, pulse: &Pulse) -> Result<()> {
        if in_doubt.len() < 2 {
            return Ok(());
        }
        let count = in_doubt.len();
        let [width, _] = widths(self.k - 1, count);
        let mut space = in_order(self.data, in_doubt);
        let cells = &pulse.part(0.0, 0.2);
        let cells = Cells::new(&mut *space, centers(count, self.k), MOST_VISITS, self.seed, cells).await?;
        let order: Vec<u32> = cells.order.iter().map(|&at| in_doubt[at as usize]).collect();
        let (space, rows) = (in_order(self.data, &order), Rows::new(count, width, pulse).await?);
        // They are few: no effort is spared.
        self.start(&*space, &rows, &cells, |_| 0.0, &pulse.part(0.2, 0.5)).await?;
        if cells.len() > 1 {
            let descending = &pulse.part(0.5, 0.9);
            boxed(descend(&*space, &rows, candidates(1.0), self.seed, |_| false, descending)).await?;
        }
        rank_all(self.data, &rows, &order, space.close(), &pulse.part(0.9, 1.0)).await?;
        for (at, &row) in (0..).zip(&order) {
            found.rows.merge(found.positions[row as usize], &rows, at);
        }
        Ok(())
    }

    /// The recall of a few of the rows that were in doubt; 1 if none was.
    pub(super) async fn recall_of(&self, mut in_doubt: Vec<u32>, graph: &KnnGraph, pulse: &Pulse) -> Result<f64> {
        if in_doubt.is_empty() {
            return Ok(1.0);
        }
        sort_numbers(&mut in_doubt);
        let sample = Random::new(self.seed, Stream::Sample).at(2).sample(in_doubt.len() as u32, SAMPLE);
        let rows = sample.into_iter().map(|at| in_doubt[at as usize]).collect();
        Ok(Probe::of(self.data, self.k, rows, pulse).await?.recall(graph))
    }
}
