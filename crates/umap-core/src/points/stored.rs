//! Rows as they are stored, for files: 32-bit and 16-bit floats without padding, or the bytes of a row (see `bytes.rs`).

use std::sync::Arc;

use super::bytes;
use super::dense::Points;
use super::frame::Frame;
use super::half::F16;
use super::store::StoreUsed;
use super::values::{Values, Width};
use crate::error::{Result, UmapError};
use crate::file::container::Dtype;
use crate::metric::Metric;
use crate::pulse::Pulse;

/// Rows that are handled between two ticks.
const ROWS_PER_TICK: usize = 256;

impl Points {
    /// The type and the number of values of a row in a file.
    pub(crate) fn stored_as(&self) -> (Dtype, usize) {
        Self::storage(self.store(), self.cols(), &self.metric)
    }

    /// The same for points that are not there yet.
    pub(crate) fn storage(store: StoreUsed, cols: usize, metric: &Metric) -> (Dtype, usize) {
        let width = Width::of(cols, metric);
        match store {
            StoreUsed::F32 => (Dtype::F32, width.used()),
            StoreUsed::F16 => (Dtype::F16, width.used()),
            StoreUsed::Int8 => (Dtype::U8, bytes::row_bytes(width.values, width.has_axis())),
        }
    }

    /// Appends the bytes of a row.
    pub(crate) fn put_stored(&self, row: usize, out: &mut Vec<u8>) {
        match &*self.values {
            Values::F32(values) => {
                values.row(row)[..self.width.used()].iter().for_each(|x| out.extend_from_slice(&x.to_le_bytes()));
            }
            Values::F16(values) => values.row(row).iter().for_each(|x| out.extend_from_slice(&x.0.to_le_bytes())),
            Values::Int8(values) => out.extend_from_slice(values.row(row)),
        }
    }

    /// Points whose rows `fill` writes, one after the other, into `scratch`, which has the bytes of one row.
    pub(crate) async fn from_stored(
        rows: usize,
        cols: usize,
        metric: Metric,
        (store, frame): (StoreUsed, Arc<Frame>),
        scratch: &mut [u8],
        mut fill: impl FnMut(&mut [u8]),
        pulse: &Pulse,
    ) -> Result<Self> {
        let width = Width::of(cols, &metric);
        let mut values = Values::reserve(&format!("points ({rows} x {cols})"), rows, width, store)?;
        let mut decoded = Vec::new();
        for row in 0..rows {
            fill(scratch);
            match &mut values {
                Values::F32(values) => {
                    let bytes = scratch.as_chunks::<4>().0;
                    values
                        .row_or_zeros(row)
                        .iter_mut()
                        .zip(bytes)
                        .for_each(|(x, &bytes)| *x = f32::from_le_bytes(bytes));
                }
                Values::F16(values) => {
                    let bytes = scratch.as_chunks::<2>().0;
                    let halves = values.row_or_zeros(row).iter_mut();
                    halves.zip(bytes).for_each(|(x, &bytes)| *x = F16(u16::from_le_bytes(bytes)));
                }
                Values::Int8(values) => values.row_or_zeros(row).copy_from_slice(scratch),
            }
            decoded.clear();
            values.decode(row, width, &mut decoded);
            if let Some(col) = decoded.iter().position(|x| !x.is_finite()) {
                return Err(UmapError::malformed(&format!("points[{row}, {col}]"), "a finite number", decoded[col]));
            }
            if row.is_multiple_of(ROWS_PER_TICK) {
                pulse.tick(row as f64 / rows as f64).await?;
            }
        }
        Ok(Self::of(values, rows, width, metric, frame))
    }

    /// Some of the rows, in another store.
    pub(crate) async fn subset(&self, rows: &[u32], store: StoreUsed, pulse: &Pulse) -> Result<Self> {
        let what = format!("landmarks ({} x {})", rows.len(), self.cols());
        let mut values = Values::reserve(&what, rows.len(), self.width, store)?;
        let (mut open, mut scratch) = (Vec::new(), Vec::new());
        for (i, &row) in rows.iter().enumerate() {
            let [row] = self.read([row], &mut scratch);
            values.row_to_fill(i, self.width, &mut open).copy_from_slice(row);
            values.encode(i, self.width, &mut open)?;
            if i.is_multiple_of(ROWS_PER_TICK) {
                pulse.tick(i as f64 / rows.len() as f64).await?;
            }
        }
        Ok(Self::of(values, rows.len(), self.width, self.metric.clone(), Arc::clone(&self.frame)))
    }

    /// All rows in another store.
    pub(crate) async fn in_store(&self, store: StoreUsed, pulse: &Pulse) -> Result<Self> {
        let all: Vec<u32> = (0..self.rows as u32).collect();
        self.subset(&all, store, pulse).await
    }

    /// The same if that changes no value.
    pub(crate) async fn losslessly(&self, store: StoreUsed, pulse: &Pulse) -> Result<Option<Self>> {
        let other = match self.in_store(store, pulse).await {
            // Too great for the store.
            Err(UmapError::InvalidParameter { .. }) => return Ok(None),
            other => other?,
        };
        let (mut own, mut stored) = (Vec::new(), Vec::new());
        for row in 0..self.rows as u32 {
            if self.read([row], &mut own) != other.read([row], &mut stored) {
                return Ok(None);
            }
            if (row as usize).is_multiple_of(ROWS_PER_TICK) {
                pulse.tick(1.0).await?;
            }
        }
        Ok(Some(other))
    }

    /// Whether all rows are stored in steps of 1, as bytes are: nothing was rounded.
    pub fn are_bytes(&self) -> bool {
        match &*self.values {
            Values::Int8(values) => (0..self.rows).all(|row| bytes::step(values.row(row)) == 1.0),
            _ => false,
        }
    }
}
