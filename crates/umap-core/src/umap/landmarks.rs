//! Rows that stand for all, so that a model can go without its raw data.

use super::model::UmapModel;
use crate::error::{Result, UmapError};
use crate::points::{Points, StoreUsed};
use crate::random::{Random, Stream};

/// A model by fewer landmarks places rows badly, whatever the size of its file.
const LEAST: usize = 500;
/// Bytes of the file's header, and of each landmark beside its values.
const HEADER: usize = 4096;
const ROW_NUMBER: usize = 4;

impl UmapModel {
    /// The landmarks among this model's rows, in increasing order: a random sample, so as dense as the rows are.
    pub(super) fn choose_landmarks(&self, points: &Points, wanted: Option<u32>) -> Result<Vec<u32>> {
        let rows = points.rows();
        if let Some(count) = wanted.filter(|&count| count as usize > rows) {
            return Err(UmapError::parameter("landmarks", format!("2 to {rows}, the rows there are"), count));
        }
        let count = wanted.map_or_else(|| self.affordable_landmarks(points), |count| count as usize);
        Ok(Random::new(self.params.seed, Stream::Landmarks).sample(rows as u32, count.min(rows) as u32))
    }

    /// As many as keep the file below a tenth of the points as they are stored.
    fn affordable_landmarks(&self, points: &Points) -> usize {
        let (dtype, row) = Points::storage(landmark_store(points), points.cols(), points.metric());
        // Without what a row in 8 bits has beside its values.
        let raw =
            points.rows() as u64 * points.cols() as u64 * Points::storage(points.store(), 1, points.metric()).0.bytes();
        let budget = (raw / 10) as usize;
        let rest = HEADER + self.fitted.embedding.len() * size_of::<f32>();
        (budget.saturating_sub(rest) / (row * dtype.bytes() as usize + ROW_NUMBER)).max(LEAST)
    }
}

/// What landmarks are kept as: 8 bits, unless the metric's form needs more.
pub(super) fn landmark_store(points: &Points) -> StoreUsed {
    if points.metric().form().can_be_rounded { StoreUsed::Int8 } else { StoreUsed::F32 }
}
