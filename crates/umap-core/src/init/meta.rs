//! Where the components of a disconnected graph lie relative to each other, and how much room each has.

use super::pca;
use crate::error::Result;
use crate::metric::Rest;
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::random::Random;
use crate::sorting::{ordered, pair, sort, unpair};

/// Up to so many components their centroids are looked at in the columns of the points. Above, in those of the points'
/// principal component scores, which costs the same for any number of components.
const MAX_CENTROIDS: usize = 512;
/// Of the layout's size, over the root of the number of components: the least radius of one.
const LEAST_ROOM: f32 = 0.1;
/// CenteredRows of a task.
const ROWS: usize = 256;

/// How components were placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// On the axes, one in each direction: there were no points to take centroids of, or all centroids are the same.
    Axes,
    /// Principal components of the centroids. Files of earlier versions may say `spectral`.
    #[serde(alias = "spectral")]
    Centroids,
    /// Centroids' scores on the principal components of all points.
    Pca,
    /// At random: as for `axes`, of more components than there are directions.
    Random,
}

/// Positions of `components` (row-major, by their order in the slice).
pub(crate) async fn positions(
    points: Option<&Points>,
    components: &[&[u32]],
    dims: usize,
    random: Random,
    pulse: &Pulse,
) -> Result<(Vec<f32>, Placement)> {
    let count = components.len();
    if count == 1 {
        return Ok((vec![0.0; dims], Placement::Axes));
    }
    let Some(points) = points else { return Ok(anywhere(count, dims, random)) };
    let (mut positions, placement) = if count <= MAX_CENTROIDS {
        let centroids = centroids(points, components, &pulse.part(0.0, 0.5)).await?;
        (pca::scores(&centroids, dims, &pulse.part(0.5, 1.0)).await?, Placement::Centroids)
    } else {
        (means_of_scores(points, components, dims, pulse).await?, Placement::Pca)
    };
    let greatest = positions.iter().fold(0.0f32, |a, &x| if x.abs() > a { x.abs() } else { a });
    if !(greatest > 0.0 && positions.iter().all(|x| x.is_finite())) {
        return Ok(anywhere(count, dims, random));
    }
    positions.iter_mut().for_each(|x| *x /= greatest);
    Ok((positions, placement))
}

/// Positions that no points speak for: in all directions, if there are enough of them.
fn anywhere(count: usize, dims: usize, random: Random) -> (Vec<f32>, Placement) {
    if count <= 2 * dims {
        return (axes(count, dims), Placement::Axes);
    }
    let draw = |at: usize| 10.0 * random.at((at / dims) as u32).uniform((at % dims) as u32);
    ((0..count * dims).map(draw).collect(), Placement::Random)
}

async fn means_of_scores(points: &Points, components: &[&[u32]], dims: usize, pulse: &Pulse) -> Result<Vec<f32>> {
    let scores = pca::scores(points, dims, pulse).await?;
    Ok(parallel::map(pulse, components, |members| mean(&scores, members, dims)).await?.concat())
}

/// The mean of some of the rows.
pub(super) fn mean(rows: &[f32], members: &[u32], dims: usize) -> Vec<f32> {
    let mut sum = vec![0.0f64; dims];
    for &i in members {
        let row = &rows[i as usize * dims..][..dims];
        sum.iter_mut().zip(row).for_each(|(sum, &x)| *sum += f64::from(x));
    }
    sum.iter().map(|sum| (sum / members.len() as f64) as f32).collect()
}

/// e1, ..., eh, -e1, ..., -eh with h half of `count`, rounded up; the first `count` of them (as umap-learn).
fn axes(count: usize, dims: usize) -> Vec<f32> {
    let half = count.div_ceil(2);
    let mut positions = vec![0.0; count * dims];
    for (c, row) in positions.chunks_exact_mut(dims).enumerate() {
        row[c % half] = if c < half { 1.0 } else { -1.0 };
    }
    positions
}

/// Means of the rows of each component, in the metric's form.
async fn centroids(points: &Points, components: &[&[u32]], pulse: &Pulse) -> Result<Points> {
    // Without a number beside the values.
    let stride = if points.metric().form().rest == Rest::Tail { points.values() } else { points.stride() };
    let mut data = Vec::with_capacity(components.len() * stride);
    for (c, members) in components.iter().enumerate() {
        let done = c as f64 / components.len() as f64;
        let part = pulse.part(done, done);
        let partial = parallel::map(&part, members.chunks(ROWS), |members| {
            let (mut sum, mut scratch) = (vec![0.0f64; stride], Vec::new());
            for &i in members {
                sum.iter_mut().zip(points.read([i], &mut scratch)[0]).for_each(|(sum, &x)| *sum += f64::from(x));
            }
            sum
        });
        let mut sum = vec![0.0f64; stride];
        for part in partial.await? {
            sum.iter_mut().zip(&part).for_each(|(sum, x)| *sum += x);
        }
        data.extend(sum.iter().map(|sum| (sum / members.len() as f64) as f32));
    }
    Points::from_slice(&data, components.len(), stride, points.metric().between_means())
}

/// Half the distance from each position to the nearest other, but room enough where others are at the same place (rings
/// around one centre); 1 for one alone.
pub(crate) async fn radii(positions: &[f32], dims: usize, pulse: &Pulse) -> Result<Vec<f32>> {
    let count = positions.len() / dims;
    if count == 1 {
        return Ok(vec![1.0]);
    }
    let row = |c: u32| &positions[c as usize * dims..][..dims];
    let mut order: Vec<u64> = (0..count as u32).map(|c| pair(ordered(row(c)[0]), c)).collect();
    sort(&mut order);
    let order: Vec<u32> = order.into_iter().map(|entry| unpair(entry).1).collect();
    // Along the first axis outwards, until that axis alone is further than the nearest so far.
    let nearest = |at: usize| {
        let own = row(order[at]);
        let mut best = f32::INFINITY;
        let mut look = |other: u32| {
            let along = row(other)[0] - own[0];
            if along * along > best {
                return false;
            }
            let square = row(other).iter().zip(own).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
            best = if square < best { square } else { best };
            best > 0.0
        };
        for &other in &order[at + 1..] {
            if !look(other) {
                break;
            }
        }
        for &other in order[..at].iter().rev() {
            if !look(other) {
                break;
            }
        }
        best.sqrt() / 2.0
    };
    let found = parallel::map(pulse, (0..count).step_by(ROWS), |from| {
        (from..count.min(from + ROWS)).map(nearest).collect::<Vec<f32>>()
    });
    let mut radii = vec![0.0; count];
    for (&c, radius) in order.iter().zip(found.await?.concat()) {
        radii[c as usize] = radius;
    }
    let greatest = positions.iter().fold(0.0f32, |a, &x| if x.abs() > a { x.abs() } else { a });
    let least = greatest * LEAST_ROOM / (count as f32).sqrt();
    radii.iter_mut().for_each(|radius| *radius = if *radius < least { least } else { *radius });
    Ok(radii)
}
