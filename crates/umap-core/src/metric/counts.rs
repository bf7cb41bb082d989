//! In how many columns two rows are true.

/// A distance from counts.
pub(crate) type Share = fn(Counts) -> f64;

/// How many columns are true in which of two rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    /// In both.
    pub(super) both: f64,
    /// In the first only.
    pub(super) first: f64,
    /// In the second only.
    pub(super) second: f64,
    /// All columns.
    pub(super) all: f64,
}

impl Counts {
    /// Of how many are true in both, in each, and how many there are.
    pub(crate) fn new(both: f64, [first, second]: [f64; 2], all: f64) -> Self {
        Self { both, first: first - both, second: second - both, all }
    }

    pub(super) fn differ(self) -> f64 {
        self.first + self.second
    }

    pub(super) fn neither(self) -> f64 {
        self.all - self.both - self.differ()
    }
}
