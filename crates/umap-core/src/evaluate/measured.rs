//! Measures of rows against all others, a block of rows at a time.

use super::density;
use super::evaluation::Evaluation;
use super::labels;
use super::ranks;
use super::task::Task;
use super::triplets;
use super::triplets::Triplets;
use crate::boxed::boxed;
use crate::error::Result;
use crate::knn::{Nearest, nearest_others};
use crate::parallel;
use crate::pulse::Pulse;

/// Measures rows, so many at a time.
pub(super) async fn in_blocks(task: &Task<'_>, rows: &[u32], most: usize, pulse: &Pulse) -> Result<Measured> {
    let (mut found, mut done) = (Measured::default(), 0);
    let at = |done: usize| done as f64 / rows.len() as f64;
    for block in rows.chunks(most) {
        let pulse = pulse.part(at(done), at(done + block.len()));
        found.append(boxed(measure(task, block, &pulse)).await?);
        done += block.len();
    }
    Ok(found)
}

/// Bytes that a neighbour takes of a row that is measured: twice up to `2 k` entries, one of its targets, its rank and its
/// number, the latter twice while they are put together.
pub(super) const ENTRY_BYTES: usize = 2 * 2 * 8 + 8 + 4 + 2 * 4;

/// What was found for some of the rows.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Measured {
    /// Ranks of neighbours beyond `k`, less `k`, summed.
    beyond: u64,
    /// Neighbours that are kept.
    kept: usize,
    /// Mean squared distances of each row's neighbours, in the input and in the embedding.
    squares: [Vec<f64>; 2],
    /// Rows whose label is their neighbours'.
    right: usize,
    /// Of the points and of the reference.
    triplets: [Triplets; 2],
}

impl Measured {
    fn append(&mut self, more: Self) {
        self.beyond += more.beyond;
        self.kept += more.kept;
        self.squares.iter_mut().zip(more.squares).for_each(|(all, more)| all.extend(more));
        self.right += more.right;
        self.triplets.iter_mut().zip(more.triplets).for_each(|(all, more)| all.append(more));
    }

    /// What the neighbours and triplets say.
    pub(super) fn evaluation(&self, rows: usize, n: usize, k: usize, has_labels: bool) -> Evaluation {
        Evaluation {
            trustworthiness: trustworthiness(self.beyond, rows, n, k),
            neighbor_preservation: self.kept as f64 / (rows * k) as f64,
            density_correlation: density::correlation(&self.squares[0], &self.squares[1]),
            label_accuracy: has_labels.then(|| self.right as f64 / rows as f64),
            random_triplets: self.triplets[0].share(),
            distance_correlation: None,
            centroid_correlation: None,
            reference_triplets: self.triplets[1].share(),
            reference_correlation: None,
            k: k as u32,
            rows: rows as u32,
        }
    }
}

/// Measures some rows against all: in the points, and in the layout.
pub(super) async fn measure(task: &Task<'_>, rows: &[u32], pulse: &Pulse) -> Result<Measured> {
    let &Task { points, layout, labels, k, .. } = task;
    let dims = layout.cols();
    // By multiplications, but not below a tenth: short rows cost more than their arithmetic.
    let layout_share = (dims as f64 / (dims + points.info().cols) as f64).max(0.1);
    let near = nearest_others(layout, rows, k, &pulse.part(0.0, 0.98 * layout_share)).await?;
    let sorting = pulse.part(0.98 * layout_share, layout_share);
    let ids = |row: &Nearest| row.clone().into_sorted().map(|(_, id)| id).collect::<Vec<_>>();
    let neighbors = parallel::map(&sorting, &near, ids).await?.concat();
    let (ranks, nearest) = ranks::ranks(points, rows, &neighbors, k, &pulse.part(layout_share, 0.98)).await?;
    let squares = if points.geometry().is_signed {
        Default::default()
    } else {
        let input = density::mean_squared(&nearest, points, &pulse.part(0.98, 0.983)).await?;
        let output = density::mean_squared(&near, layout, &pulse.part(0.983, 0.986)).await?;
        [input, output]
    };
    let right = match labels {
        Some(labels) => labels::right(labels, rows, &neighbors, k, &pulse.part(0.986, 0.99)).await?,
        None => 0,
    };
    let triplets = triplets::triplets(task, rows, &pulse.part(0.99, 1.0)).await?;
    Ok(Measured {
        beyond: ranks.iter().map(|&rank| u64::from(rank).saturating_sub(k as u64)).sum(),
        kept: ranks.iter().filter(|&&rank| rank as usize <= k).count(),
        squares,
        right,
        triplets,
    })
}

pub(super) fn trustworthiness(beyond: u64, rows: usize, n: usize, k: usize) -> f64 {
    let (n, k) = (n as f64, k as f64);
    1.0 - beyond as f64 * (2.0 / (rows as f64 * k * (2.0 * n - 3.0 * k - 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Metric;
    use crate::points::Points;
    use crate::pulse::block_on;
    use crate::random::{Random, Stream};

    /// 20,000 rows with 9,999 neighbours each took 9 GB at a time, and the module's end.
    #[test]
    fn rows_measured_in_blocks_have_the_same_measures() {
        let random = Random::new(3, Stream::Layout);
        let values = |len: u32, seed: u32| (0..len).map(|i| random.at(seed).uniform(i)).collect::<Vec<_>>();
        let points = Points::from_slice(&values(300 * 5, 1), 300, 5, Metric::Euclidean).unwrap();
        let layout = Points::from_embedding(&values(300 * 2, 2), 300, 2).unwrap();
        let labels: Vec<i32> = values(300, 3).iter().map(|&x| (x * 4.0) as i32).collect();
        let rows: Vec<u32> = (0..300).step_by(2).collect();
        let task = Task {
            points: &points,
            layout: &layout,
            reference: Some(&points),
            labels: Some(&labels),
            k: 20,
            triplets: 5,
            random,
        };
        let measured = |most: usize| block_on(async |pulse| in_blocks(&task, &rows, most, pulse).await).unwrap();
        let together = measured(150);
        assert!(together.kept > 0 && together.right > 0 && together.squares[1].len() == 150);
        [1, 7, 149].iter().for_each(|&most| assert_eq!(measured(most), together));
    }
}
