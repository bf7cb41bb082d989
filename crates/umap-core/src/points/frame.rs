//! Where 32-bit floats would round too much away, or their squares leave the range: columns that lie far from 0 (times in
//! milliseconds, say) are kept less an offset, and data that are very large or small times a power of two. Ordinary data
//! are kept as they are, bit for bit.

use std::sync::Arc;

use super::element::Element;
use super::values::Values;
use crate::error::{Result, UmapError};
use crate::math::{extreme_exponent, power_of_two};
use crate::memory;
use crate::metric::{Lies, Metric};

/// A column is far if it is so many times as far from 0 as it is wide: then 14 or fewer of a float's 24 bits tell its
/// values apart.
const FAR: f64 = 1024.0;
/// Exponents beyond which distances in the user's units are no 32-bit floats.
const MOST: i32 = 100;

/// How values are kept: less the offset of their column, times a power of two.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// Of some columns, in their order.
    offsets: Vec<(u32, f64)>,
    exponent: i32,
}

impl Frame {
    /// Whether values are kept as they are.
    pub fn is_plain(&self) -> bool {
        self.offsets.is_empty() && self.exponent == 0
    }

    /// What a distance in the frame is multiplied by to be one in the user's units.
    pub fn unit(&self) -> f32 {
        power_of_two(-self.exponent) as f32
    }

    /// Writes `values`, those of a row from column `col` on, as they are kept. Errs with the first column whose value is no
    /// 32-bit float then.
    pub(super) fn put<T: Element>(&self, values: &[T], col: usize, to: &mut [f32]) -> std::result::Result<(), usize> {
        for &(column, offset) in self.within(col, values.len()) {
            let at = column as usize - col;
            to[at] = (values[at].to_f64() - offset) as f32;
        }
        if self.exponent != 0 {
            let scale = power_of_two(self.exponent);
            to.iter_mut().for_each(|x| *x = (f64::from(*x) * scale) as f32);
        }
        to.iter().position(|x| !x.is_finite()).map_or(Ok(()), Err)
    }

    /// Replaces a stored row by the user's values, rounded to 32 bits.
    pub fn restore(&self, row: &mut [f32]) {
        let unit = power_of_two(-self.exponent);
        if self.exponent != 0 {
            row.iter_mut().for_each(|x| *x = (f64::from(*x) * unit) as f32);
        }
        for &(column, offset) in &self.offsets {
            let x = &mut row[column as usize];
            *x = (f64::from(*x) + offset) as f32;
        }
    }

    fn within(&self, col: usize, len: usize) -> &[(u32, f64)] {
        let from = self.offsets.partition_point(|&(column, _)| (column as usize) < col);
        let to = self.offsets.partition_point(|&(column, _)| (column as usize) < col + len);
        &self.offsets[from..to]
    }

    /// As integers, for files: the exponent, and of each offset the column and the bits.
    pub fn numbers(&self) -> Vec<u32> {
        let offset = |&(column, offset): &(u32, f64)| {
            let bits = offset.to_bits();
            [column, bits as u32, (bits >> 32) as u32]
        };
        std::iter::once(self.exponent.cast_unsigned()).chain(self.offsets.iter().flat_map(offset)).collect()
    }

    /// Of such numbers, for points of so many columns; None if they are no others.
    pub fn of_numbers(numbers: &[u32], cols: usize) -> Option<Self> {
        let (exponent, offsets) = numbers.split_first()?;
        let exponent = exponent.cast_signed();
        let (offsets, rest) = offsets.as_chunks::<3>();
        let offset = |&[column, low, high]: &[u32; 3]| (column, f64::from_bits(u64::from(high) << 32 | u64::from(low)));
        let offsets: Vec<(u32, f64)> = offsets.iter().map(offset).collect();
        let fit = offsets.is_sorted_by(|a, b| a.0 < b.0)
            && offsets.iter().all(|&(column, offset)| (column as usize) < cols && offset.is_finite());
        (rest.is_empty() && fit && exponent.abs() <= MOST).then_some(Self { offsets, exponent })
    }
}

/// What is seen of values on their way in, until the frame is known.
#[derive(Debug)]
pub(super) enum Watch {
    /// The frame is that of other points.
    Given(Arc<Frame>),
    /// Distances do not depend on where columns lie.
    Columns(Columns),
    /// Nor on where a row lies: the values of the row that is being filled.
    Row(Vec<f64>),
    /// Distances depend on where points lie.
    Nothing,
}

impl Watch {
    pub(super) fn of(metric: &Metric) -> Self {
        match metric.lies() {
            Lies::Columns => Self::Columns(Columns::default()),
            Lies::Rows => Self::Row(Vec::new()),
            Lies::Nowhere => Self::Nothing,
        }
    }
}

