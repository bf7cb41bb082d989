//! What is measured.

use crate::error::{Result, UmapError};
use crate::matrix::check_finite;
use crate::metric::Metric;
use crate::points::Points;
use crate::random::Random;
use crate::space::Space;

/// What an embedding is held against beside the points.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// A class for each row.
    pub labels: Option<&'a [i32]>,
    /// Coordinates that are known of each row, and how many: places on a sheet, times along a path.
    pub reference: Option<(&'a [f32], usize)>,
}

/// What is measured.
pub(super) struct Task<'a> {
    pub(super) points: &'a dyn Space,
    pub(super) layout: &'a Points,
    pub(super) reference: Option<&'a Points>,
    pub(super) labels: Option<&'a [i32]>,
    pub(super) k: usize,
    /// For each row.
    pub(super) triplets: u32,
    pub(super) random: Random,
}

/// Known coordinates as points.
pub(super) fn reference((values, cols): (&[f32], usize), n: usize, metric: Metric) -> Result<Points> {
    if cols == 0 || n.checked_mul(cols) != Some(values.len()) {
        let got = format!("{} values in {cols} columns", values.len());
        return Err(UmapError::shape("reference", format!("{n} rows of at least 1 column"), got));
    }
    check_finite("reference", values, cols)?;
    Points::from_slice(values, n, cols, metric)
}

pub(super) fn check(points: &dyn Space, embedding: &[f32], dims: usize, labels: Option<&[i32]>) -> Result<()> {
    let n = points.rows();
    if n < 3 {
        return Err(UmapError::shape("points", "at least 3 rows", format!("{n}")));
    }
    if dims == 0 || n.checked_mul(dims) != Some(embedding.len()) {
        let expected = format!("{n} rows of at least 1 column");
        return Err(UmapError::shape("embedding", expected, format!("{} values in {dims} columns", embedding.len())));
    }
    if !embedding.chunks_exact(dims).any(|row| row.iter().all(|value| value.is_finite())) {
        return Err(UmapError::parameter("embedding", "rows with finite coordinates", "none"));
    }
    if let Some(labels) = labels.filter(|labels| labels.len() != n) {
        return Err(UmapError::shape("labels", format!("{n} values"), format!("{}", labels.len())));
    }
    Ok(())
}
