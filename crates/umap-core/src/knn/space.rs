//! What approximate search knows of the points: keys of pairs of rows that order like their distances.

use std::ops::Range;

use crate::metric::tile;
use crate::points::Points;
use crate::with_kernel;

use super::key_of;

/// Rows per side of a tile: 3 x 4 accumulators are what fits 16 vector registers.
pub(crate) const TILE_A: usize = 3;
pub(crate) const TILE_B: usize = 4;

/// Rows whose pairs can be compared. A pair's key is the same whichever way round and in whichever tile it is computed.
pub(crate) trait Space: Sync {
    /// What rows are made of.
    type Value: Copy + Send + Sync;

    /// Number of rows.
    fn rows(&self) -> usize;

    /// Values of a row.
    fn stride(&self) -> usize;

    /// The row numbers of the centres.
    fn centers(&self) -> Range<u32>;

    /// Replaces the centres, which are numbered like rows, from [`rows`](Self::rows) on.
    fn set_centers(&mut self, centers: Vec<Vec<Self::Value>>);

    /// The mean of some rows.
    fn mean(&self, rows: &[u32]) -> Vec<Self::Value>;

    /// Copies rows, or centres, side by side.
    fn gather(&self, rows: &[u32], into: &mut Gathered<Self::Value>);

    /// Keys of all pairs of `M` rows with four.
    fn tile<const M: usize>(&self, a: [Row<Self::Value>; M], b: [Row<Self::Value>; TILE_B]) -> [[u32; TILE_B]; M];

    /// Keys of all pairs of two stretches of gathered rows, row-major `a.len()` x `b.len()`.
    fn keys(&self, a: Stretch<Self::Value>, b: Stretch<Self::Value>, out: &mut [u32]) {
        assert_eq!(out.len(), a.len() * b.len());
        if b.len() == 0 {
            return;
        }
        let whole = a.len() / TILE_A * TILE_A;
        let (out, out_rest) = out.split_at_mut(whole * b.len());
        for (at, out) in (0..whole).step_by(TILE_A).zip(out.chunks_exact_mut(TILE_A * b.len())) {
            fill(self, [a.row(at), a.row(at + 1), a.row(at + 2)], b, out);
        }
        match a.len() - whole {
            2 => fill(self, [a.row(whole), a.row(whole + 1)], b, out_rest),
            1 => fill(self, [a.row(whole)], b, out_rest),
            _ => {}
        }
    }
}

/// A row's values, and what it adds to all its keys.
pub(crate) type Row<'a, V> = (&'a [V], i32);

/// Rows side by side: what is compared with many is looked up once, and the cache misses of many rows overlap.
pub(crate) struct Gathered<V> {
    values: Vec<V>,
    terms: Vec<i32>,
}

impl<V> Default for Gathered<V> {
    fn default() -> Self {
        Self { values: Vec::new(), terms: Vec::new() }
    }
}

impl<V: Copy> Gathered<V> {
    /// Of some rows of a space.
    pub(crate) fn of<S: Space<Value = V>>(space: &S, rows: &[u32]) -> Self {
        let mut gathered = Self::default();
        space.gather(rows, &mut gathered);
        gathered
    }

    /// Of rows that need not be in a space.
    pub(crate) fn of_rows<'a>(rows: impl Iterator<Item = Row<'a, V>>) -> Self
    where
        V: 'a,
    {
        let mut gathered = Self::default();
        gathered.refill(rows);
        gathered
    }

    /// Replaces the rows.
    pub(super) fn refill<'a>(&mut self, rows: impl Iterator<Item = Row<'a, V>>)
    where
        V: 'a,
    {
        self.values.clear();
        self.terms.clear();
        for (values, term) in rows {
            self.values.extend_from_slice(values);
            self.terms.push(term);
        }
    }

    /// Rows number `from` to `to`.
    #[inline(always)]
    pub(crate) fn stretch(&self, from: usize, to: usize) -> Stretch<'_, V> {
        let stride = self.values.len() / self.terms.len().max(1);
        Stretch { values: &self.values[from * stride..to * stride], terms: &self.terms[from..to], stride }
    }

    /// All rows.
    pub(crate) fn all(&self) -> Stretch<'_, V> {
        self.stretch(0, self.terms.len())
    }
}

