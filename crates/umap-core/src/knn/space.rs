//! What approximate search knows of the points: keys of pairs of rows that order like their distances.

use std::ops::Range;

use crate::metric::tile;
use crate::points::Points;
use crate::with_kernel;

use super::key_of;

/// Rows per side of a tile: 3 x 4 accumulators are what fits 16 vector registers.
pub(crate) const TILE_A: usize = 3;
const TILE_B: usize = 4;

/// Rows whose pairs can be compared. A pair's key is the same whichever way round and in whichever tile it is computed.
pub(crate) trait Space: Sync {
    /// What rows are made of.
    type Value: Send;

    /// Number of rows.
    fn rows(&self) -> usize;

    /// The row numbers of the centres.
    fn centers(&self) -> Range<u32>;

    /// Replaces the centres, which are numbered like rows, from [`rows`](Self::rows) on.
    fn set_centers(&mut self, centers: Vec<Vec<Self::Value>>);

    /// The mean of some rows.
    fn mean(&self, rows: &[u32]) -> Vec<Self::Value>;

    /// Keys of all pairs of `M` rows with four.
    fn tile<const M: usize>(&self, a: [u32; M], b: [u32; TILE_B]) -> [[u32; TILE_B]; M];

    /// Keys of all pairs of two lists of rows, row-major `a.len()` x `b.len()`.
    fn keys(&self, a: &[u32], b: &[u32], out: &mut [u32]) {
        assert_eq!(out.len(), a.len() * b.len());
        let (threes, rest) = a.as_chunks::<TILE_A>();
        let (out, out_rest) = out.split_at_mut(threes.len() * TILE_A * b.len());
        if b.is_empty() {
            return;
        }
        for (&a, out) in threes.iter().zip(out.chunks_exact_mut(TILE_A * b.len())) {
            fill(self, a, b, out);
        }
        match *rest {
            [x, y] => fill(self, [x, y], b, out_rest),
            [x] => fill(self, [x], b, out_rest),
            _ => {}
        }
    }
}

#[inline(always)]
fn fill<S: Space + ?Sized, const M: usize>(space: &S, a: [u32; M], b: &[u32], out: &mut [u32]) {
    let (fours, rest) = b.as_chunks::<TILE_B>();
    for (at, &four) in fours.iter().enumerate() {
        for (keys, out) in space.tile(a, four).iter().zip(out.chunks_exact_mut(b.len())) {
            // Of constant length: a call to copy a few keys takes as long as a good part of the tile in WebAssembly.
            out.as_chunks_mut::<TILE_B>().0[at] = *keys;
        }
    }
    if let Some(&last) = rest.last() {
        // The last row stands in for those that are missing.
        let tile = space.tile(a, std::array::from_fn(|i| *rest.get(i).unwrap_or(&last)));
        for (keys, out) in tile.iter().zip(out.chunks_exact_mut(b.len())) {
            out[b.len() - rest.len()..].iter_mut().zip(keys).for_each(|(out, key)| *out = *key);
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

    /// Rows, or centres: those of one list are all the same.
    #[inline(always)]
    fn read<'b, const N: usize>(&'b self, rows: [u32; N], room: &'b mut Vec<f32>) -> [&'b [f32]; N] {
        if rows[0] as usize >= self.order.len() {
            return rows.map(|i| self.centers[i as usize - self.order.len()].as_slice());
        }
        self.points.read(rows.map(|i| self.order[i as usize]), room)
    }
}

impl Space for F32Space<'_> {
    type Value = f32;

    fn rows(&self) -> usize {
        self.order.len()
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
            let [row] = self.read([row], &mut room);
            sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        let part = 1.0 / rows.len().max(1) as f32;
        sums.iter_mut().for_each(|sum| *sum *= part);
        sums
    }

    #[inline(always)]
    fn tile<const M: usize>(&self, a: [u32; M], b: [u32; TILE_B]) -> [[u32; TILE_B]; M] {
        let (mut a_room, mut b_room) = (Vec::new(), Vec::new());
        let (a, b) = (self.read(a, &mut a_room), self.read(b, &mut b_room));
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
        space.keys(&all, &all, &mut matrix);
        for a in 0..11 {
            for b in 0..11 {
                let mut one = [0];
                space.keys(&[a], &[b], &mut one);
                assert_eq!(one[0], matrix[(a * 11 + b) as usize]);
                assert_eq!(one[0], matrix[(b * 11 + a) as usize]);
            }
        }
    }
}
