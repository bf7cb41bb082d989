//! What approximate search knows of a space: keys of pairs of rows that order like their distances.

use std::ops::Range;

use crate::metric::STRIP;

/// Rows that are best compared with many others at a time: those on one side of a kernel's tile.
pub(crate) const TILE_A: usize = 3;
/// Rows on its other side.
pub(crate) const TILE_B: usize = STRIP;

/// The rows of a space in an order that suits the search, and centres of groups of them. A pair's key is the same whichever
/// way round and together with whichever others it is computed. Only the implementation knows what a row consists of:
/// elsewhere it is a few words of 32 bits, so that the search is compiled once and not for every kind. It computes many keys
/// at a time, so the cost of a virtual call does not show.
pub(crate) trait SearchSpace: Sync {
    /// Number of rows.
    fn rows(&self) -> usize;

    /// What it costs to compare two rows, as [`Space::cost`](super::Space::cost).
    fn cost(&self) -> usize;

    /// Up to this value of the metric's kernel, keys may not tell which of two rows is nearer; negative infinity if keys are exact.
    fn close(&self) -> f32 {
        f32::NEG_INFINITY
    }

    /// The row numbers of the centres.
    fn centers(&self) -> Range<u32>;

    /// Replaces the centres, which are numbered like rows, from [`rows`](Self::rows) on.
    fn set_centers(&mut self, centers: Vec<Vec<u32>>);

    /// The centre of some rows: their mean, or their medoid where there are no means.
    fn center_of(&self, rows: &[u32]) -> Vec<u32>;

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
    pub(crate) fn of(space: &dyn SearchSpace, rows: &[u32]) -> Self {
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
    pub(crate) fn refill<'a>(&mut self, rows: impl Iterator<Item = Row<'a>>) {
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

/// Rows of `b` four at a time: `tile(at, rows)` writes their keys into the columns from `at` on. The last row is repeated
/// to fill the last tile.
#[inline(always)]
pub(crate) fn by_fours<'a>(b: Stretch<'a>, mut tile: impl FnMut(usize, [Row<'a>; TILE_B])) {
    for first in (0..b.len()).step_by(TILE_B) {
        tile(first, std::array::from_fn(|i| b.row((first + i).min(b.len() - 1))));
    }
}

/// Writes a row's keys, as many as fit, from column `at` on.
#[inline(always)]
pub(crate) fn put(keys: &[u32; TILE_B], out: &mut [u32], at: usize) {
    // Of constant length: a call to copy a few keys takes as long as a good part of the tile in WebAssembly.
    match out[at..].first_chunk_mut::<TILE_B>() {
        Some(out) => *out = *keys,
        None => out[at..].iter_mut().zip(keys).for_each(|(out, key)| *out = *key),
    }
}
