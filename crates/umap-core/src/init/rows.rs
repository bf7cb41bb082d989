//! CenteredRows of a block, filled or changed in parallel.

use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;

/// Values of a task.
const TASK: usize = 1 << 14;

/// Calls `work` with the number and the values of every row of `data`.
pub(crate) async fn for_each_row<W>(data: &mut [f32], width: usize, pulse: &Pulse, work: W) -> Result<()>
where
    W: Fn(usize, &mut [f32]) + Sync + Send,
{
    let rows = TASK.div_ceil(width);
    parallel::for_each(pulse, data.chunks_mut(rows * width).enumerate(), |(chunk, data)| {
        for (at, row) in data.chunks_exact_mut(width).enumerate() {
            work(chunk * rows + at, row);
        }
    })
    .await
}
