//! Data as networks like them: centred, of unit variance.

use std::sync::Arc;

use umap_core::parallel;
use umap_core::points::{Frame, Points};
use umap_core::pulse::Pulse;
use umap_core::{Result, memory};

use crate::network::sums_over_rows;

/// Rows that a task reads, if they are not wide.
const ROWS_PER_TASK: usize = 64;
/// Values that it reads of wide ones.
const VALUES_PER_TASK: usize = 1 << 18;

/// What becomes of a row before the encoder sees it: it is taken less `mean`, times `scale`. One scale for all columns, so
/// that distances keep their proportions.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    /// In which rows are scaled. If it is plain they are taken as the caller has them, whatever their frame is.
    pub frame: Arc<Frame>,
    /// Of each column, in the frame.
    pub mean: Vec<f32>,
    /// One over the standard deviation of all values from the means of their columns.
    pub scale: f32,
}

impl Scaling {
    /// Leaves rows as they are.
    pub fn none(cols: usize) -> Self {
        Self { frame: Arc::default(), mean: vec![0.0; cols], scale: 1.0 }
    }

    /// Mean and scale for rows as the caller has them, rounded to 32 bits.
    pub fn of_given_rows(&self) -> (Vec<f32>, f32) {
        let mut mean = self.mean.clone();
        self.frame.restore(&mut mean);
        (mean, self.scale / self.frame.unit())
    }

    /// The one that makes `points` centred and of unit variance (constant points are only centred).
    pub async fn of(points: &Points, pulse: &Pulse) -> Result<Self> {
        let (rows, cols) = (points.rows(), points.cols());
        let sum = sums_over_rows([rows, cols], cols, &pulse.part(0.0, 0.5), |row, sums: &mut [f64]| {
            let mut scratch = Vec::new();
            let [values] = points.read([row as u32], &mut scratch);
            sums.iter_mut().zip(values).for_each(|(sum, &x)| *sum += f64::from(x));
        })
        .await?;
        let mean: Vec<f32> = sum.iter().map(|sum| (sum / rows as f64) as f32).collect();
        let squares = sums_over_rows([rows, cols], 1, &pulse.part(0.5, 1.0), |row, sums: &mut [f64]| {
            let mut scratch = Vec::new();
            let [values] = points.read([row as u32], &mut scratch);
            sums[0] += values.iter().zip(&mean).map(|(x, mean)| f64::from((x - mean) * (x - mean))).sum::<f64>();
        })
        .await?;
        let deviation = (squares[0] / (rows as f64 * cols as f64)).sqrt();
        let scale = if deviation > 0.0 { (1.0 / deviation) as f32 } else { 1.0 };
        Ok(Self { frame: Arc::clone(points.frame()), mean, scale })
    }

    /// The scaled rows of these numbers, one after the other, in `x`.
    pub(crate) async fn gather(&self, points: &Points, rows: &[u32], x: &mut Vec<f32>, pulse: &Pulse) -> Result<()> {
        let cols = points.cols();
        if x.capacity() < rows.len() * cols {
            *x = memory::filled("rows of a batch", rows.len(), cols, 0.0, pulse).await?;
        }
        x.resize(rows.len() * cols, 0.0);
        let restored = (self.frame.is_plain() && !points.frame().is_plain()).then(|| points.frame());
        let per_task = (VALUES_PER_TASK / cols.max(1)).clamp(1, ROWS_PER_TASK);
        let tasks = rows.chunks(per_task).zip(x.chunks_mut(per_task * cols)).collect::<Vec<_>>();
        parallel::for_each(pulse, tasks, |(rows, x)| {
            let mut scratch = Vec::new();
            for (&row, x) in rows.iter().zip(x.chunks_exact_mut(cols)) {
                let [values] = points.read([row], &mut scratch);
                x.copy_from_slice(&values[..cols]);
                if let Some(frame) = restored {
                    frame.restore(x);
                }
                x.iter_mut().zip(&self.mean).for_each(|(x, mean)| *x = (*x - mean) * self.scale);
            }
        })
        .await
    }
}
