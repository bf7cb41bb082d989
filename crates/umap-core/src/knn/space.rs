//! What approximate search knows of the points: keys of pairs of rows that order like their distances.

use std::ops::Range;

use crate::metric::STRIP;
use crate::points::Points;

use super::{key_of, value_of};

/// Rows that are best compared with many others at a time: those on one side of a kernel's tile.
pub(crate) const TILE_A: usize = 3;
/// Rows on its other side.
pub(crate) const TILE_B: usize = STRIP;
/// Rows among which a middle one is looked for.
const MEDOID_ROWS: usize = 24;

/// Rows whose pairs can be compared. A pair's key is the same whichever way round and together with whichever others it is
/// computed. What rows are made of only the space knows: elsewhere they are words of 32 bits, so that a search is compiled
/// once and not for every space. It asks for many keys at a time, for which a call costs nothing.
pub(crate) trait Space: Sync {
    /// Number of rows.
    fn rows(&self) -> usize;

    /// Values of a row.
    fn stride(&self) -> usize;

    /// Up to what value of the metric's kernel keys may say nothing of which rows are nearer.
    fn close(&self) -> f32;

    /// The row numbers of the centres.
    fn centers(&self) -> Range<u32>;

    /// Replaces the centres, which are numbered like rows, from [`rows`](Self::rows) on.
    fn set_centers(&mut self, centers: Vec<Vec<u32>>);

    /// What lies in the middle of some rows: their mean, or one of them where the metric has no means.
    fn middle(&self, rows: &[u32]) -> Vec<u32>;

    /// Copies rows, or centres, side by side.
    fn gather(&self, rows: &[u32], into: &mut Gathered);

    /// Keys of all pairs of two stretches of gathered rows, row-major `a.len()` x `b.len()`.
    fn keys(&self, a: Stretch, b: Stretch, out: &mut [u32]);
}

/// A row's words, and what it adds to all its keys.
pub(crate) type Row<'a> = (&'a [u32], i32);

/// Rows side by side: what is compared with many is looked up once, and the cache misses of many rows overlap.
#[derive(Default)]
pub(crate) struct Gathered {
    words: Vec<u32>,
    terms: Vec<i32>,
}

impl Gathered {
    /// Of some rows of a space.
    pub(crate) fn of(space: &dyn Space, rows: &[u32]) -> Self {
        let mut gathered = Self::default();
        space.gather(rows, &mut gathered);
        gathered
    }

    /// Of rows that need not be in a space.
    pub(crate) fn of_rows<'a>(rows: impl Iterator<Item = Row<'a>>) -> Self {
        let mut gathered = Self::default();
        gathered.refill(rows);
        gathered
    }

    /// Replaces the rows.
    pub(super) fn refill<'a>(&mut self, rows: impl Iterator<Item = Row<'a>>) {
        self.words.clear();
        self.terms.clear();
        for (words, term) in rows {
            self.words.extend_from_slice(words);
            self.terms.push(term);
        }
    }

    /// Rows number `from` to `to`.
    #[inline(always)]
    pub(crate) fn stretch(&self, from: usize, to: usize) -> Stretch<'_> {
        let stride = self.words.len() / self.terms.len().max(1);
        Stretch { words: &self.words[from * stride..to * stride], terms: &self.terms[from..to], stride }
    }

    /// All rows.
    pub(crate) fn all(&self) -> Stretch<'_> {
        self.stretch(0, self.terms.len())
    }
}

/// Consecutive gathered rows.
#[derive(Clone, Copy)]
pub(crate) struct Stretch<'a> {
    words: &'a [u32],
    terms: &'a [i32],
    stride: usize,
}

impl<'a> Stretch<'a> {
    pub(crate) fn len(&self) -> usize {
        self.terms.len()
    }

    #[inline(always)]
    pub(crate) fn row(&self, i: usize) -> Row<'a> {
        (&self.words[i * self.stride..][..self.stride], self.terms[i])
    }
}

