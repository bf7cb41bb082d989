//! Keys of the rows of an index for one query.

use crate::knn::QuantizedSpace;
use crate::metric::STRIP;
use crate::space::{Comparison, Query, key_of, value_of};

/// Keys of rows: they order as distances from the query do.
pub(super) trait QueryKeys {
    /// Replaces `keys` by those of some rows.
    fn keys(&mut self, rows: &[u32], keys: &mut Vec<u32>);
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
    /// None for a row so far from all of the space that 7 bits cannot tell where it lies.
    pub(super) fn new(space: &'a QuantizedSpace, query: Query<'_>) -> Option<Self> {
        let mut scratch = Vec::new();
        let [row] = query.space.dense()?.read([query.row], &mut scratch);
        let (row, term) = space.quantized(row)?;
        Some(Self { space, row, term, constant: space.constant() })
    }
}

impl QueryKeys for Quantized<'_> {
    fn keys(&mut self, rows: &[u32], keys: &mut Vec<u32>) {
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

/// Compared exactly.
pub(super) struct Exact<'a>(pub(super) Box<dyn Comparison + 'a>);

impl QueryKeys for Exact<'_> {
    fn keys(&mut self, rows: &[u32], keys: &mut Vec<u32>) {
        keys.clear();
        self.0.with(rows, &mut |first, strip| {
            let count = STRIP.min(rows.len() - first);
            keys.extend(strip[0][..count].iter().map(|&value| key_of(value)));
        });
    }
    fn value(&self, key: u32) -> f32 {
        value_of(key)
    }
    fn key(&self, value: f32) -> u32 {
        key_of(value)
    }
}