/// Replaces a row, `values` of which are there in full, by what correlation sees as the same: without where it lies, if it
/// lies far from 0.
pub(super) fn center(values: &[f64], row: &mut [f32]) {
    let Some(&first) = values.first() else { return };
    let reach = values.iter().fold(0.0, |reach: f64, x| reach.max((x - first).abs()));
    if reach > 0.0 && is_far(first, reach) && values.iter().any(|&x| is_rounded(x)) {
        row.iter_mut().zip(values).for_each(|(to, x)| *to = (x - first) as f32);
    }
}

fn is_far(first: f64, reach: f64) -> bool {
    first.abs() > FAR * reach
}

fn is_rounded(x: f64) -> bool {
    f64::from(x as f32) != x
}

/// The columns that may be far. Most are known not to be after two rows.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// The first row, until there is a second.
    first: Vec<f64>,
    far: Vec<Far>,
}

/// A column that is far, as far as is known.
#[derive(Debug)]
struct Far {
    number: u32,
    first: f64,
    /// The greatest difference from the first.
    reach: f64,
    is_rounded: bool,
    /// All values so far, once one was another than the first.
    values: Vec<f64>,
}

impl Columns {
    /// Looks at values of a row from column `col` on. Rows come in their order, and are `rows` in all.
    pub(super) fn see<T: Element>(&mut self, [row, rows]: [usize; 2], col: usize, values: &[T]) -> Result<()> {
        match row {
            0 => self.first.extend(values.iter().map(|x| x.to_f64())),
            1 => {
                for ((&first, x), number) in self.first[col..].iter().zip(values).zip(col as u32..) {
                    if is_far(first, (x.to_f64() - first).abs()) {
                        let is_rounded = is_rounded(first);
                        let mut far = Far { number, first, reach: 0.0, is_rounded, values: Vec::new() };
                        far.see([row, rows], x.to_f64())?;
                        self.far.push(far);
                    }
                }
                if col + values.len() == self.first.len() {
                    self.first = Vec::new();
                }
            }
            _ => {
                let from = self.far.partition_point(|far| (far.number as usize) < col);
                let to = self.far.partition_point(|far| (far.number as usize) < col + values.len());
                for far in &mut self.far[from..to] {
                    far.see([row, rows], values[far.number as usize - col].to_f64())?;
                }
                if self.far[from..to].iter().any(|far| !far.is_far()) {
                    self.far.retain(Far::is_far);
                }
            }
        }
        Ok(())
    }

    /// The columns whose values 32-bit floats round.
    fn rounded(self) -> impl Iterator<Item = Far> {
        self.far.into_iter().filter(|far| far.is_rounded && far.reach > 0.0)
    }
}

impl Far {
    fn see(&mut self, [row, rows]: [usize; 2], x: f64) -> Result<()> {
        if self.values.is_empty() && x != self.first {
            self.values = memory::reserve(&format!("column {} of points in 64 bits", self.number), rows, 1)?;
            self.values.resize(row, self.first);
        }
        if !self.values.is_empty() {
            self.values.push(x);
        }
        self.reach = self.reach.max((x - self.first).abs());
        self.is_rounded |= is_rounded(x);
        Ok(())
    }

    fn is_far(&self) -> bool {
        is_far(self.first, self.reach)
    }
}

/// Puts all values, of which `greatest` is the greatest as they came, into the frame that suits them. Returns it, and the
/// columns that stay rounded because the metric or the store needs them where they lie.
pub(super) fn settle(seen: Columns, values: &mut Values, metric: &Metric, greatest: f32) -> Result<(Frame, Vec<u32>)> {
    let far = seen.rounded();
    let is_signed = metric.facts().is_signed;
    let (Values::F32(rows), false) = (values, is_signed) else {
        // Inner products that overflow are infinitely far.
        if !is_signed && extreme_exponent(greatest).is_some_and(|exponent| exponent > 0) {
            return Err(UmapError::parameter("store", "values within 1e15 of 0 for int8", greatest));
        }
        return Ok((Frame::default(), far.map(|far| far.number).collect()));
    };
    let mut frame = Frame::default();
    for Far { number, first, values, .. } in far {
        values.iter().enumerate().for_each(|(row, x)| rows.row_or_zeros(row)[number as usize] = (x - first) as f32);
        frame.offsets.push((number, first));
    }
    if extreme_exponent(greatest).is_some() {
        let mut greatest = 0.0_f32;
        rows.blocks_mut(1).for_each(|(_, row)| greatest = row.iter().fold(greatest, |most, x| most.max(x.abs())));
        frame.exponent = extreme_exponent(greatest).map_or(0, |exponent| (-exponent).clamp(-MOST, MOST));
        let scale = power_of_two(frame.exponent);
        rows.blocks_mut(1).flat_map(|(_, row)| row).for_each(|x| *x = (f64::from(*x) * scale) as f32);
    }
    Ok((frame, Vec::new()))
}
