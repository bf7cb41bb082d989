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
const FAIR: f64 = 0.9;
/// ... if an iteration leaves more than this part of what was missing. GloVe (341,479 rows): about 0.76 0.86 0.89 0.90
/// after 1 to 4 iterations.
const SLOW: f64 = 0.75;
/// Neighbours and candidates beyond the least may not take more than this: WebAssembly has 4 GiB for all.
const MOST_BYTES: usize = 1 << 30;

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
    /// what is compared leads further. GloVe (341,479 rows, recall of the cells 0.63): 0.84 with the least effort and 8
    /// visits, 0.88 with this one and 4, in the same time.
    pub(crate) fn for_recall(recall: f64, wanted: usize, rows: usize) -> Self {
        let missing = |most: f64| (most * (1.0 - recall)) as usize;
        let width = (wanted + SPARE + missing(20.0)).min(rows - 1);
        let affordable = (MOST_BYTES / size_of::<u64>() / rows).saturating_sub(width) / 2;
        Self { width, candidates: (CANDIDATES + missing(30.0)).min(affordable).max(CANDIDATES) }
    }

    /// Whether keeping `width` neighbours is within bounds.
    pub(crate) fn is_affordable(width: usize, rows: usize) -> bool {
        rows.saturating_mul((width + 2 * CANDIDATES) * size_of::<u64>()) <= MOST_BYTES
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
        let efforts = [1.0, 0.9, 0.6, 0.1].map(|recall| Effort::for_recall(recall, 14, 100_000));
        assert!(efforts.is_sorted_by(|a, b| a.width < b.width && a.candidates < b.candidates));
        assert_eq!(efforts[0], Effort { width: 17, candidates: 20 });
        assert_eq!(Effort::for_recall(0.0, 14, 5).width, 4);
    }

    #[test]
    fn memory_bounds_it() {
        let effort = Effort::for_recall(0.0, 14, 1_500_000);
        assert!((effort.width + 2 * effort.candidates) * 1_500_000 * 8 <= MOST_BYTES);
        assert!(Effort::is_affordable(17, 1_000_000) && !Effort::is_affordable(203, 1_000_000));
    }

    #[test]
    fn descent_ends_when_it_is_good_or_slow() {
        assert!(is_enough(0.95, 0.9, 0.99) && is_enough(0.6, 0.89, 0.91));
        assert!(!is_enough(0.6, 0.8, 0.89) && !is_enough(0.6, 0.93, 0.97) && !is_enough(0.95, 0.97, 0.975));
    }
}
