//! Compares the rows of a cell with each other and with the rows that visit it: many with many, so that the rows in the
//! cache serve often.

use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;

use super::cells::Cells;
use super::meeting::Meeting;
use super::rows::Rows;
use crate::space::SearchSpace;

/// Multiply-adds of a task: some milliseconds.
const TASK: usize = 100 << 20;
/// Least and most rows that a task compares with a cell.
const TASK_ROWS: (usize, usize) = (48, 384);

/// How many rows one task compares with a cell of so many members.
fn task_rows(space: &dyn SearchSpace, members: usize) -> usize {
    (TASK / (members.max(1) * space.cost())).clamp(TASK_ROWS.0, TASK_ROWS.1)
}

/// Offers to all rows those of their own cell.
pub(crate) async fn stay_home(space: &dyn SearchSpace, rows: &Rows, cells: &Cells, pulse: &Pulse) -> Result<()> {
    let hosts = |cell| {
        let len = cells.positions(cell).len();
        let count = task_rows(space, len);
        (0..len).step_by(count).map(move |first| (cell, first..len.min(first + count)))
    };
    let tasks: Vec<_> = (0..cells.len()).flat_map(hosts).collect();
    parallel::for_each(pulse, tasks, |(cell, hosts)| {
        let mut meeting = Meeting::default();
        let members = cells.positions(cell).skip(hosts.start);
        meeting.begin(space, rows, members);
        meeting.meet(space, rows, 0..hosts.len());
    })
    .await
}

/// Lets every row make its visit number `visit`: offers it the rows of the cell, and it to them.
pub(crate) async fn visit(
    space: &dyn SearchSpace,
    rows: &Rows,
    cells: &Cells,
    visit: usize,
    pulse: &Pulse,
) -> Result<()> {
    let visitors = cells.visitors(visit, pulse).await?;
    let parts = visitors.iter().enumerate().flat_map(|(cell, visitors)| {
        visitors.chunks(task_rows(space, cells.positions(cell).len())).map(move |part| (cell, part))
    });
    let tasks: Vec<_> = parts.collect();
    parallel::for_each(pulse, tasks, |(cell, visitors)| {
        let mut meeting = Meeting::default();
        meeting.begin(space, rows, cells.positions(cell));
        meeting.receive(space, rows, visitors);
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knn::cells;
    use crate::knn::rows::row_of;
    use crate::metric::Metric;
    use crate::points::Points;
    use crate::pulse::block_on;
    use crate::random::{Random, Stream};
    use crate::space::{F32Space, Gathered, key_of};

    /// With as many visits as there are other cells every row meets all: the outcome is the exact one.
    #[test]
    fn visits_everywhere_find_all_neighbors() {
        const ROWS: usize = 1000;
        let noise = Random::new(1, Stream::Noise);
        let data: Vec<f32> = (0..3 * ROWS as u32).map(|i| noise.normal(i)).collect();
        let points = Points::from_slice(&data, ROWS, 3, Metric::Euclidean).unwrap();
        let order: Vec<u32> = (0..ROWS as u32).collect();
        let mut space = F32Space::new(&points, &order);
        let (cells, rows) = block_on(async |pulse| {
            let cells = Cells::new(&mut space, cells::centers(ROWS, 15), 9, 5, pulse).await?;
            let space = F32Space::new(&points, &cells.order);
            let rows = Rows::new(ROWS, 7, pulse).await?;
            stay_home(&space, &rows, &cells, pulse).await?;
            for number in 0..cells.visits() {
                visit(&space, &rows, &cells, number, pulse).await?;
            }
            crate::Result::Ok((cells, rows))
        })
        .unwrap();
        let all = Gathered::of(&space, &order);
        for (position, &row) in cells.order.iter().enumerate() {
            let mut keys = vec![0; ROWS];
            space.keys(all.stretch(row as usize, row as usize + 1), all.all(), &mut keys);
            keys[row as usize] = key_of(f32::INFINITY);
            keys.sort_unstable();
            rows.with(position as u32, |entries| {
                assert!(entries.iter().map(|e| (e >> 32) as u32).eq(keys[..7].iter().copied()), "row {row}");
                assert!(entries.iter().all(|&e| row_of(e) != position as u32));
            });
        }
    }
}
