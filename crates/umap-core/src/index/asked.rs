//! A row asked for, as the rows of an index can be compared with it.

use crate::knn::{QuantizedSpace, key_of, value_of};
use crate::metric::STRIP;
use crate::points::Points;

/// Keys of rows: they order as distances from the row asked for do.
pub(super) trait Asked {
    /// Replaces `keys` by those of some rows.
    fn keys(&self, rows: &[u32], keys: &mut Vec<u32>);
    /// What the metric's kernel gives, in a unit of one's own.
    fn value(&self, key: u32) -> f32;
    /// The key of such a value.
    fn key(&self, value: f32) -> u32;
}

/// Compared in 7 bits.
pub(super) struct Quantized<'a> {
    space: &'a QuantizedSpace,
    row: Vec<u32>,
    term: i32,
    /// What keys lack, the same for all.
    constant: f32,
}

impl<'a> Quantized<'a> {
    /// None for a row so far from all of the space that 7 bits cannot say where it lies.
    pub(super) fn new(space: &'a QuantizedSpace, row: &[f32]) -> Option<Self> {
        let (row, term) = space.quantized(row)?;
        Some(Self { space, row, term, constant: space.constant() })
    }
}

impl Asked for Quantized<'_> {
    fn keys(&self, rows: &[u32], keys: &mut Vec<u32>) {
        self.space.keys_of(&self.row, self.term, rows, keys);
    }
    fn value(&self, key: u32) -> f32 {
        (key ^ 1 << 31) as i32 as f32 + self.constant
    }
    fn key(&self, value: f32) -> u32 {
        // Saturates.
        (value - self.constant) as i32 as u32 ^ 1 << 31
    }
}

/// Compared in 32 bits.
pub(super) struct Exact<'a> {
    pub(super) points: &'a Points,
    pub(super) row: &'a [f32],
}

impl Asked for Exact<'_> {
    fn keys(&self, rows: &[u32], keys: &mut Vec<u32>) {
        keys.clear();
        let (kernel, mut room, mut values) = (self.points.metric().kernel(), Vec::new(), [[0.0; STRIP]]);
        for rows in rows.chunks(STRIP) {
            // The last row stands in for those that are missing.
            let four = std::array::from_fn(|i| rows[i.min(rows.len() - 1)]);
            kernel.strip(&[self.row], self.points.read(four, &mut room), &mut values);
            keys.extend(values[0][..rows.len()].iter().map(|&value| key_of(value)));
        }
    }
    fn value(&self, key: u32) -> f32 {
        value_of(key)
    }
    fn key(&self, value: f32) -> u32 {
        key_of(value)
    }
}
