//! Earth mover's distance of rows as histograms over equally spaced bins: the sum of absolute differences of their cumulative
//! shares.

use super::facts::Facts;
use super::form::{Form, Given, Refused, check_not_negative};
use super::manhattan;

pub(super) const FACTS: Facts = Facts { codes: None, ..manhattan::FACTS.with_form(Form::of(cumulative)) };

fn cumulative(row: &mut [f32], cols: usize, _: &Given) -> Result<(), Refused> {
    check_not_negative(&row[..cols])?;
    let sum: f64 = row[..cols].iter().map(|&x| f64::from(x)).sum();
    let mut so_far = 0.0;
    for x in &mut row[..cols] {
        so_far += f64::from(*x);
        *x = if sum == 0.0 { 0.0 } else { (so_far / sum) as f32 };
    }
    Ok(())
}
