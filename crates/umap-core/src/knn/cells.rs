//! A partition of the rows in cells of about equal size, and for each row the few cells that it is nearest to besides its
//! own: an inverted file (IVF), read both ways.

use std::ops::Range;

use crate::error::Result;
use crate::memory;
use crate::pulse::Pulse;
use crate::random::{Random, Stream};

use super::k_means;
use super::near_centers::for_near_centers;
use super::rows::{Rows, row_of};
use crate::space::SearchSpace;

/// Rows of a cell. GloVe (160,000 rows) and MNIST take about as long for the same recall with 200 to 400.
const CELL_ROWS: usize = 300;
/// Least multiple of the number of neighbours that a cell holds.
const LEAST_MULTIPLE: usize = 4;
/// Rows between two ticks.
const TICK_ROWS: usize = 1 << 15;
/// Instead of a cell that has no rows.
const NOWHERE: u32 = u32::MAX;

/// Where the rows are at home, and where they visit.
pub(crate) struct Cells {
    /// The rows, cell by cell.
    pub(crate) order: Vec<u32>,
    /// Where each cell ends in `order`.
    ends: Vec<u32>,
    /// For each position in `order` the cells to visit, nearest first.
    visits: Vec<u32>,
    /// Visits of a row.
    width: usize,
}

/// Number of centres for so many rows, of which `k` neighbours are wanted. Beyond half a million rows there are about as many
/// as the rows of five cells, with which a row is compared, so that neither grows with the rows.
pub(crate) fn centers(rows: usize, k: usize) -> usize {
    rows.div_ceil(CELL_ROWS.max(LEAST_MULTIPLE * k).max((rows / 5).isqrt()))
}

impl Cells {
    /// A cell around each of as many centres, and at most so many `visits` of each row.
    pub(crate) async fn new(
        space: &mut dyn SearchSpace,
        centers: usize,
        visits: usize,
        seed: u32,
        pulse: &Pulse,
    ) -> Result<Self> {
        let random = Random::new(seed, Stream::Cells);
        k_means::train(space, centers, random, &pulse.part(0.0, 0.3)).await?;
        let nearest = Rows::new(space.rows(), (visits + 1).min(centers), pulse).await?;
        let rows: Vec<u32> = (0..space.rows() as u32).collect();
        let offer = |row, centers: &[u32], keys: &[u32]| offer(&nearest, row, centers, keys);
        for_near_centers(space, &rows, &pulse.part(0.3, 0.95), offer).await?;
        Self::of(&nearest, centers, random.at(u32::MAX), &pulse.part(0.95, 1.0)).await
    }