/// Consecutive gathered rows.
#[derive(Clone, Copy)]
pub(crate) struct Stretch<'a, V> {
    values: &'a [V],
    terms: &'a [i32],
    stride: usize,
}

impl<'a, V> Stretch<'a, V> {
    pub(crate) fn len(&self) -> usize {
        self.terms.len()
    }

    #[inline(always)]
    pub(crate) fn row(&self, i: usize) -> Row<'a, V> {
        (&self.values[i * self.stride..][..self.stride], self.terms[i])
    }
}

#[inline(always)]
fn fill<S: Space + ?Sized, const M: usize>(space: &S, a: [Row<S::Value>; M], b: Stretch<S::Value>, out: &mut [u32]) {
    let whole = b.len() / TILE_B;
    for at in 0..whole {
        let first = at * TILE_B;
        let tile = space.tile(a, [b.row(first), b.row(first + 1), b.row(first + 2), b.row(first + 3)]);
        for (keys, out) in tile.iter().zip(out.chunks_exact_mut(b.len())) {
            // Of constant length: a call to copy a few keys takes as long as a good part of the tile in WebAssembly.
            out.as_chunks_mut::<TILE_B>().0[at] = *keys;
        }
    }
    let rest = whole * TILE_B;
    if rest < b.len() {
        // The last row stands in for those that are missing.
        let tile = space.tile(a, std::array::from_fn(|i| b.row((rest + i).min(b.len() - 1))));
        for (keys, out) in tile.iter().zip(out.chunks_exact_mut(b.len())) {
            out[rest..].iter_mut().zip(keys).for_each(|(out, key)| *out = *key);
        }
    }
}

/// The exact rows, in an order of one's own. Which kernel compares them is asked for each tile: a search compiled for every
/// kernel would be most of the module.
pub(crate) struct F32Space<'a> {
    points: &'a Points,
    order: &'a [u32],
    centers: Vec<Vec<f32>>,
}

impl<'a> F32Space<'a> {
    /// Row `i` of the space is row `order[i]` of `points`.
    pub(crate) fn new(points: &'a Points, order: &'a [u32]) -> Self {
        Self { points, order, centers: Vec::new() }
    }
}

impl Space for F32Space<'_> {
    type Value = f32;

    fn rows(&self) -> usize {
        self.order.len()
    }

    fn stride(&self) -> usize {
        self.points.stride()
    }

    fn centers(&self) -> Range<u32> {
        self.order.len() as u32..(self.order.len() + self.centers.len()) as u32
    }

    fn set_centers(&mut self, centers: Vec<Vec<f32>>) {
        self.centers = centers;
    }

    fn mean(&self, rows: &[u32]) -> Vec<f32> {
        let mut sums = vec![0.0; self.points.stride()];
        let mut room = Vec::new();
        for &row in rows {
            let [row] = self.points.read([self.order[row as usize]], &mut room);
            sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        let part = 1.0 / rows.len().max(1) as f32;
        sums.iter_mut().for_each(|sum| *sum *= part);
        sums
    }

    /// Those of one list are all rows, or all centres.
    fn gather(&self, rows: &[u32], into: &mut Gathered<f32>) {
        let first = self.order.len();
        match rows.first() {
            Some(&row) if row as usize >= first => {
                into.refill(rows.iter().map(|&i| (self.centers[i as usize - first].as_slice(), 0)));
            }
            _ => {
                let mut room = Vec::new();
                let read = self.points.read_all(rows.iter().map(|&i| self.order[i as usize]), &mut room);
                into.refill(read.into_iter().map(|row| (row, 0)));
            }
        }
    }

    #[inline(always)]
    fn tile<const M: usize>(&self, a: [Row<f32>; M], b: [Row<f32>; TILE_B]) -> [[u32; TILE_B]; M] {
        let (a, b) = (a.map(|(row, _)| row), b.map(|(row, _)| row));
        with_kernel!(self.points.metric().kernel(), kernel => tile(kernel, a, b)).map(|row| row.map(key_of))
    }
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
