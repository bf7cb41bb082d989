//! What the stages ask of a metric.

use super::counts::Share;
use super::form::Form;
use super::kernel::{Parameters, STRIP, Strip};

/// What rows consist of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Numbers in columns, all or but for zeros.
    Numbers,
    /// Packed bits.
    Bits,
    /// Strings.
    Strings,
    /// Only distances are known.
    Distances,
}

/// How a search in 7-bit codes compares rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codes {
    /// By sums of squared differences.
    Squares,
    /// By sums of absolute differences.
    Differences,
    /// By inner products.
    Products,
}

/// What can be taken from values without changing a distance, so that 32 bits keep more of the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lies {
    /// Of every column the same.
    Columns,
    /// Of every row the same.
    Rows,
    /// Nothing: distances depend on where points lie.
    Nowhere,
}

/// How a distance, or what the kernel computes, grows with the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Growth {
    /// As they do.
    Linear,
    /// As their squares do.
    Square,
    /// Not at all: it is a number of columns, of which the distance is the share.
    Count,
}

/// What the mean of some rows in their form is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Means {
    /// Near to them, and compared with other means by the metric itself.
    Near,
    /// Near to them, and in a form in which other means are compared by their angle.
    NearByCosine,
    /// The same by Euclidean distance.
    NearByEuclidean,
    /// Like none of them: a search starts from rows instead.
    Unlike,
}

/// What the stages ask of a metric.
pub(crate) struct Facts {
    /// What rows consist of.
    pub(super) kind: Kind,
    /// What is done to rows before they are stored.
    pub(super) form: Form,
    /// Compares rows in that form; smaller values are nearer.
    pub(super) strip: Strip,
    /// The distance, from what the kernel computes.
    pub(super) distance: fn(f32) -> f32,
    /// Of a metric of counts, the distance from them.
    pub(super) share: Option<Share>,
    /// How the distance grows with the values.
    pub(crate) growth: Growth,
    /// How a search in 7 bits compares rows, if it can.
    pub(crate) codes: Option<Codes>,
    /// What the mean of some rows is.
    pub(crate) means: Means,
    /// Whether it is no distance: values can be negative, and there is no triangle inequality.
    pub(crate) is_signed: bool,
    /// What may be taken from values before they are rounded.
    pub(super) lies: Lies,
    /// Distance from which on two rows do not count as neighbours.
    pub(crate) disconnection_distance: f32,
    /// Columns that rows must have, and what they are.
    pub(crate) columns: Option<(usize, &'static str)>,
}

impl Facts {
    /// Of a metric of rows as they are that sums something over their columns, which `strip` computes.
    pub(super) const fn of_sums(strip: Strip) -> Self {
        Self {
            kind: Kind::Numbers,
            form: Form::AS_IS,
            strip,
            distance: std::convert::identity,
            share: None,
            growth: Growth::Linear,
            codes: None,
            means: Means::Near,
            is_signed: false,
            lies: Lies::Columns,
            disconnection_distance: f32::INFINITY,
            columns: None,
        }
    }

    /// Of rows that are no numbers: they are compared elsewhere (`crate::kinds`).
    pub(super) const fn of_kind(kind: Kind) -> Self {
        Self { kind, lies: Lies::Nowhere, ..Self::of_sums(nothing) }
    }

    /// The same, of rows that are put into a form first; distances then depend on where points lie.
    pub(super) const fn with_form(self, form: Form) -> Self {
        Self { form, lies: Lies::Nowhere, ..self }
    }
}

fn nothing(_: &Parameters, _: &[&[f32]], _: [&[f32]; STRIP], _: &mut [[f32; STRIP]]) {
    unreachable!("there are no points of such metrics (`PointsBuilder::new`)")
}

pub(super) const BITS: Facts = Facts::of_kind(Kind::Bits);
pub(super) const BITS_UP_TO_1: Facts = Facts { disconnection_distance: 1.0, ..BITS };
pub(super) const STRINGS: Facts = Facts::of_kind(Kind::Strings);
pub(super) const DISTANCES: Facts = Facts::of_kind(Kind::Distances);
