//! Compares the rows of a cell with each other and with the rows that visit it.

use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;

use super::cells::Cells;
use super::rows::Rows;
use super::space::Space;

/// Visitors of a task.
const TASK_ROWS: usize = 96;
/// Visitors compared at a time; see `space.rs`.
const BLOCK: usize = 12;
/// Keys held against their limits at a time.
const KEYS: usize = 8;

/// Offers to all rows those of their own cell.
pub(crate) async fn stay_home<S: Space>(space: &S, rows: &Rows, cells: &Cells, pulse: &Pulse) -> Result<()> {
    let tasks: Vec<_> = (0..cells.len())
        .flat_map(|cell| {
            let places = cells.places(cell);
            places.clone().step_by(TASK_ROWS).map(move |from| (from, places.end))
        })
        .collect();
    parallel::for_each(pulse, tasks, |(from, end)| {
        let members: Vec<u32> = (from..end).collect();
        let mut visit = Visit::new(rows, &members);
        for start in (0..TASK_ROWS.min(members.len())).step_by(BLOCK) {
            let visitors = &members[start..members.len().min(start + BLOCK)];
            visit.compare(space, rows, visitors, &members[start..], start);
        }
    })
    .await
}

/// Offers the rows of a cell to its visitors and them to it.
pub(crate) async fn visit<S: Space>(
    space: &S,
    rows: &Rows,
    cells: &Cells,
    visits: std::ops::Range<usize>,
    pulse: &Pulse,
) -> Result<()> {
    let visitors = cells.visitors(visits, pulse).await?;
    let tasks: Vec<_> = visitors.iter().enumerate().flat_map(|(cell, visitors)| visitors.chunks(TASK_ROWS).map(move |v| (cell, v))).collect();
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
    /// What a key must not pass to be of use to a member.
    limits: Vec<u32>,
}

impl Visit {
    fn new(rows: &Rows, members: &[u32]) -> Self {
        Self { keys: vec![0; BLOCK * members.len()], limits: members.iter().map(|&row| rows.limit(row)).collect() }
    }

    fn compare<S: Space>(&mut self, space: &S, rows: &Rows, visitors: &[u32], members: &[u32], first: usize) {
        let keys = &mut self.keys[..visitors.len() * members.len()];
        space.keys(visitors, members, keys);
        for (&visitor, keys) in visitors.iter().zip(keys.chunks_exact(members.len())) {
            offer(rows, visitor, members, keys, &mut self.limits[first..]);
        }
    }
}

fn offer(rows: &Rows, visitor: u32, members: &[u32], keys: &[u32], limits: &mut [u32]) {
    let mut own = rows.limit(visitor);
    for at in (0..keys.len()).step_by(KEYS) {
        let end = keys.len().min(at + KEYS);
        let (keys, limits) = (&keys[at..end], &mut limits[at..end]);
        if !keys.iter().zip(&*limits).fold(false, |any, (&key, &limit)| any | (key <= limit.max(own))) {
            continue;
        }
        for ((&key, limit), &member) in keys.iter().zip(limits).zip(&members[at..end]) {
            if member == visitor {
                continue;
            }
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
