//! Means of classes.

use super::distances::MOST_ROWS;
use crate::error::Result;
use crate::memory;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::random::Random;
use crate::sorting::sort_numbers;

/// Values that a task adds up: about a millisecond.
const TASK: usize = 1 << 20;
/// But at least so many rows, so that the sums of tasks take a thirty-second of what the points do.
const LEAST_ROWS: usize = 64;

/// The rows of each class, of those that `has_place`; of more classes than there is room for the means of, some.
pub(super) fn classes(labels: &[i32], cols: usize, random: Random, has_place: impl Fn(usize) -> bool) -> Vec<Vec<u32>> {
    let mut present: Vec<u32> = labels.iter().map(|&label| label as u32).collect();
    sort_numbers(&mut present);
    present.dedup();
    let most = memory::block_rows(cols * size_of::<f64>()).min(MOST_ROWS as usize);
    let chosen = random.sample(present.len() as u32, most as u32);
    let chosen: Vec<u32> = chosen.into_iter().map(|at| present[at as usize]).collect();
    let mut rows = vec![Vec::new(); chosen.len()];
    for (row, &label) in labels.iter().enumerate() {
        if let Ok(class) = chosen.binary_search(&(label as u32))
            && has_place(row)
        {
            rows[class].push(row as u32);
        }
    }
    rows.retain(|rows| !rows.is_empty());
    rows
}

/// The means of classes, as rows in the form of the points' metric are; in the order of the rows, whatever the threads.
pub(super) async fn means(points: &Points, classes: &[Vec<u32>], pulse: &Pulse) -> Result<Points> {
    let cols = points.values();
    let some = (TASK / points.stride()).max(LEAST_ROWS);
    let parts = classes.iter().enumerate().flat_map(|(class, rows)| rows.chunks(some).map(move |rows| (class, rows)));
    let parts: Vec<(usize, &[u32])> = parts.collect();
    let sums = parallel::map(pulse, &parts, |(_, rows)| sum(points, rows)).await?;
    let mut means = vec![0.0; classes.len() * cols];
    for ((class, _), sums) in parts.iter().zip(sums) {
        means[class * cols..][..cols].iter_mut().zip(sums).for_each(|(all, part)| *all += part);
    }
    for (mean, rows) in means.chunks_exact_mut(cols).zip(classes) {
        mean.iter_mut().for_each(|value| *value /= rows.len() as f64);
    }
    Points::from_slice(&means, classes.len(), cols, points.metric().between_means())
}

#[inline(never)]
fn sum(points: &Points, rows: &[u32]) -> Vec<f64> {
    let (mut scratch, mut sums) = (Vec::new(), vec![0.0; points.values()]);
    for row in points.read_all(rows.iter().copied(), &mut scratch) {
        sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += f64::from(value));
    }
    sums
}
