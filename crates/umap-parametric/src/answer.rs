//! What code of the caller's gives is checked like any input.

use umap_core::matrix::check_finite;
use umap_core::{Result, UmapError};

/// The values, if they are as many as they should be, and finite; `name` is what errors call the code.
pub(crate) fn checked(name: &'static str, values: Vec<f32>, [rows, cols]: [usize; 2]) -> Result<Vec<f32>> {
    if values.len() != rows * cols {
        return Err(UmapError::shape(name, format!("{rows} x {cols} values"), format!("{} values", values.len())));
    }
    check_finite(name, &values, cols)?;
    Ok(values)
}
