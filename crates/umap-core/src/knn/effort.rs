//! How hard to search: what recall the first cells gave says how hard the data is.

/// Visits go on while they give less recall than this, up to [`MOST_VISITS`]. MNIST, with 5 iterations of k-means: 0.982
/// after 1 visit and 2 iterations of descent, 0.994 after 2 and 2. Data that is below after all visits is hard.
const EASY: f64 = 0.9;
/// Fewer columns are few.
const NARROW: usize = 32;
/// Each gives less than the one before: for GloVe numbers 5 to 8 gained half of what an iteration did in their time.
pub(crate) const MOST_VISITS: usize = 4;
/// Neighbours kept besides those asked for. Distances in 7 bits misplace some near the end (MNIST: recall 0.979 with 0
/// more, 0.989 with 3).
const SPARE: usize = 3;
/// Most new, and most old, candidates of a row in an iteration.
const CANDIDATES: usize = 20;
/// Descent ends at this recall ...
const ENOUGH: f64 = 0.985;
/// ... or, for hard data, from this one on ...
const FAIR: f64 = 0.85;
/// ... if an iteration leaves more than this part of what was missing. GloVe (341,479 rows): 0.81 0.88 0.90 after 1 to 3
/// iterations.
const SLOW: f64 = 0.75;
/// Neighbours beyond the least may not take more than this: WebAssembly has 4 GiB for all.
const MOST_BYTES: usize = 1 << 30;
/// An entry, and the places that its row and the other have for it among their candidates.
const ENTRY_BYTES: usize = size_of::<u64>() + 2 * size_of::<u32>();

/// What is spent on the descent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Effort {
    /// Neighbours kept of each row.
    pub(crate) width: usize,
    /// Most new, and most old, candidates of a row.
    pub(crate) candidates: usize,
}

impl Effort {
    /// For data of which the cells gave `recall` of `wanted` neighbours: where much is missing, what is kept besides and
    /// what is compared leads further. GloVe (341,479 rows, recall of the cells 0.66), processor time and recall with up
    /// to so many more neighbours and candidates: 20 and 30 12.9 s 0.861, 0 and 60 10.8 s 0.850, 0 and 250 11.7 s 0.875,
    /// 5 and 250 12.0 s 0.881. Normal data, 100,000 rows of 64: 5.2 s 0.77, 3.2 s 0.69, 3.6 s 0.76, 3.9 s 0.80.
    pub(crate) fn for_recall(recall: f64, wanted: usize, rows: usize) -> Self {
        let missing = |most: f64| (most * (1.0 - recall)) as usize;
        let least = wanted + SPARE;
        let width = if Self::is_affordable(least + missing(5.0), rows) { least + missing(5.0) } else { least };
        Self { width: width.min(rows - 1), candidates: CANDIDATES + missing(250.0) }
    }

    /// Whether keeping `width` neighbours is within bounds.
    pub(crate) fn is_affordable(width: usize, rows: usize) -> bool {
        rows.saturating_mul(width * ENTRY_BYTES) <= MOST_BYTES
    }
}

/// Neighbours kept at least, and twice as many for data that 7 bits tell apart less well.
pub(crate) fn widths(wanted: usize, rows: usize) -> [usize; 2] {
    [1, 2].map(|times| (times * wanted + SPARE).min(rows - 1))
}

/// Whether rows should make another visit after so many. The first gives the most, and for few
/// columns a visit takes less time than an iteration of descent.
pub(crate) fn should_visit(visits: usize, recall: f64, columns: usize) -> bool {
    recall < if visits == 0 || columns < NARROW { ENOUGH } else { EASY }
}

/// Whether an iteration that took the recall from `before` to `now` was the last, for data of which the cells gave
/// `from_cells`.
pub(crate) fn is_enough(from_cells: f64, before: f64, now: f64) -> bool {
    let is_hard = from_cells < EASY;
    now >= ENOUGH || is_hard && now >= FAIR && 1.0 - now > SLOW * (1.0 - before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harder_data_gets_more() {
        let efforts = [1.0, 0.7, 0.5, 0.1].map(|recall| Effort::for_recall(recall, 14, 100_000));
        assert!(efforts.is_sorted_by(|a, b| a.width < b.width && a.candidates < b.candidates));
        assert_eq!(efforts[0], Effort { width: 17, candidates: 20 });
        assert_eq!(Effort::for_recall(0.0, 14, 5).width, 4);
    }

    #[test]
    fn memory_bounds_it() {
        assert_eq!(Effort::for_recall(0.0, 14, 1_000_000).width, 22);
        assert_eq!(Effort::for_recall(0.0, 14, 3_500_000).width, 17);
        assert!(Effort::is_affordable(17, 1_000_000) && !Effort::is_affordable(203, 1_000_000));
    }

    #[test]
    fn descent_ends_when_it_is_good_or_slow() {
        assert!(is_enough(0.95, 0.9, 0.99) && is_enough(0.6, 0.84, 0.86));
        assert!(!is_enough(0.6, 0.82, 0.84) && !is_enough(0.6, 0.93, 0.97) && !is_enough(0.95, 0.97, 0.975));
    }
}
