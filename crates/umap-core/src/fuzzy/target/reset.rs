//! After an intersection: every row is to be fully connected to its nearest again.

use super::super::combine::mixed;
use crate::csr::Csr;
use crate::error::Result;
use crate::fuzzy::neighbors::ROWS_PER_TASK;
use crate::parallel;
use crate::pulse::Pulse;

/// Calls `emit(column, there, back)` for every edge of a row in either direction, in increasing order; 0 for none.
/// Not a type of its own for each target: the visits cost little, their compiled copies would be loaded by every page.
pub(super) type Visit<'a> = dyn Fn(usize, &mut dyn FnMut(u32, f32, f32)) + Sync + 'a;

/// The union of the directed edges, each relative to the strongest of its row (umap-learn's
/// `reset_local_connectivity`).
pub(super) async fn union_of_rescaled(rows: usize, visit: &Visit<'_>, pulse: &Pulse) -> Result<Csr> {
    let mut strongest = vec![0.0_f32; rows];
    let tasks = strongest.chunks_mut(ROWS_PER_TASK).enumerate();
    parallel::for_each(&pulse.part(0.0, 0.3), tasks, |(task, strongest)| {
        for (i, strongest) in (task * ROWS_PER_TASK..).zip(strongest) {
            visit(i, &mut |_, there, _| *strongest = strongest.max(there));
        }
    })
    .await?;
    let relative = |weight: f32, row: usize| if weight > 0.0 { weight / strongest[row] } else { 0.0 };
    let union = |i: usize, emit: &mut dyn FnMut(u32, f32)| {
        visit(i, &mut |column, there, back| {
            let weight = mixed(relative(there, i), relative(back, column as usize), 1.0);
            if weight > 0.0 {
                emit(column, weight);
            }
        });
    };
    Csr::from_rows(rows, union, &pulse.part(0.3, 1.0)).await
}
