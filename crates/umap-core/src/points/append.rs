//! Points that grow.

use std::sync::Arc;

use super::dense::Points;
use super::values::Values;
use crate::error::Result;
use crate::pulse::Pulse;

/// Rows copied between two ticks: some megabytes.
const TICK_ROWS: usize = 512;

impl Points {
    /// Appends the rows of `more`, which must have the same columns, metric and store. Points that others share are
    /// copied first.
    pub(crate) async fn append(&mut self, more: &Self, pulse: &Pulse) -> Result<()> {
        let is_like = (more.cols(), &more.metric, more.store()) == (self.cols(), &self.metric, self.store());
        assert!(is_like, "they were compared before");
        let (before, rows) = (self.rows, self.rows + more.rows);
        let what = format!("points ({rows} x {})", self.cols());
        if Arc::get_mut(&mut self.values).is_none() {
            let mut own = Values::reserve(&what, rows, self.width, self.store())?;
            for row in 0..before {
                own.copy_row(row, &self.values, row);
                if row.is_multiple_of(TICK_ROWS) {
                    pulse.tick(0.0).await?;
                }
            }
            self.values = Arc::new(own);
        }
        let values = Arc::get_mut(&mut self.values).expect("not shared");
        values.grow(&what, rows)?;
        for row in 0..more.rows {
            values.copy_row(before + row, &more.values, row);
            if row.is_multiple_of(TICK_ROWS) {
                pulse.tick(0.0).await?;
            }
        }
        self.rows = rows;
        Ok(())
    }

    /// Forgets all rows but the first, at least one, and what an append that ended early left.
    pub(crate) fn truncate(&mut self, rows: usize) {
        self.rows = rows;
        if let Some(values) = Arc::get_mut(&mut self.values) {
            values.truncate(rows);
        }
    }
}
