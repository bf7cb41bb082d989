//! Centres of cells of about equal size: k-means (Lloyd) on a sample of the rows.

use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;
use crate::random::Random;
use crate::sorting::{pair, sort, unpair};

use super::near_centers::{for_near_centers, nearest};
use crate::space::SearchSpace;

/// Sampled rows per centre. GloVe, 160,000 rows: recall after 4 visits 0.70 with 16, 0.75 with 32, 0.78 with 64, for 0.3
/// s more of 5.
const SAMPLE: usize = 48;
/// Lloyd's iterations: 5 instead of 3 gain nothing there, 0.02 for MNIST.
const ITERATIONS: u32 = 3;
/// Centres that one task moves.
const TASK_CENTERS: usize = 8;
/// Rows that a mean is taken of at most: equal rows can make a group of all.
const MEAN_ROWS: usize = 512;

/// Gives `space` so many centres, at most one per row.
pub(crate) async fn train(space: &mut dyn SearchSpace, centers: usize, random: Random, pulse: &Pulse) -> Result<()> {
    let sample = spread(space.rows(), centers * SAMPLE, random);
    let first = spread(sample.len(), centers, random.at(1));
    let mut groups: Vec<Vec<u32>> = first.iter().map(|&at| vec![sample[at as usize]]).collect();
    for iteration in 0..ITERATIONS {
        let at = |of: u32| f64::from(of) / f64::from(ITERATIONS);
        let pulse = pulse.part(at(iteration), at(iteration + 1));
        move_to_means(space, &groups, &pulse).await?;
        let homes = homes(space, &sample, &pulse).await?;
        groups.iter_mut().for_each(Vec::clear);
        for (row, home) in homes {
            groups[home as usize].push(row);
        }
        if iteration + 1 < ITERATIONS {
            share_out(&mut groups, random.at(2 + iteration));
        }
    }
    move_to_means(space, &groups, pulse).await
}

/// `count` numbers below `len` (all, if there are not more), one of each of as many stretches of equal length.
fn spread(len: usize, count: usize, random: Random) -> Vec<u32> {
    if count >= len {
        return (0..len as u32).collect();
    }
    let start = |i: usize| (i as u64 * len as u64 / count as u64) as u32;
    (0..count).map(|i| start(i) + random.below(i as u32, start(i + 1) - start(i))).collect()
}

async fn move_to_means(space: &mut dyn SearchSpace, groups: &[Vec<u32>], pulse: &Pulse) -> Result<()> {
    let mean = |group: &Vec<u32>| space.center_of(&group[..group.len().min(MEAN_ROWS)]);
    let means = parallel::map(pulse, groups.chunks(TASK_CENTERS), |groups| groups.iter().map(mean).collect::<Vec<_>>());
    let means = means.await?.into_iter().flatten().collect();
    space.set_centers(means);
    Ok(())
}

/// The rows with the nearest centre of each.
async fn homes(space: &dyn SearchSpace, rows: &[u32], pulse: &Pulse) -> Result<Vec<(u32, u32)>> {
    for_near_centers(space, rows, pulse, |row, centers, keys| (row, nearest(centers, keys))).await
}

/// Moves the centres of the smallest groups into the largest, so that no cell is much larger than the others.
fn share_out(groups: &mut [Vec<u32>], random: Random) {
    let mut by_size: Vec<u64> = (0..).zip(&*groups).map(|(i, group)| pair(group.len() as u32, i)).collect();
    sort(&mut by_size);
    let by_size: Vec<usize> = by_size.into_iter().map(|entry| unpair(entry).1 as usize).collect();
    let mut small =
        by_size.iter().copied().take_while(|&i| groups[i].len() <= SAMPLE / 4).collect::<Vec<_>>().into_iter();
    for &large in by_size.iter().rev().take_while(|&&i| groups[i].len() >= 2 * SAMPLE).collect::<Vec<_>>() {
        let rows = groups[large].len() as u32;
        for part in 1..rows / SAMPLE as u32 {
            let Some(small) = small.next() else { return };
            groups[small] = vec![groups[large][random.at(large as u32).below(part, rows) as usize]];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Metric;
    use crate::points::Points;
    use crate::pulse::block_on;
    use crate::random::Stream;
    use crate::space::F32Space;

    #[test]
    fn stretches_hold_one_number_each() {
        let random = Random::new(1, Stream::Cells);
        for (len, count) in [(1, 1), (5, 9), (100, 7), (1000, 999)] {
            let chosen = spread(len, count, random);
            assert_eq!(chosen.len(), len.min(count));
            assert!(chosen.is_sorted_by(|a, b| a < b) && chosen.iter().all(|&i| (i as usize) < len));
        }
    }

    /// 4 groups far apart, of which one has most of the rows: each has a centre, and none is left without rows.
    #[test]
    fn every_group_gets_centers_by_its_size() {
        let noise = Random::new(2, Stream::Noise);
        let group = |row: usize| if row < 1600 { 0 } else { 1 + row % 3 };
        let data: Vec<f32> = (0..2000).map(|row| 1000.0 * group(row) as f32 + noise.normal(row as u32)).collect();
        let points = Points::from_slice(&data, 2000, 1, Metric::Euclidean).unwrap();
        let order: Vec<u32> = (0..2000).collect();
        let mut space = F32Space::new(&points, &order);
        let random = Random::new(3, Stream::Cells);
        let homes = block_on(async |pulse| {
            train(&mut space, 20, random, pulse).await?;
            homes(&space, &order, pulse).await
        });
        let homes: Vec<u32> = homes.unwrap().into_iter().map(|(_, home)| home).collect();
        let of_group = |wanted| {
            let mut of: Vec<u32> =
                order.iter().filter(|&&i| group(i as usize) == wanted).map(|&i| homes[i as usize]).collect();
            of.sort_unstable();
            of.dedup();
            of
        };
        let cells: Vec<Vec<u32>> = (0..4).map(of_group).collect();
        assert!(cells[0].len() >= 10 && cells.iter().all(|cells| !cells.is_empty()), "{cells:?}");
        let mut all = cells.concat();
        all.sort_unstable();
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "a cell holds two groups: {cells:?}");
    }
}
