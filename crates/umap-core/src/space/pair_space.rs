//! Rows that can only be compared pair by pair, as the search sees them: their numbers.

use std::ops::Range;

use super::keys::key_of;
use super::kind::Space;
use super::medoid::medoid;
use super::ordered::Ordered;
use super::search::{Gathered, Row, SearchSpace, Stretch};

/// The rows of any space in an order of one's own. A row consists of one word, its number in the space; centres are medoids.
pub(crate) struct PairSpace<'a> {
    space: &'a dyn Space,
    ordered: Ordered<'a>,
}

impl<'a> PairSpace<'a> {
    /// Row `i` is row `order[i]` of `space`.
    pub(crate) fn new(space: &'a dyn Space, order: &'a [u32]) -> Self {
        Self { space, ordered: Ordered::new(order) }
    }
}

impl SearchSpace for PairSpace<'_> {
    fn rows(&self) -> usize {
        self.ordered.rows().len()
    }

    fn cost(&self) -> usize {
        self.space.cost()
    }

    fn centers(&self) -> Range<u32> {
        self.ordered.centers()
    }

    fn set_centers(&mut self, centers: Vec<Vec<u32>>) {
        self.ordered.set_centers(centers);
    }

    fn center_of(&self, rows: &[u32]) -> Vec<u32> {
        // An empty group has a centre too: the first row.
        if rows.is_empty() { vec![self.ordered.rows()[0]] } else { medoid(self, rows) }
    }

    fn gather(&self, rows: &[u32], into: &mut Gathered) {
        let number = |at: usize| &self.ordered.rows()[at..=at];
        into.refill(rows.iter().map(|&row| (self.ordered.center(row).unwrap_or_else(|| number(row as usize)), 0)));
    }

    fn keys(&self, a: Stretch, b: Stretch, out: &mut [u32]) {
        assert_eq!(out.len(), a.len() * b.len());
        let [a, b] = [a, b].map(|rows| (0..rows.len()).map(|i| number(rows.row(i))).collect::<Vec<_>>());
        let mut scratch = Vec::new();
        let mut comparison = self.space.compare(self.space, &a, &mut scratch);
        comparison.pairs(&b, |i, j, value| out[i * b.len() + j] = key_of(value));
    }
}

fn number((words, _): Row<'_>) -> u32 {
    words[0]
}
