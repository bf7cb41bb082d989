//! Rows of numbers in 32 bits, as the search sees them.

use std::ops::Range;

use crate::metric::{Means, STRIP};
use crate::points::Points;

use super::keys::key_of;
use super::medoid::medoid;
use super::ordered::Ordered;
use super::search::{Gathered, Row, SearchSpace, Stretch, TILE_A, by_fours, put};

/// The rows in 32 bits, in an order of one's own.
pub(crate) struct F32Space<'a> {
    points: &'a Points,
    ordered: Ordered<'a>,
}

impl<'a> F32Space<'a> {
    /// Row `i` of the space is row `order[i]` of `points`.
    pub(crate) fn new(points: &'a Points, order: &'a [u32]) -> Self {
        Self { points, ordered: Ordered::new(order) }
    }
}

impl SearchSpace for F32Space<'_> {
    fn rows(&self) -> usize {
        self.ordered.rows().len()
    }

    fn cost(&self) -> usize {
        self.points.stride()
    }

    fn centers(&self) -> Range<u32> {
        self.ordered.centers()
    }

    fn set_centers(&mut self, centers: Vec<Vec<u32>>) {
        self.ordered.set_centers(centers);
    }

    fn center_of(&self, rows: &[u32]) -> Vec<u32> {
        // An empty group has a centre too: zeros.
        if self.points.metric().facts().means == Means::Unlike && !rows.is_empty() {
            return medoid(self, rows);
        }
        let mut sums = vec![0.0f32; self.points.stride()];
        let mut scratch = Vec::new();
        for &row in rows {
            let [row] = self.points.read([self.ordered.rows()[row as usize]], &mut scratch);
            sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        let part = 1.0 / rows.len().max(1) as f32;
        sums.into_iter().map(|sum| (sum * part).to_bits()).collect()
    }

    /// Those of one list are all rows, or all centres.
    fn gather(&self, rows: &[u32], into: &mut Gathered) {
        let is_centers = rows.first().is_some_and(|&row| self.ordered.center(row).is_some());
        if is_centers {
            into.refill(rows.iter().filter_map(|&center| self.ordered.center(center)).map(|words| (words, 0)));
        } else {
            let (order, mut scratch) = (self.ordered.rows(), Vec::new());
            let read = self.points.read_all(rows.iter().map(|&i| order[i as usize]), &mut scratch);
            into.refill(read.into_iter().map(|row| (bytemuck::cast_slice(row), 0)));
        }
    }

    fn keys(&self, a: Stretch, b: Stretch, out: &mut [u32]) {
        assert_eq!(out.len(), a.len() * b.len());
        let (kernel, width) = (self.points.kernel(), b.len());
        for first in (0..a.len()).step_by(TILE_A) {
            let count = TILE_A.min(a.len() - first);
            let rows: [&[f32]; TILE_A] = std::array::from_fn(|i| floats(a.row(first + i.min(count - 1))));
            let mut values = [[0.0; STRIP]; TILE_A];
            by_fours(b, |at, four| {
                kernel.strip(&rows[..count], four.map(floats), &mut values[..count]);
                for (i, values) in values[..count].iter().enumerate() {
                    put(&values.map(key_of), &mut out[(first + i) * width..][..width], at);
                }
            });
        }
    }
}

fn floats<'a>((words, _): Row<'a>) -> &'a [f32] {
    bytemuck::cast_slice(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Metric;

    #[test]
    fn a_pair_has_one_key_in_every_tile() {
        let data: Vec<f32> = (0..11 * 7).map(|i| ((i * 37) % 101) as f32 * 0.37).collect();
        let points = Points::from_slice(&data, 11, 7, Metric::Euclidean).unwrap();
        let order: Vec<u32> = (0..11).rev().collect();
        let space = F32Space::new(&points, &order);
        let all: Vec<u32> = (0..11).collect();
        let mut matrix = vec![0; 121];
        let gathered = Gathered::of(&space, &all);
        space.keys(gathered.all(), gathered.all(), &mut matrix);
        for a in 0..11 {
            for b in 0..11 {
                let mut one = [0];
                let [a_row, b_row] = [a, b].map(|i| gathered.stretch(i, i + 1));
                space.keys(a_row, b_row, &mut one);
                assert_eq!(one[0], matrix[a * 11 + b]);
                assert_eq!(one[0], matrix[b * 11 + a]);
            }
        }
    }
}
