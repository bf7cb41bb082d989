//! What the stages ask of a metric.

use super::kernel::Strip;

/// What is done to a row before it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Nothing.
    AsIs,
    /// Scaled to length 1; a zero row becomes the unit vector of an extra column.
    Unit,
    /// Less its mean, then as `Unit`.
    CenteredUnit,
    /// Latitude and longitude become a point of the unit sphere, in three columns.
    Sphere,
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

/// What the stages ask of a metric.
pub(crate) struct Facts {
    /// What is done to rows before they are stored.
    pub(crate) form: Form,
    /// Compares rows in that form; smaller values are nearer.
    pub(super) strip: Strip,
    /// The distance, from what the kernel computes.
    pub(super) distance: fn(f32) -> f32,
    /// Whether that is a number of columns, of which the distance is the share.
    pub(crate) is_count: bool,
    /// How a search in 7 bits compares rows, if it can.
    pub(crate) codes: Option<Codes>,
    /// Whether the mean of some rows (in their form) is near to them.
    pub(crate) has_means: bool,
    /// Whether it is none: distances can be negative, and there is no triangle inequality.
    pub(crate) is_signed: bool,
    /// What may be taken from values before they are rounded.
    pub(crate) lies: Lies,
    /// Distance from which on two rows do not count as neighbours.
    pub(crate) disconnection_distance: f32,
    /// Columns that rows must have, and what they are.
    pub(crate) columns: Option<(usize, &'static str)>,
}

impl Facts {
    /// Of a metric of rows as they are that sums something over their columns, which `strip` computes.
    pub(super) const fn of_sums(strip: Strip) -> Self {
        Self {
            form: Form::AsIs,
            strip,
            distance: std::convert::identity,
            is_count: false,
            codes: None,
            has_means: true,
            is_signed: false,
            lies: Lies::Columns,
            disconnection_distance: f32::INFINITY,
            columns: None,
        }
    }
}
