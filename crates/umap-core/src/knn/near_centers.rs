//! Compares rows with the centres of cells: with all where those are few, else with the ones that are likely near. With all
//! of them a row's time would grow as the number of rows does.

use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;
use crate::sorting::{pair, sort, unpair};

use crate::space::{Gathered, SearchSpace, TILE_A};

/// So few centres are all compared: choosing among them would take as long.
const FEW: usize = 256;
/// Every so many-th centre is a pivot, ...
const STEP: usize = 8;
/// ... and rows are compared with so many centres around the nearest pivot. GloVe, 320,000 rows (1067 centres): 31.4 us per
/// row and recall 0.899, with all centres 34.2 us and 0.896; 128 around the pivot 0.896, 256 0.895. Every fourth as pivot:
/// 0.891.
const NEAR: usize = 192;
/// Pairs of rows and centres that one task compares.
const TASK_PAIRS: usize = 1 << 16;

/// Rows that are compared with the same centres.
struct Group {
    rows: Vec<u32>,
    /// Numbered from 0 on.
    centers: Vec<u32>,
}

/// Calls `work` with each row, centres near it (numbered from 0 on) and its keys to them. The results are in an order of
/// their own, which does not depend on threads.
pub(crate) async fn for_near_centers<R: Send>(
    space: &dyn SearchSpace,
    rows: &[u32],
    pulse: &Pulse,
    work: impl Fn(u32, &[u32], &[u32]) -> R + Sync + Send,
) -> Result<Vec<R>> {
    let groups = groups(space, rows, &pulse.part(0.0, 0.4)).await?;
    compare(space, &groups, &pulse.part(0.4, 1.0), work).await
}

/// The nearest of some centres, the first of equally near ones.
#[inline(never)]
pub(crate) fn nearest(centers: &[u32], keys: &[u32]) -> u32 {
    let least = keys.iter().fold(u32::MAX, |least, &key| least.min(key));
    keys.iter().position(|&key| key == least).map_or(0, |at| centers[at])
}

/// The rows by what they are to be compared with.
async fn groups(space: &dyn SearchSpace, rows: &[u32], pulse: &Pulse) -> Result<Vec<Group>> {
    let all: Vec<u32> = (0..space.centers().len() as u32).collect();
    if all.len() <= FEW {
        return Ok(vec![Group { rows: rows.to_vec(), centers: all }]);
    }
    let first = space.centers().start;
    let pivots: Vec<u32> = all.iter().copied().step_by(STEP).collect();
    let of_pivots = [Group { rows: pivots.iter().map(|&pivot| first + pivot).collect(), centers: all }];
    let centers = compare(space, &of_pivots, &pulse.part(0.0, 0.1), |_, all, keys| around(all, keys)).await?;
    let mut groups: Vec<Group> = centers.into_iter().map(|centers| Group { rows: Vec::new(), centers }).collect();
    let with_pivots = [Group { rows: rows.to_vec(), centers: pivots }];
    let work = |row, pivots: &[u32], keys: &[u32]| (row, nearest(pivots, keys));
    let nearest = compare(space, &with_pivots, &pulse.part(0.1, 1.0), work).await?;
    for (row, pivot) in nearest {
        groups[pivot as usize / STEP].rows.push(row);
    }
    Ok(groups)
}

/// The nearest of some centres, nearest first.
#[inline(never)]
fn around(centers: &[u32], keys: &[u32]) -> Vec<u32> {
    let mut around: Vec<u64> = keys.iter().zip(centers).map(|(&key, &center)| pair(key, center)).collect();
    sort(&mut around);
    around.truncate(NEAR);
    around.into_iter().map(|entry| unpair(entry).1).collect()
}

/// Compares the rows of each group with its centres.
async fn compare<'a, R: Send>(
    space: &dyn SearchSpace,
    groups: &'a [Group],
    pulse: &Pulse,
    work: impl Fn(u32, &[u32], &[u32]) -> R + Sync + Send,
) -> Result<Vec<R>> {
    let tasks = |Group { rows, centers }: &'a Group| {
        let count = (TASK_PAIRS / centers.len()).next_multiple_of(TILE_A).max(TILE_A);
        rows.chunks(count).map(move |rows| (rows, centers.as_slice()))
    };
    let tasks: Vec<_> = groups.iter().flat_map(tasks).collect();
    let results = parallel::map(pulse, tasks, |(rows, centers)| {
        let numbers: Vec<u32> = centers.iter().map(|&center| space.centers().start + center).collect();
        let (of_rows, of_centers) = (Gathered::of(space, rows), Gathered::of(space, &numbers));
        let mut keys = vec![0; TILE_A * centers.len()];
        let mut results = Vec::with_capacity(rows.len());
        for (first, rows) in (0..).step_by(TILE_A).zip(rows.chunks(TILE_A)) {
            let keys = &mut keys[..rows.len() * centers.len()];
            space.keys(of_rows.stretch(first, first + rows.len()), of_centers.all(), keys);
            let keys = keys.chunks_exact(centers.len());
            results.extend(rows.iter().zip(keys).map(|(&row, keys)| work(row, centers, keys)));
        }
        results
    });
    Ok(results.await?.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Metric;
    use crate::points::Points;
    use crate::pulse::block_on;
    use crate::random::{Random, Stream};
    use crate::space::F32Space;

    /// 2000 points of a plane, of which the first so many are the centres: for each row its nearest, by `for_near_centers`
    /// and of all.
    fn homes(centers: usize) -> (Vec<u32>, Vec<u32>) {
        const ROWS: usize = 2000;
        let random = Random::new(1, Stream::Noise);
        let data: Vec<f32> = (0..2 * ROWS as u32).map(|i| random.uniform(i)).collect();
        let points = Points::from_slice(&data, ROWS, 2, Metric::Euclidean).unwrap();
        let order: Vec<u32> = (0..ROWS as u32).collect();
        let mut space = F32Space::new(&points, &order);
        let values = (0..centers as u32).map(|row| space.center_of(&[row])).collect();
        space.set_centers(values);
        let work = |row, centers: &[u32], keys: &[u32]| (row, nearest(centers, keys));
        let mut found = block_on(async |pulse| for_near_centers(&space, &order, pulse, work).await).unwrap();
        found.sort_unstable();
        assert!(found.iter().map(|&(row, _)| row).eq(0..ROWS as u32), "each row once");
        let square = |row: usize, center: usize| {
            (0..2).map(|col| (data[2 * row + col] - data[2 * center + col]).powi(2)).sum::<f32>()
        };
        let nearest = |row| (0..centers).min_by(|&a, &b| square(row, a).total_cmp(&square(row, b))).unwrap() as u32;
        (found.into_iter().map(|(_, home)| home).collect(), (0..ROWS).map(nearest).collect())
    }

    #[test]
    fn few_centers_are_all_compared() {
        for centers in [1, 2, FEW] {
            let (found, true_homes) = homes(centers);
            assert_eq!(found, true_homes, "{centers} centres");
        }
    }

    /// In a plane 192 centres around the nearest of 125 pivots hold the nearest of 1000, but for a few rows.
    #[test]
    fn the_nearest_of_many_is_found() {
        let (found, true_homes) = homes(1000);
        let same = found.iter().zip(&true_homes).filter(|(a, b)| a == b).count();
        assert!(same >= 1990, "{same} of 2000");
    }
}
