//! Where the components of a disconnected graph lie relative to each other, and how much room each has.

use super::{eigen, pca};
use crate::csr::Csr;
use crate::error::Result;
use crate::math;
use crate::metric::{Form, Metric};
use crate::parallel;
use crate::points::Points;
use crate::pulse::Pulse;
use crate::random::Random;
use crate::sorting::{ordered, pair, sort, unpair};

/// Up to so many components their centroids are compared each with each. Above, centroids are means of the points'
/// principal component scores, which costs the same for any number of components.
const MAX_AFFINITIES: usize = 512;
/// Rows of a task.
const ROWS: usize = 256;

/// How components were placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// On the axes, one in each direction.
    Axes,
    /// Spectral embedding of the centroids' affinities.
    Spectral,
    /// Centroids' principal component scores.
    Pca,
    /// At random: there were no points to take centroids of.
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
    if count <= 2 * dims {
        return Ok((axes(count, dims), Placement::Axes));
    }
    let Some(points) = points else {
        let draw = |at: usize| 10.0 * random.at((at / dims) as u32).uniform((at % dims) as u32);
        return Ok(((0..count * dims).map(draw).collect(), Placement::Random));
    };
    if count <= MAX_AFFINITIES {
        let affinities = affinities(points, components, &pulse.part(0.0, 0.5)).await?;
        if let Some(positions) = spectral(&affinities, dims, &pulse.part(0.5, 1.0)).await? {
            return Ok((positions, Placement::Spectral));
        }
    }
    let scores = pca::scores(points, dims, pulse).await?;
    let mean = |members: &&[u32]| {
        let mut sum = vec![0.0f64; dims];
        for &i in *members {
            let row = &scores[i as usize * dims..][..dims];
            sum.iter_mut().zip(row).for_each(|(sum, &x)| *sum += f64::from(x));
        }
        sum.iter().map(|sum| (sum / members.len() as f64) as f32).collect::<Vec<f32>>()
    };
    Ok((parallel::map(pulse, components, mean).await?.concat(), Placement::Pca))
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

/// exp(-D^2 / mean D^2) for the distances D of the centroids. umap-learn has exp(-D^2), which is 0 for all pairs of
/// data in units such as 0 to 255; the scale makes the positions independent of the unit.
async fn affinities(points: &Points, components: &[&[u32]], pulse: &Pulse) -> Result<Csr> {
    let centroids = centroids(points, components, &pulse.part(0.0, 0.5)).await?;
    let count = centroids.rows();
    let metric = centroids.metric();
    let part = pulse.part(0.5, 1.0);
    let squares = parallel::map(&part, 0..count, |i| {
        let square = |j: usize| {
            let mut room = Vec::new();
            let [a, b] = centroids.read([i as u32, j as u32], &mut room);
            let value = metric.kernel().pair(a, b);
            f64::from(metric.distance(value)) * f64::from(metric.distance(value))
        };
        (0..count).map(square).collect::<Vec<f64>>()
    });
    let squares = squares.await?;
    let sum: f64 = squares.iter().map(|row| row.iter().sum::<f64>()).sum();
    let scale = if sum > 0.0 { -((count * (count - 1)) as f64) / sum } else { 0.0 };
    let mut graph = Csr { indptr: vec![0], ..Csr::default() };
    for (i, row) in squares.iter().enumerate() {
        for (j, square) in row.iter().enumerate().filter(|(j, _)| *j != i) {
            graph.indices.push(j as u32);
            graph.data.push(math::exp(square * scale).max(1e-30) as f32);
        }
        graph.indptr.push(graph.indices.len() as u32);
    }
    Ok(graph)
}

/// Means of the rows of each component, in the metric's form.
async fn centroids(points: &Points, components: &[&[u32]], pulse: &Pulse) -> Result<Points> {
    let stride = points.stride();
    let mut data = Vec::with_capacity(components.len() * stride);
    for (c, members) in components.iter().enumerate() {
        let done = c as f64 / components.len() as f64;
        let part = pulse.part(done, done);
        let partial = parallel::map(&part, members.chunks(ROWS), |members| {
            let (mut sum, mut room) = (vec![0.0f64; stride], Vec::new());
            for &i in members {
                sum.iter_mut().zip(points.read([i], &mut room)[0]).for_each(|(sum, &x)| *sum += f64::from(x));
            }
            sum
        });
        let mut sum = vec![0.0f64; stride];
        for part in partial.await? {
            sum.iter_mut().zip(&part).for_each(|(sum, x)| *sum += x);
        }
        data.extend(sum.iter().map(|sum| (sum / members.len() as f64) as f32));
    }
    // Rows are in their form already; the inner product is no distance.
    let metric = match (points.metric().form(), points.metric()) {
        (Form::Unit | Form::CenteredUnit, _) => Metric::Cosine,
        (Form::AsIs, Metric::InnerProduct) => Metric::Euclidean,
        (Form::AsIs, metric) => metric,
    };
    Points::from_slice(&data, components.len(), stride, metric)
}

/// Spectral embedding as scikit-learn's: eigenvectors over the roots of the degrees, here divided by their greatest entry.
async fn spectral(affinities: &Csr, dims: usize, pulse: &Pulse) -> Result<Option<Vec<f32>>> {
    let Some(spectrum) = eigen::smallest(affinities, dims, pulse).await? else {
        return Ok(None);
    };
    let mut positions = spectrum.vectors;
    for (i, row) in positions.chunks_exact_mut(dims).enumerate() {
        let degree: f32 = affinities.row(i).1.iter().sum();
        row.iter_mut().for_each(|x| *x /= degree.sqrt());
    }
    let greatest = positions.iter().fold(0.0f32, |a, &x| if x > a { x } else { a });
    if greatest <= 0.0 {
        return Ok(None);
    }
    positions.iter_mut().for_each(|x| *x /= greatest);
    Ok(Some(positions))
}

/// Half the distance from each position to the nearest other; 1 for one alone.
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
    Ok(radii)
}
