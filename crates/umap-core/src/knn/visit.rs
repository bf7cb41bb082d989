//! Compares the rows of a cell with each other and with the rows that visit it: many with many, so that the rows in the
//! cache serve often.

use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;

use super::cells::Cells;
use super::rows::{KEYS, Rows};
use super::space::Space;

/// Visitors of a task.
const TASK_ROWS: usize = 96;
/// Visitors compared at a time, a multiple of a tile's side; see `space.rs`.
const BLOCK: usize = 12;

/// Offers to all rows those of their own cell.
pub(crate) async fn stay_home<S: Space>(space: &S, rows: &Rows, cells: &Cells, pulse: &Pulse) -> Result<()> {
    let starts = |cell| cells.places(cell).step_by(TASK_ROWS).map(move |from| from..cells.places(cell).end);
    let tasks: Vec<_> = (0..cells.len()).flat_map(starts).collect();
    parallel::for_each(pulse, tasks, |places| {
        let members: Vec<u32> = places.collect();
        let mut visit = Visit::new(rows, &members);
        for first in (0..TASK_ROWS.min(members.len())).step_by(BLOCK) {
            let visitors = &members[first..members.len().min(first + BLOCK)];
            visit.compare(space, rows, visitors, &members, first);
        }
    })
    .await
}

/// Lets every row make its visit number `visit`: offers it the rows of the cell, and it to them.
pub(crate) async fn visit<S: Space>(space: &S, rows: &Rows, cells: &Cells, visit: usize, pulse: &Pulse) -> Result<()> {
    let visitors = cells.visitors(visit, pulse).await?;
    let parts = visitors.iter().enumerate();
    let tasks: Vec<_> = parts.flat_map(|(cell, all)| all.chunks(TASK_ROWS).map(move |part| (cell, part))).collect();
    parallel::for_each(pulse, tasks, |(cell, visitors)| {
        let members: Vec<u32> = cells.places(cell).collect();
        let mut visit = Visit::new(rows, &members);
        for visitors in visitors.chunks(BLOCK) {
            visit.compare(space, rows, visitors, &members, 0);
        }
    })
    .await
}

struct Visit {
    keys: Vec<u32>,
    /// The greatest key that is of use to each member.
    limits: Vec<u32>,
}

impl Visit {
    fn new(rows: &Rows, members: &[u32]) -> Self {
        Self { keys: vec![0; BLOCK * members.len()], limits: members.iter().map(|&row| rows.limit(row)).collect() }
    }

    /// Offers `visitors` and the `members` from number `first` on to each other.
    fn compare<S: Space>(&mut self, space: &S, rows: &Rows, visitors: &[u32], members: &[u32], first: usize) {
        let (members, limits) = (&members[first..], &mut self.limits[first..]);
        let keys = &mut self.keys[..visitors.len() * members.len()];
        space.keys(visitors, members, keys);
        for (&visitor, keys) in visitors.iter().zip(keys.chunks_exact(members.len())) {
            offer(rows, visitor, members, keys, limits);
        }
    }
}

fn offer(rows: &Rows, visitor: u32, members: &[u32], keys: &[u32], limits: &mut [u32]) {
    let mut own = rows.limit(visitor);
    let chunks = keys.chunks(KEYS).zip(limits.chunks_mut(KEYS)).zip(members.chunks(KEYS));
    for ((keys, limits), members) in chunks {
        // Without a branch per key, so that it vectorises.
        if !keys.iter().zip(&*limits).fold(false, |any, (&key, &limit)| any | (key <= limit.max(own))) {
            continue;
        }
        for ((&key, limit), &member) in keys.iter().zip(limits).zip(members).filter(|(_, member)| **member != visitor) {
            if key <= own {
                rows.push(visitor, key, member);
                own = rows.limit(visitor);
            }
            if key <= *limit {
                rows.push(member, key, visitor);
                *limit = rows.limit(member);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knn::rows::row_of;
    use crate::knn::space::F32Space;
    use crate::knn::{cells, key_of};
    use crate::metric::Metric;
    use crate::points::Points;
    use crate::pulse::block_on;
    use crate::random::{Random, Stream};

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
        for (place, &row) in cells.order.iter().enumerate() {
            let mut keys = vec![0; ROWS];
            space.keys(&[row], &order, &mut keys);
            keys[row as usize] = key_of(f32::INFINITY);
            keys.sort_unstable();
            rows.with(place as u32, |entries| {
                assert!(entries.iter().map(|e| (e >> 32) as u32).eq(keys[..7].iter().copied()), "row {row}");
                assert!(entries.iter().all(|&e| row_of(e) != place as u32));
            });
        }
    }
}
