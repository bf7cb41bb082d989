//! How metrics follow from the columns that two rows have in common: what a value adds where the other row has 0 is summed once
//! for each row; of a pair only the common columns are visited, and what they add alone is taken off again.
//!
//! All sums are in 64 bits and in the order of the columns, however rows are compared. So what equal rows take off is the same
//! bits as their sums, and they are at distance 0.

/// What is summed over a row alone.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowFacts {
    /// How many entries it has.
    pub(super) count: u32,
    /// What its entries add alone.
    pub(super) alone: [f64; 2],
    /// Sums that only the end needs.
    pub(super) own: [f64; 2],
}

/// A metric of common columns.
pub(super) trait Scheme: Send + Sync {
    /// What a value adds where the other row has 0.
    fn alone(&self, x: f64) -> [f64; 2];
    /// What two values in one column add, less what both add alone.
    fn shared(&self, x: f64, y: f64) -> [f64; 2];
    /// What the kernel of the metric would compute of all columns.
    fn finish(&self, sums: [f64; 2], a: &RowFacts, b: &RowFacts) -> f64;
    /// Sums of a row that only the end needs.
    fn own(&self, _: &[f32]) -> [f64; 2] {
        [0.0; 2]
    }
}

/// A scheme for which no loop is compiled of its own: each would be some KiB for metrics that few use. A virtual call takes as
/// long as an entry that is looked up in vain, and there is one for each common column only.
pub(super) type Rare = Box<dyn Scheme>;

impl Scheme for Rare {
    fn alone(&self, x: f64) -> [f64; 2] {
        (**self).alone(x)
    }
    fn shared(&self, x: f64, y: f64) -> [f64; 2] {
        (**self).shared(x, y)
    }
    fn finish(&self, sums: [f64; 2], a: &RowFacts, b: &RowFacts) -> f64 {
        (**self).finish(sums, a, b)
    }
    fn own(&self, row: &[f32]) -> [f64; 2] {
        (**self).own(row)
    }
}
