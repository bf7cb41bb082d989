//! How hard to search: what recall the first cells gave tells how hard the data is.

/// Visits go on while they give less recall than this, up to [`MOST_VISITS`]. MNIST, with 5 iterations of k-means: 0.982
/// after 1 visit and 2 iterations of descent, 0.994 after 2 and 2. Data that is below after all visits is hard.
const EASY: f64 = 0.9;
/// Fewer columns are few.
const NARROW: usize = 32;
/// Each gives less than the one before: for GloVe numbers 5 to 8 gained half of what an iteration did in their time.
pub(crate) const MOST_VISITS: usize = 4;
/// Neighbours kept besides those wanted: distances in 7 bits misplace some near the end, and what is kept leads further.
/// MNIST: recall 0.979 with 0 more, 0.987 with 3, 0.993 with 5.
const SPARE: usize = 5;
/// Most new, and most old, candidates of a row in an iteration ...
const CANDIDATES: usize = 20;
/// ... and how many more for data of which the cells gave nothing. GloVe (341,479 rows, recall of the cells 0.66), processor
/// time and recall with up to so many more: 60 10.8 s 0.850, 250 11.7 s 0.875; keeping up to 20 more neighbours instead
/// took 12.9 s for 0.861. Normal data (100,000 rows of 64): 3.2 s 0.69, 3.6 s 0.76; instead 5.2 s 0.77.
const MORE_CANDIDATES: f64 = 250.0;
/// Descent ends at this recall: MNIST's label accuracy is 0.965 with 0.985, 0.966 with this for 8 % more time, 0.966 with
/// exact neighbours ...
const ENOUGH: f64 = 0.993;
/// ... or, for hard data, from this one on ...
const FAIR: f64 = 0.85;
/// ... if an iteration leaves more than this part of what was missing. GloVe (341,479 rows): 0.81 0.88 0.90 after 1 to 3
/// iterations.
const SLOW: f64 = 0.75;
/// More neighbours than the least may not take more than this: WebAssembly has 4 GiB for all.
const MOST_BYTES: usize = 1 << 30;
/// Bytes of an entry, and of the slots that its row and the other row have for it among their candidates.
const ENTRY_BYTES: usize = size_of::<u64>() + 2 * size_of::<u32>();

/// Neighbours kept of each row, and twice as many for data that 7 bits tell apart less well.
pub(crate) fn widths(wanted: usize, rows: usize) -> [usize; 2] {
    [1, 2].map(|times| (times * wanted + SPARE).min(rows - 1))
}

/// Whether keeping `width` neighbours is within bounds.
pub(crate) fn is_affordable(width: usize, rows: usize) -> bool {
    rows.saturating_mul(width * ENTRY_BYTES) <= MOST_BYTES
}

/// Most new, and most old, candidates of a row, for data of which the cells gave `recall`: where much is missing, comparing
/// more leads further.
pub(crate) fn candidates(recall: f64) -> usize {
    CANDIDATES + (MORE_CANDIDATES * (1.0 - recall)) as usize
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
        assert_eq!([1.0, 0.9, 0.6].map(candidates), [20, 44, 120]);
    }

    #[test]
    fn memory_bounds_it() {
        assert!(is_affordable(19, 1_000_000) && !is_affordable(203, 1_000_000));
    }

    #[test]
    fn descent_ends_when_it_is_good_or_slow() {
        assert!(is_enough(0.95, 0.9, 0.994) && is_enough(0.6, 0.84, 0.86));
        assert!(!is_enough(0.6, 0.82, 0.84) && !is_enough(0.6, 0.93, 0.97) && !is_enough(0.95, 0.97, 0.99));
    }
}
