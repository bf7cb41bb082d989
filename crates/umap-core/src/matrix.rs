//! Row-major matrices of numbers: embeddings, positions, targets.

use crate::error::{Result, UmapError};

/// The rows of these numbers, one after the other.
pub fn gather(values: &[f32], rows: &[u32], cols: usize) -> Vec<f32> {
    rows.iter().flat_map(|&row| &values[row as usize * cols..][..cols]).copied().collect()
}

/// Errs with the first value that is not finite; `what` is what errors call the matrix.
pub fn check_finite(what: &'static str, values: &[f32], cols: usize) -> Result<()> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(at) => Err(UmapError::NotFinite { what, row: at / cols, col: at % cols, value: values[at].into() }),
    }
}
