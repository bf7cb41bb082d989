//! rho and sigma of each row: the distance of its nearest neighbour(s), and the scale at which the memberships of its
//! neighbours sum to log2(k). umap-learn's `smooth_knn_dist`, except that means leave out infinite distances, which
//! there make every edge of the row (and of every row with rho = 0) fully connected.

use super::neighbors::{Connected, ROWS_PER_TASK};
use super::params::FuzzyParams;
use crate::error::Result;
use crate::math::{exp_neg, extreme_exponent, log2, power_of_two};
use crate::parallel;
use crate::pulse::Pulse;
use crate::simd::LANES;

/// How close the sum of memberships has to come to log2(k).
const TOLERANCE: f32 = 1e-5;
/// Halvings of sigma's range at most.
const ITERATIONS: usize = 64;
/// Sigma is at least this part of the mean distance.
const LEAST_SCALE: f32 = 1e-3;

/// (sigmas, rhos).
pub(super) async fn smooth_knn(
    neighbors: &Connected<'_>,
    params: &FuzzyParams,
    pulse: &Pulse,
) -> Result<(Vec<f32>, Vec<f32>)> {
    let rows = neighbors.knn.rows();
    let global = global_mean(neighbors, params, &pulse.part(0.0, 0.05)).await?;
    let (mut sigmas, mut rhos) = (vec![0.0; rows], vec![0.0; rows]);
    let target = log2(neighbors.knn.k as f64) as f32;
    let tasks = sigmas.chunks_mut(ROWS_PER_TASK).zip(rhos.chunks_mut(ROWS_PER_TASK)).enumerate();
    parallel::for_each(&pulse.part(0.05, 1.0), tasks, |(task, (sigmas, rhos))| {
        solve_rows(neighbors, params, [target, global], task * ROWS_PER_TASK, sigmas, rhos);
    })
    .await?;
    Ok((sigmas, rhos))
}

/// Solves the rows from `first` on.
#[inline(never)]
fn solve_rows(
    neighbors: &Connected<'_>,
    params: &FuzzyParams,
    [target, global]: [f32; 2],
    first: usize,
    sigmas: &mut [f32],
    rhos: &mut [f32],
) {
    let mut row = Row::default();
    for ((sigma, rho), i) in sigmas.iter_mut().zip(rhos).zip(first..) {
        row.read(neighbors, i, params.signed_distances);
        (*sigma, *rho) = row.solve(params.local_connectivity, target, global);
    }
}

/// Mean of all finite distances; the sums of the tasks are added in their order.
pub(super) async fn global_mean(neighbors: &Connected<'_>, params: &FuzzyParams, pulse: &Pulse) -> Result<f32> {
    let tasks = neighbors.knn.rows().div_ceil(ROWS_PER_TASK);
    let sums = parallel::map(pulse, 0..tasks, |task| sum_of_rows(neighbors, params, task)).await?;
    let (sum, count) = sums.iter().fold((0.0, 0), |(s, c), (sum, count)| (s + sum, c + count));
    Ok((sum / count.max(1) as f64) as f32)
}

/// The finite distances of a task's rows: their sum, and how many they are.
#[inline(never)]
fn sum_of_rows(neighbors: &Connected<'_>, params: &FuzzyParams, task: usize) -> (f64, u64) {
    let mut row = Row::default();
    let (mut sum, mut count) = (0.0, 0);
    for i in task * ROWS_PER_TASK..neighbors.knn.rows().min((task + 1) * ROWS_PER_TASK) {
        row.read(neighbors, i, params.signed_distances);
        let (row_sum, row_count) = row.finite_sum();
        (sum, count) = (sum + row_sum, count + row_count);
    }
    (sum, count)
}

/// One row's distances, relative to `origin`.
#[derive(Default)]
pub(super) struct Row {
    /// 0, or with signed distances that of the nearest other row.
    pub(super) origin: f32,
    /// Columns 0 to k - 1.
    distances: Vec<f32>,
    /// Distances beyond rho without column 0, infinite in the padding to whole vectors.
    beyond: Vec<f32>,
    signed: bool,
}

impl Row {
    /// Distances of a row of the graph.
    fn read(&mut self, neighbors: &Connected<'_>, i: usize, signed: bool) {
        // The row itself comes first; its inner product with itself says nothing about the others'.
        let distances = neighbors.row(i).map(|(_, distance)| distance).enumerate();
        self.set(distances.map(|(at, distance)| if signed && at == 0 { f32::INFINITY } else { distance }), signed);
    }

    /// Any distances.
    pub(super) fn set(&mut self, distances: impl Iterator<Item = f32>, signed: bool) {
        self.distances.clear();
        self.distances.extend(distances);
        (self.signed, self.origin) = (signed, 0.0);
        if signed {
            let nearest = self.distances.iter().copied().fold(f32::INFINITY, |a, b| if b < a { b } else { a });
            self.origin = if nearest.is_finite() { nearest } else { 0.0 };
            self.distances.iter_mut().for_each(|distance| *distance -= self.origin);
        }
    }

