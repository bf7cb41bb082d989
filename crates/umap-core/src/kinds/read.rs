//! Rows of any kind, from a file.

use std::sync::Arc;

use super::{Bits, Distances, KnownDistances, SparsePoints, Strings};
use crate::error::{Result, UmapError};
use crate::file::Contents;
use crate::metric::{Kind, Metric};
use crate::pulse::Pulse;
use crate::space::Space;

impl Contents {
    /// The rows of the file, of whatever kind.
    pub(crate) async fn space(
        &mut self,
        rows: usize,
        cols: usize,
        metric: Metric,
        pulse: &Pulse,
    ) -> Result<Arc<dyn Space>> {
        if self.shape("points.indptr").is_some() {
            let (indptr, indices, data) = self.sparse(rows, cols)?;
            return Ok(match metric.kind() {
                Kind::Distances => Arc::new(KnownDistances::new(indptr, indices, data, cols)?.symmetric()?),
                _ => Arc::new(SparsePoints::of_parts((indptr, indices, data), cols, metric)?),
            });
        }
        Ok(match metric.kind() {
            Kind::Numbers => self.points(rows, cols, metric, pulse).await?.into(),
            Kind::Bits => Arc::new(Bits::of_numbers(&self.all_integers("points.bits")?, rows, cols, metric)?),
            Kind::Strings => {
                let (strings, ends) = (self.all_integers("points.strings")?, self.all_integers("points.ends")?);
                Arc::new(Strings::of_numbers(strings, ends, rows, metric)?)
            }
            Kind::Distances => {
                Arc::new(Distances::of_file(self.floats("points.distances", &[rows, cols])?, rows, cols)?)
            }
        })
    }

    fn all_integers(&mut self, name: &str) -> Result<Vec<u32>> {
        let len = self.length(name)?;
        self.integers(name, len)
    }

    fn sparse(&mut self, rows: usize, cols: usize) -> Result<(Vec<u32>, Vec<u32>, Vec<f32>)> {
        let indptr = self.integers("points.indptr", rows as u64 + 1)?;
        let entries = u64::from(indptr[rows]);
        if indptr[0] != 0 || !indptr.is_sorted() {
            let expected = "integers that start at 0 and never decrease";
            return Err(UmapError::malformed("points.indptr", expected, "others"));
        }
        let indices = self.integers("points.indices", entries)?;
        let data = self.floats_that("points.data", &[entries as usize], "finite", |_| true)?;
        let is_row =
            |columns: &[u32]| columns.is_sorted_by(|a, b| a < b) && columns.iter().all(|&c| (c as usize) < cols);
        if let Some(row) = (0..rows).find(|&row| !is_row(&indices[indptr[row] as usize..indptr[row + 1] as usize])) {
            let expected = format!("increasing columns below {cols}");
            return Err(UmapError::malformed(&format!("points.indices of row {row}"), expected, "others"));
        }
        Ok((indptr, indices, data))
    }
}
