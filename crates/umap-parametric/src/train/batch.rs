//! The rows that a step needs, each once.

/// Numbers of rows without repetition, in increasing order, and where in them each asked-for row is.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) rows: Vec<u32>,
}

impl Batch {
    /// Of rows that may be asked for more than once.
    pub(super) fn of(asked: impl Iterator<Item = u32>) -> Self {
        let mut rows: Vec<u32> = asked.collect();
        rows.sort_unstable();
        rows.dedup();
        Self { rows }
    }

    /// Where a row is.
    pub(super) fn place(&self, row: u32) -> u32 {
        self.rows.binary_search(&row).expect("of the rows that were asked for") as u32
    }
}
