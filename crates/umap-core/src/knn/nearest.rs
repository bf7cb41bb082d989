//! The nearest rows seen so far, under one total order: (value, row number). So the outcome depends neither on the
//! order in which rows come nor on how the work was cut.

use crate::sorting::sort;
use crate::space::{entry_of, value_of};

/// The `k` nearest of the rows pushed.
#[derive(Clone, Debug)]
pub struct Nearest {
    k: usize,
    /// Entries from here on are not among the nearest.
    limit: u64,
    /// See [`entry_of`]; up to `2 k` of them, so that cutting back to `k` costs O(1) per entry, in any order.
    entries: Vec<u64>,
}

impl Nearest {
    /// None yet, of `k`.
    pub fn new(k: usize) -> Self {
        Self { k, limit: if k == 0 { 0 } else { u64::MAX }, entries: Vec::new() }
    }

    /// Offers row `id` with the kernel's value for it; a row may be offered once only.
    #[inline(always)]
    pub fn push(&mut self, value: f32, id: u32) {
        self.push_entry(entry_of(value, id));
    }

    #[inline(always)]
    fn push_entry(&mut self, entry: u64) {
        if entry < self.limit {
            self.entries.push(entry);
            if self.entries.len() == 2 * self.k {
                self.cut();
            }
        }
    }

    #[cold]
    fn cut(&mut self) {
        self.limit = *self.entries.select_nth_unstable(self.k - 1).1;
        self.entries.truncate(self.k);
    }

    /// Offers everything in `other`.
    pub fn merge(&mut self, other: &Self) {
        other.entries.iter().for_each(|&entry| self.push_entry(entry));
    }

    /// Values and row numbers, nearest first.
    pub fn into_sorted(mut self) -> impl ExactSizeIterator<Item = (f32, u32)> {
        sort(&mut self.entries);
        self.entries.truncate(self.k);
        self.entries.into_iter().map(|entry| (value_of((entry >> 32) as u32), entry as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keeps_what_a_full_sort_keeps(values in prop::collection::vec(-3i8..3, 0..60), k in 0usize..20, cut in 0usize..60) {
            let mut sorted: Vec<(i8, u32)> = values.iter().copied().zip(0..).collect();
            sorted.sort_unstable();
            sorted.truncate(k);
            let (mut first, mut second) = (Nearest::new(k), Nearest::new(k));
            for (id, &value) in values.iter().enumerate() {
                let part = if id < cut { &mut first } else { &mut second };
                part.push(f32::from(value), id as u32);
            }
            second.merge(&first);
            let kept: Vec<_> = second.into_sorted().map(|(value, id)| (value as i8, id)).collect();
            prop_assert_eq!(kept, sorted);
        }
    }
}
