//! What is done to a row before it is stored, so that a fast kernel compares it, and what a form leaves of it.

use super::column_map::ColumnMap;
use crate::simd::LANES;

/// What is done to a row before it is stored.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// How many values stand for a row of so many columns.
    values: fn(usize) -> usize,
    /// What comes after them.
    pub(crate) rest: Rest,
    /// Replaces the first columns of a padded row; nothing if they stay as they are.
    put: Option<Put>,
    /// Whether 8 or 16 bits per value are enough.
    pub(crate) can_be_rounded: bool,
}

/// What a row has after its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Nothing.
    Nothing,
    /// An axis on which zero rows lie: 0 or 1.
    Axis,
    /// A vector whose first lane is a number that the kernel needs of the row, such as how many values are not 0.
    Tail,
}

/// The padded row, whose first columns are the user's, and their number.
pub(super) type Put = fn(&mut [f32], usize, &Given) -> Result<(), Refused>;

/// Parameters that forms need.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'a> {
    /// The metric's number, where it has one.
    pub(super) p: f32,
    /// What rows are multiplied by.
    pub(super) columns: Option<&'a ColumnMap>,
}

/// A column that the metric has no distance for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused {
    pub(crate) column: usize,
    pub(crate) expected: &'static str,
}

impl Form {
    /// Rows as they are.
    pub(super) const AS_IS: Self = Self { values: |cols| cols, rest: Rest::Nothing, put: None, can_be_rounded: true };

    /// Scaled to length 1; a zero row becomes the unit vector of an extra column.
    pub(super) const UNIT: Self = Self::of(|row, cols, _| unit(row, cols, 0.0)).with_axis();

    /// Less its mean, then as `UNIT`.
    pub(super) const CENTERED_UNIT: Self = Self::of(centered_unit).with_axis();

    /// Multiplied by the metric's own numbers.
    pub(super) const MAPPED: Self = Self::of(|row, cols, given| {
        given.columns.expect("a metric of parameters").put(&mut row[..cols]);
        Ok(())
    });

    /// As many values as columns, that `put` makes.
    pub(super) const fn of(put: Put) -> Self {
        Self { put: Some(put), ..Self::AS_IS }
    }

    /// The same with other numbers of values.
    pub(super) const fn with_values(self, values: fn(usize) -> usize) -> Self {
        Self { values, ..self }
    }

    /// The same with an axis for zero rows.
    pub(super) const fn with_axis(self) -> Self {
        Self { rest: Rest::Axis, ..self }
    }

    /// The same with a number of the row's after them: `put` writes it by [`put_tail`].
    pub(super) const fn with_tail(self) -> Self {
        Self { rest: Rest::Tail, can_be_rounded: false, ..self }
    }

    /// The same, of values that lose too much in fewer bits.
    pub(super) const fn in_32_bits(self) -> Self {
        Self { can_be_rounded: false, ..self }
    }

    /// Whether zero rows lie on an axis of their own.
    pub(crate) fn has_axis(&self) -> bool {
        self.rest == Rest::Axis
    }

    /// Whether rows stay as they are.
    pub fn is_as_is(&self) -> bool {
        self.put.is_none()
    }

    /// How many values stand for a row of so many columns.
    pub(crate) fn values(&self, cols: usize) -> usize {
        (self.values)(cols)
    }

    /// Puts a padded row into the form.
    pub(crate) fn put(&self, row: &mut [f32], cols: usize, given: &Given) -> Result<(), Refused> {
        self.put.map_or(Ok(()), |put| put(row, cols, given))
    }
}

/// Writes the number that a row has after its values.
pub(super) fn put_tail(row: &mut [f32], number: f32) {
    let at = row.len() - LANES;
    row[at] = number;
}

/// The number that [`put_tail`] wrote.
#[inline(always)]
pub(super) fn tail(row: &[f32]) -> f32 {
    row[row.len() - LANES]
}

/// Errs unless all values are at least 0.
pub(super) fn check_not_negative(values: &[f32]) -> Result<(), Refused> {
    match values.iter().position(|&x| x < 0.0) {
        Some(column) => Err(Refused { column, expected: "values of at least 0" }),
        None => Ok(()),
    }
}

fn centered_unit(row: &mut [f32], cols: usize, _: &Given) -> Result<(), Refused> {
    let mean = row[..cols].iter().map(|&x| f64::from(x)).sum::<f64>() / cols as f64;
    unit(row, cols, mean)
}

/// Less a mean, to length 1.
pub(super) fn unit(row: &mut [f32], cols: usize, mean: f64) -> Result<(), Refused> {
    let values = &mut row[..cols];
    let squares: f64 = values.iter().map(|&x| (f64::from(x) - mean) * (f64::from(x) - mean)).sum();
    // A constant row less its mean is zero up to rounding of the mean.
    let largest = values.iter().fold(0.0, |m: f64, &x| m.max(f64::from(x).abs()));
    let negligible = 1e-12 * largest * (cols as f64).sqrt();
    let length = squares.sqrt();
    if length <= negligible {
        values.fill(0.0);
        row[cols] = 1.0;
    } else {
        values.iter_mut().for_each(|x| *x = ((f64::from(*x) - mean) / length) as f32);
    }
    Ok(())
}
