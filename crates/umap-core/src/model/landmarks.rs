//! Rows that stand for all, so that a model can go without its raw data.

use super::UmapModel;
use crate::error::{Result, UmapError};
use crate::points::{Points, StoreUsed};
use crate::pulse::Pulse;
use crate::random::{Random, Stream};

/// A model by fewer landmarks places rows badly, whatever the size of its file.
const LEAST: usize = 500;
/// Bytes of the file's header, and of each landmark beside its values.
const HEADER: usize = 4096;
const ROW_NUMBER: usize = 4;

impl UmapModel {
    /// The landmarks among this model's rows, in increasing order: a random sample, so as dense as the rows are.
    pub(super) fn choose_landmarks(&self, wanted: Option<u32>) -> Result<Vec<u32>> {
        let rows = self.points.rows();
        if let Some(count) = wanted.filter(|&count| count as usize > rows) {
            return Err(UmapError::parameter("landmarks", format!("2 to {rows}, the rows there are"), count));
        }
        let count = wanted.map_or_else(|| self.affordable_landmarks(), |count| count as usize);
        Ok(Random::new(self.params.seed, Stream::Landmarks).sample(rows as u32, count.min(rows) as u32))
    }

    /// As many as keep the file below a tenth of the points as they are stored.
    fn affordable_landmarks(&self) -> usize {
        let points = &self.points;
        let bytes = |store| {
            let (dtype, width) = Points::storage(store, points.cols(), points.metric());
            dtype.bytes() as usize * width
        };
        let budget = (points.rows() as u64 * bytes(points.store()) as u64 / 10) as usize;
        let rest = HEADER + self.fitted.embedding.len() * size_of::<f32>();
        (budget.saturating_sub(rest) / (bytes(StoreUsed::Int8) + ROW_NUMBER)).max(LEAST)
    }

    /// Some rows of the points, in 8 bits per value.
    pub(super) async fn landmark_points(&self, rows: &[u32], pulse: &Pulse) -> Result<Points> {
        self.points.subset(rows, StoreUsed::Int8, pulse).await
    }
}