    /// From the nearest centres of each row. What is more than twice the mean is cut in pieces, whatever rows they get:
    /// that happens where rows are equal. A visitor goes to one of the pieces, and a
    /// row that is at home in one visits the next first.
    async fn of(nearest: &Rows, centers: usize, random: Random, pulse: &Pulse) -> Result<Self> {
        let rows = nearest.len();
        let mut homes: Vec<Vec<u32>> = vec![Vec::new(); centers];
        for row in 0..rows {
            homes[nearest.with(row as u32, |cells| row_of(cells[0])) as usize].push(row as u32);
            if row.is_multiple_of(TICK_ROWS) {
                pulse.tick(0.0).await?;
            }
        }
        let largest = 2 * rows.div_ceil(centers);
        let (mut order, mut ends, mut pieces) = (memory::reserve("cells", rows, 1)?, Vec::new(), Vec::new());
        for home in &homes {
            let first = ends.len() as u32;
            let count = home.len().div_ceil(largest);
            for piece in home.chunks(home.len().div_ceil(count.max(1)).max(1)) {
                order.extend_from_slice(piece);
                ends.push(order.len() as u32);
            }
            pieces.push(first..ends.len() as u32);
            pulse.tick(0.0).await?;
        }
        let width = nearest.width() - 1;
        let mut visits = memory::reserve("visits", rows, width)?;
        for (position, &row) in order.iter().enumerate() {
            let visit = |cell: u32| match pieces[cell as usize].clone() {
                pieces if pieces.is_empty() => NOWHERE,
                pieces => pieces.start + random.at(row).below(cell, pieces.end - pieces.start),
            };
            nearest.with(row, |cells| {
                let home = pieces[row_of(cells[0]) as usize].clone();
                let is_cut = home.len() > 1;
                if is_cut && width > 0 {
                    let own = ends.partition_point(|&end| end as usize <= position) as u32;
                    visits.push(if own + 1 == home.end { home.start } else { own + 1 });
                }
                let others = &cells[1..][..width.saturating_sub(usize::from(is_cut))];
                visits.extend(others.iter().map(|&cell| visit(row_of(cell))));
            });
            if position.is_multiple_of(TICK_ROWS) {
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

    /// The positions in `order` of a cell's rows.
    pub(crate) fn positions(&self, cell: usize) -> Range<u32> {
        (if cell == 0 { 0 } else { self.ends[cell - 1] })..self.ends[cell]
    }

    /// For each cell the positions of the rows whose visit number `visit` is to it.
    pub(crate) async fn visitors(&self, visit: usize, pulse: &Pulse) -> Result<Vec<Vec<u32>>> {
        let mut visitors = vec![Vec::new(); self.len()];
        for (position, visits) in self.visits.chunks_exact(self.width).enumerate() {
            if visits[visit] != NOWHERE {
                visitors[visits[visit] as usize].push(position as u32);
            }
            if position.is_multiple_of(TICK_ROWS) {
                pulse.tick(0.0).await?;
            }
        }
        Ok(visitors)
    }
}

#[inline(never)]
fn offer(nearest: &Rows, row: u32, centers: &[u32], keys: &[u32]) {
    nearest.push_all(row, NOWHERE, centers, keys);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Metric;
    use crate::points::Points;
    use crate::pulse::block_on;
    use crate::space::F32Space;

    fn cells(rows: usize, k: usize, value: impl Fn(u32) -> f32) -> Cells {
        let data: Vec<f32> = (0..rows as u32).map(value).collect();
        let points = Points::from_slice(&data, rows, 1, Metric::Euclidean).unwrap();
        let order: Vec<u32> = (0..rows as u32).collect();
        let mut space = F32Space::new(&points, &order);
        block_on(async |pulse| Cells::new(&mut space, centers(rows, k), 4, 5, pulse).await).unwrap()
    }

    /// Every row is in one cell, no cell is too large, and rows visit cells that are not their own, each once.
    fn check(cells: &Cells, rows: usize, k: usize) {
        let mut all = cells.order.clone();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..rows as u32), "not a partition");
        let mean = rows.div_ceil(centers(rows, k));
        for cell in 0..cells.len() {
            assert!((1..=2 * mean).contains(&cells.positions(cell).len()));
        }
        let visitors = |visit| block_on(async |pulse| cells.visitors(visit, pulse).await).unwrap();
        let mut met: Vec<(usize, u32)> = Vec::new();
        for visit in 0..cells.visits() {
            let visitors = visitors(visit);
            met.extend(
                visitors.into_iter().enumerate().flat_map(|(cell, rows)| rows.into_iter().map(move |row| (cell, row))),
            );
        }
        assert!(met.iter().all(|&(cell, row)| !cells.positions(cell).contains(&row)));
        let all = met.len();
        met.sort_unstable();
        met.dedup();
        assert_eq!(met.len(), all);
    }

    #[test]
    fn rows_have_one_home_and_visit_others() {
        let random = Random::new(1, Stream::Noise);
        for (rows, k) in [(1, 2), (2, 2), (300, 15), (301, 15), (5000, 15), (5000, 200)] {
            check(&cells(rows, k, |i| random.normal(i)), rows, k);
        }
    }

    #[test]
    fn equal_rows_are_cut_in_pieces() {
        let equal = cells(20_000, 15, |_| 1.0);
        check(&equal, 20_000, 15);
        let half = cells(20_000, 15, |i| (i % 2 * i) as f32);
        check(&half, 20_000, 15);
        assert!(half.len() > 40, "{} cells", half.len());
    }
}