/// Rows of `b` four at a time: `tile(at, rows)` writes their keys into the columns from `at` on. The last row stands in
/// for those that are missing.
#[inline(always)]
pub(super) fn by_fours<'a>(b: Stretch<'a>, mut tile: impl FnMut(usize, [Row<'a>; TILE_B])) {
    for first in (0..b.len()).step_by(TILE_B) {
        tile(first, std::array::from_fn(|i| b.row((first + i).min(b.len() - 1))));
    }
}

/// Writes a row's keys, as many as there is room for, from column `at` on.
#[inline(always)]
pub(super) fn put(keys: &[u32; TILE_B], out: &mut [u32], at: usize) {
    // Of constant length: a call to copy a few keys takes as long as a good part of the tile in WebAssembly.
    match out[at..].first_chunk_mut::<TILE_B>() {
        Some(out) => *out = *keys,
        None => out[at..].iter_mut().zip(keys).for_each(|(out, key)| *out = *key),
    }
}

/// The exact rows, in an order of one's own.
pub(crate) struct F32Space<'a> {
    points: &'a Points,
    order: &'a [u32],
    centers: Vec<Vec<u32>>,
}

impl<'a> F32Space<'a> {
    /// Row `i` of the space is row `order[i]` of `points`.
    pub(crate) fn new(points: &'a Points, order: &'a [u32]) -> Self {
        Self { points, order, centers: Vec::new() }
    }
}

impl F32Space<'_> {
    /// Of some of the rows the one that is nearest to the others.
    fn medoid(&self, rows: &[u32]) -> Vec<u32> {
        let step = rows.len().div_ceil(MEDOID_ROWS).max(1);
        let some: Vec<u32> = rows.iter().step_by(step).copied().collect();
        let (gathered, mut keys) = (Gathered::of(self, &some), vec![0; some.len() * some.len()]);
        self.keys(gathered.all(), gathered.all(), &mut keys);
        let sum = |keys: &[u32]| keys.iter().map(|&key| f64::from(value_of(key))).sum::<f64>();
        let (mut best, mut least) = (0, f64::INFINITY);
        for (at, keys) in keys.chunks_exact(some.len()).enumerate() {
            let sum = sum(keys);
            if sum < least {
                (best, least) = (at, sum);
            }
        }
        gathered.all().row(best).0.to_vec()
    }
}

impl Space for F32Space<'_> {
    fn rows(&self) -> usize {
        self.order.len()
    }

    fn stride(&self) -> usize {
        self.points.stride()
    }

    fn close(&self) -> f32 {
        f32::NEG_INFINITY
    }

    fn centers(&self) -> Range<u32> {
        self.order.len() as u32..(self.order.len() + self.centers.len()) as u32
    }

    fn set_centers(&mut self, centers: Vec<Vec<u32>>) {
        self.centers = centers;
    }

    fn middle(&self, rows: &[u32]) -> Vec<u32> {
        // A group of no rows has a middle all the same: of zeros.
        if !self.points.metric().facts().has_means && !rows.is_empty() {
            return self.medoid(rows);
        }
        let mut sums = vec![0.0f32; self.points.stride()];
        let mut room = Vec::new();
        for &row in rows {
            let [row] = self.points.read([self.order[row as usize]], &mut room);
            sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        let part = 1.0 / rows.len().max(1) as f32;
        sums.into_iter().map(|sum| (sum * part).to_bits()).collect()
    }

    /// Those of one list are all rows, or all centres.
    fn gather(&self, rows: &[u32], into: &mut Gathered) {
        let first = self.order.len();
        match rows.first() {
            Some(&row) if row as usize >= first => {
                into.refill(rows.iter().map(|&i| (self.centers[i as usize - first].as_slice(), 0)));
            }
            _ => {
                let mut room = Vec::new();
                let read = self.points.read_all(rows.iter().map(|&i| self.order[i as usize]), &mut room);
                into.refill(read.into_iter().map(|row| (bytemuck::cast_slice(row), 0)));
            }
        }
    }

    fn keys(&self, a: Stretch, b: Stretch, out: &mut [u32]) {
        assert_eq!(out.len(), a.len() * b.len());
        let (kernel, width) = (self.points.metric().kernel(), b.len());
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
