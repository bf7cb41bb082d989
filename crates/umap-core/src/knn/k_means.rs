//! Centres of cells of about equal size: k-means on a sample of the rows.

use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;
use crate::random::Random;

use super::space::Space;

/// Sampled rows per centre.
const SAMPLE: usize = 32;
/// Lloyd's iterations.
const ITERATIONS: u32 = 5;
/// Rows that one task assigns.
const TASK_ROWS: usize = 96;
/// Centres that one task moves.
const TASK_CENTERS: usize = 8;

/// Gives `space` that many centres.
pub(crate) async fn train<S: Space>(space: &mut S, centers: usize, random: Random, pulse: &Pulse) -> Result<()> {
    let sample = spread(space.rows(), centers * SAMPLE, random);
    let first = spread(sample.len(), centers, random.at(1));
    let mut groups: Vec<Vec<u32>> = first.iter().map(|&at| vec![sample[at as usize]]).collect();
    for iteration in 0..ITERATIONS {
        let at = |of: u32| f64::from(of) / f64::from(ITERATIONS);
        let pulse = pulse.part(at(iteration), at(iteration + 1));
        move_to_means(space, &groups, &pulse).await?;
        let homes = homes(space, &sample, &pulse).await?;
        groups.iter_mut().for_each(Vec::clear);
        for (&row, home) in sample.iter().zip(homes) {
            groups[home as usize].push(row);
        }
        if iteration + 2 < ITERATIONS {
            share_out(&mut groups, random.at(2 + iteration));
        }
    }
    move_to_means(space, &groups, pulse).await
}

/// `count` rows of `rows` (all, if there are not more), one of each of as many stretches of equal length.
fn spread(rows: usize, count: usize, random: Random) -> Vec<u32> {
    if count >= rows {
        return (0..rows as u32).collect();
    }
    let start = |i: usize| (i as u64 * rows as u64 / count as u64) as u32;
    (0..count).map(|i| start(i) + random.below(i as u32, start(i + 1) - start(i))).collect()
}

async fn move_to_means<S: Space>(space: &mut S, groups: &[Vec<u32>], pulse: &Pulse) -> Result<()> {
    let means = parallel::map(pulse, groups.chunks(TASK_CENTERS), |groups| {
        groups.iter().map(|group| space.mean(group)).collect::<Vec<_>>()
    });
    let means = means.await?.into_iter().flatten().collect();
    space.set_centers(means);
    Ok(())
}

/// The nearest centre of each row, the first of equally near ones.
async fn homes<S: Space>(space: &S, rows: &[u32], pulse: &Pulse) -> Result<Vec<u32>> {
    let centers: Vec<u32> = space.centers().collect();
    let nearest = |keys: &[u32]| {
        let least = keys.iter().fold(u32::MAX, |least, &key| least.min(key));
        keys.iter().position(|&key| key == least).unwrap_or(0) as u32
    };
    let homes = parallel::map(pulse, rows.chunks(TASK_ROWS), |rows| {
        let mut keys = vec![0; 3 * centers.len()];
        let mut homes = Vec::with_capacity(rows.len());
        for rows in rows.chunks(3) {
            let keys = &mut keys[..rows.len() * centers.len()];
            space.keys(rows, &centers, keys);
            homes.extend(keys.chunks_exact(centers.len()).map(nearest));
        }
        homes
    });
    Ok(homes.await?.concat())
}

/// Moves the centres of the smallest groups into the largest ones, so that no cell is much larger than the others.
fn share_out(groups: &mut [Vec<u32>], random: Random) {
    let mut by_size: Vec<u32> = (0..groups.len() as u32).collect();
    by_size.sort_unstable_by_key(|&i| (groups[i as usize].len(), i));
    let (large, small) = (2 * SAMPLE, SAMPLE / 4);
    let (mut from, mut to) = (0, by_size.len());
    while from < to {
        to -= 1;
        let big = by_size[to] as usize;
        let parts = groups[big].len() / SAMPLE;
        if groups[big].len() < large {
            break;
        }
        for part in 1..parts as u32 {
            let little = by_size[from] as usize;
            if from >= to || groups[little].len() > small {
                return;
            }
            from += 1;
            let chosen = random.at(big as u32).below(part, groups[big].len() as u32);
            groups[little] = vec![groups[big][chosen as usize]];
        }
    }
}
