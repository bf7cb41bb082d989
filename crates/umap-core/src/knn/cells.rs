//! Cells of a k-means partition, about equal in size: each row is at home in the nearest and visits some more.

use crate::error::Result;
use crate::memory;
use crate::parallel;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};

use super::k_means;
use super::rows::{Rows, row_of};
use super::space::Space;

/// Rows that one task assigns.
const TASK_ROWS: usize = 96;

/// A partition of the rows, and which other parts each row is near to.
pub(crate) struct Cells {
    /// The rows, cell by cell.
    pub(crate) order: Vec<u32>,
    /// Where each cell ends in `order`.
    pub(crate) ends: Vec<u32>,
    /// For each place in `order` the nearest other cells.
    visits: Vec<u32>,
    /// Visits of a row.
    width: usize,
}

impl Cells {
    /// Cells of about `cell_rows` rows, with at most `visits` visits of each row.
    pub(crate) async fn new<S: Space>(space: &mut S, cell_rows: usize, visits: usize, seed: u32, pulse: &Pulse) -> Result<Self> {
        let random = Random::new(seed, Stream::Forest);
        let count = space.rows().div_ceil(cell_rows);
        k_means::train(space, count, random, &pulse.part(0.0, 0.3)).await?;
        let nearest = nearest_centers(&*space, (visits + 1).min(count), &pulse.part(0.3, 0.9)).await?;
        Self::of(&nearest, count, cell_rows, random, &pulse.part(0.9, 1.0)).await
    }

    async fn of(nearest: &Rows, count: usize, cell_rows: usize, random: Random, pulse: &Pulse) -> Result<Self> {
        let rows = nearest.len();
        let mut homes: Vec<Vec<u32>> = vec![Vec::new(); count];
        for row in 0..rows as u32 {
            homes[nearest.with(row, |cells| row_of(cells[0])) as usize].push(row);
            if row.is_multiple_of(1 << 16) {
                pulse.tick(0.0).await?;
            }
        }
        let largest = 2 * cell_rows;
        let (mut order, mut ends, mut firsts) = (memory::reserve("cells", rows, 1)?, Vec::new(), Vec::new());
        for home in &homes {
            firsts.push(ends.len() as u32);
            let pieces = home.len().div_ceil(largest).max(1);
            for piece in home.chunks(home.len().div_ceil(pieces).max(1)) {
                order.extend_from_slice(piece);
                ends.push(order.len() as u32);
            }
        }
        firsts.push(ends.len() as u32);
        let width = nearest.width() - 1;
        let mut visits = memory::reserve("visits", rows, width)?;
        for (place, &row) in order.iter().enumerate() {
            nearest.with(row, |cells| {
                visits.extend(cells[1..].iter().map(|&cell| {
                    let cell = row_of(cell);
                    let (first, next) = (firsts[cell as usize], firsts[cell as usize + 1]);
                    if next == first { u32::MAX } else { first + random.at(row).below(cell, next - first) }
                }))
            });
            if place.is_multiple_of(1 << 16) {
                pulse.tick(0.0).await?;
            }
        }
        Ok(Self { order, ends, visits, width })
    }

    /// Number of cells.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Visits of a row.
    pub(crate) fn visits(&self) -> usize {
        self.width
    }

    /// The places in `order` of a cell's rows.
    pub(crate) fn places(&self, cell: usize) -> std::ops::Range<u32> {
        (if cell == 0 { 0 } else { self.ends[cell - 1] })..self.ends[cell]
    }

    /// For each cell the places of the rows of whose visits it is one numbered in `range`.
    pub(crate) async fn visitors(&self, range: std::ops::Range<usize>, pulse: &Pulse) -> Result<Vec<Vec<u32>>> {
        let mut visitors = vec![Vec::new(); self.len()];
        for (place, visits) in self.visits.chunks_exact(self.width).enumerate() {
            for &cell in visits[range.clone()].iter().filter(|&&cell| cell != u32::MAX) {
                visitors[cell as usize].push(place as u32);
            }
            if place.is_multiple_of(1 << 16) {
                pulse.tick(0.0).await?;
            }
        }
        Ok(visitors)
    }
}

/// The nearest centres of every row.
async fn nearest_centers<S: Space>(space: &S, count: usize, pulse: &Pulse) -> Result<Rows> {
    let nearest = Rows::new(space.rows(), count, pulse).await?;
    let centers: Vec<u32> = space.centers().collect();
    let numbers: Vec<u32> = (0..centers.len() as u32).collect();
    let tasks = (0..space.rows()).step_by(TASK_ROWS);
    parallel::for_each(pulse, tasks, |first| {
        let rows: Vec<u32> = (first as u32..(first + TASK_ROWS).min(space.rows()) as u32).collect();
        let mut keys = vec![0; 3 * centers.len()];
        for rows in rows.chunks(3) {
            let keys = &mut keys[..rows.len() * centers.len()];
            space.keys(rows, &centers, keys);
            for (&row, keys) in rows.iter().zip(keys.chunks_exact(centers.len())) {
                nearest.push_all(row, u32::MAX, &numbers, keys);
            }
        }
    })
    .await?;
    Ok(nearest)
}
