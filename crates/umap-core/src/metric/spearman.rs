//! Spearman's rank correlation distance: correlation distance of the ranks of a row's values, equal values sharing the mean of
//! theirs.

use super::cosine;
use super::facts::Facts;
use super::form::{Form, Given, Refused};
use crate::sorting::sort_by_value;

pub(super) const FACTS: Facts = cosine::DOT.with_form(Form::of(ranks).with_axis());

fn ranks(row: &mut [f32], cols: usize, given: &Given) -> Result<(), Refused> {
    let values = &mut row[..cols];
    let mut sorted: Vec<(f32, u32)> = values.iter().copied().zip(0..).collect();
    sort_by_value(&mut sorted);
    let mut first = 0;
    // Not by bits: -0 and 0 are one value.
    for same in sorted.chunk_by(|a, b| a.0 == b.0) {
        let rank = first as f32 + (same.len() - 1) as f32 * 0.5;
        same.iter().for_each(|&(_, at)| values[at as usize] = rank);
        first += same.len();
    }
    Form::CENTERED_UNIT.put(row, cols, given)
}