    /// sigma and rho, from the logarithm of the number of neighbours and the mean distance of all rows.
    pub(super) fn solve(&mut self, local_connectivity: f64, target: f32, global: f32) -> (f32, f32) {
        let local = self.rho(local_connectivity);
        let mean = if local > 0.0 || self.signed { self.mean() } else { global };
        let floor = LEAST_SCALE * mean;
        let unit = extreme_exponent(mean).map_or(1.0, power_of_two) as f32;
        let fitted = self.sigma(local, target, unit);
        (if fitted < floor { floor } else { fitted }, self.origin + local)
    }

    /// Sum and number of the finite distances.
    fn finite_sum(&self) -> (f64, u64) {
        let finite = self.distances.iter().filter(|distance| distance.is_finite());
        finite.fold((0.0, 0), |(sum, count), &distance| (sum + f64::from(distance), count + 1))
    }

    fn mean(&self) -> f32 {
        let (sum, count) = self.finite_sum();
        (sum / count.max(1) as f64) as f32
    }

    /// The distance of the neighbour number `connectivity` among those that do not coincide with the row, interpolated
    /// for a fraction; of the farthest if there are fewer. With signed distances no neighbour coincides.
    fn rho(&self, connectivity: f64) -> f32 {
        let nearest = || self.distances.iter().copied().filter(|&d| d.is_finite() && (d > 0.0 || self.signed));
        let (whole, part) = (connectivity.floor(), connectivity.fract());
        let mut from_whole = nearest().skip((whole as usize).saturating_sub(1));
        match (from_whole.next(), whole as usize) {
            (Some(first), 0) => part as f32 * first,
            (Some(at), _) if part > f64::from(TOLERANCE) => at + part as f32 * (from_whole.next().unwrap_or(at) - at),
            (Some(at), _) => at,
            (None, _) => nearest().next_back().unwrap_or(0.0),
        }
    }

    /// Bisects sigma, from `unit` on: 64 steps reach 2^64 times as much, or 2^-64 times where no scale is small enough
    /// (many neighbours within rho).
    fn sigma(&mut self, rho: f32, target: f32, unit: f32) -> f32 {
        self.beyond.clear();
        // umap-learn leaves out column 0, whatever is in it.
        self.beyond.extend(self.distances.iter().skip(1).map(|&d| if d > rho { d - rho } else { 0.0 }));
        self.beyond.resize(self.beyond.len().next_multiple_of(LANES), f32::INFINITY);
        let (mut low, mut high, mut sigma) = (0.0, f32::INFINITY, unit);
        for _ in 0..ITERATIONS {
            let sum = memberships(&self.beyond, sigma);
            if (sum - target).abs() < TOLERANCE {
                break;
            }
            if sum > target {
                high = sigma;
            } else {
                low = sigma;
            }
            sigma = if high == f32::INFINITY { sigma * 2.0 } else { (low + high) * 0.5 };
        }
        sigma
    }
}

/// Sum of exp(-x / sigma): one sum per lane, then (0 + 2) + (1 + 3).
fn memberships(beyond: &[f32], sigma: f32) -> f32 {
    let scale = -1.0 / sigma;
    let mut sums = [0.0; LANES];
    for group in beyond.as_chunks::<LANES>().0 {
        let memberships: [f32; LANES] = std::array::from_fn(|lane| exp_neg(group[lane] * scale));
        sums = std::array::from_fn(|lane| sums[lane] + memberships[lane]);
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knn::KnnGraph;
    use crate::pulse::block_on;

    /// test/fixtures/smooth_knn_dist.json: umap-learn's sigmas and rhos of 75 matrices with ties, zeros and far points.
    #[test]
    fn sigmas_and_rhos_are_umap_learns() {
        let fixture = include_str!("../../../../test/fixtures/smooth_knn_dist.json");
        let fixture: serde_json::Value = serde_json::from_str(fixture).unwrap();
        let numbers =
            |v: &serde_json::Value| v.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect::<Vec<_>>();
        for case in fixture["cases"].as_array().unwrap() {
            let rows = fixture["matrices"][case["matrix"].as_str().unwrap()].as_array().unwrap();
            let distances: Vec<f32> = rows.iter().flat_map(numbers).map(|x| x as f32).collect();
            let knn = KnnGraph { k: distances.len() / rows.len(), indices: vec![0; distances.len()], distances };
            let params = FuzzyParams {
                set_op_mix_ratio: 1.0,
                local_connectivity: case["local_connectivity"].as_f64().unwrap(),
                disconnection_distance: f32::INFINITY,
                signed_distances: false,
            };
            let neighbors = Connected { knn: &knn, limit: f32::INFINITY };
            let (sigmas, rhos) = block_on(async |pulse| smooth_knn(&neighbors, &params, pulse).await).unwrap();
            for (i, (sigma, rho)) in numbers(&case["sigmas"]).into_iter().zip(numbers(&case["rhos"])).enumerate() {
                // The sum is met to 1e-5, so sigma is only as sure as the sum's slope makes it.
                let close = |x: f32, y: f64, tolerance: f64| (f64::from(x) - y).abs() <= tolerance * y.abs().max(1e-3);
                assert!(close(sigmas[i], sigma, 2e-4), "{case}: sigma {i}: {} is not {sigma}", sigmas[i]);
                assert!(close(rhos[i], rho, 1e-6), "{case}: rho {i}: {} is not {rho}", rhos[i]);
            }
        }
    }
}
