//! Which eigenvectors become axes where some only repeat the first.
//!
//! Along a sheet much longer than wide, vectors 2, 3 ... are cos(2x), cos(3x) ... of the length x of which the first is
//! cos(x): functions of it, and a layout with these axes is a line. Its width then comes out during the optimisation, on
//! one side here and on the other there, with a twist in between that stays. So such vectors are passed over for the
//! next that says more; Dsilva et al. (2018, <https://doi.org/10.1016/j.acha.2015.06.008>) do so for diffusion maps, by
//! regression on all earlier vectors.

use crate::sorting::{ordered, pair, sort, unpair};

/// Vertices looked at.
const SAMPLE: usize = 4096;
/// Fewer vertices are too few to tell.
const LEAST_VERTICES: usize = 1024;
/// Groups of vertices with like values of the first vector.
const GROUPS: usize = 64;
/// A vector is a function of the first if no more than this part of its variance is within the groups. A swiss roll's
/// harmonics have 0.001 to 0.007, its others 0.9; the second vectors of Fashion-MNIST and MNIST 0.05 and 0.3.
const WITHIN: f64 = 0.02;
/// Greatest step between neighbouring values of the first vector, as a part of their range. Vectors that tell clusters
/// apart are functions of the first as well, for it has another value on each, but they are no harmonics and are needed.
const GAP: f32 = 0.05;

/// The columns of the block `x`, row-major with `width` columns by increasing eigenvalue, for `dims` axes: the first ones,
/// without harmonics of the first as far as the block has others. Never the last, by which the others are judged settled.
pub(crate) fn axes(x: &[f32], width: usize, dims: usize) -> Vec<usize> {
    let first_ones = (0..dims).collect();
    let n = x.len() / width;
    if n < LEAST_VERTICES || dims == 1 {
        return first_ones;
    }
    let sample: Vec<&[f32]> = x.chunks_exact(width).step_by(n.div_ceil(SAMPLE)).collect();
    let mut order: Vec<u64> = sample.iter().zip(0..).map(|(row, at)| pair(ordered(row[0]), at)).collect();
    sort(&mut order);
    let rows: Vec<&[f32]> = order.into_iter().map(|entry| sample[unpair(entry).1 as usize]).collect();
    let range = rows[rows.len() - 1][0] - rows[0][0];
    if rows.windows(2).any(|pair| pair[1][0] - pair[0][0] > GAP * range) {
        return first_ones;
    }
    let (mut axes, harmonics): (Vec<usize>, Vec<usize>) = (1..width - 1).partition(|&k| within(&rows, k) > WITHIN);
    axes.extend(harmonics);
    axes.truncate(dims - 1);
    (0..width).filter(|axis| *axis == 0 || axes.contains(axis)).collect()
}

/// The part of a column's variance that is within groups of consecutive rows.
fn within(rows: &[&[f32]], column: usize) -> f64 {
    let deviation = |rows: &[&[f32]]| {
        let values = rows.iter().map(|row| f64::from(row[column]));
        let mean = values.clone().sum::<f64>() / rows.len() as f64;
        values.map(|value| (value - mean) * (value - mean)).sum::<f64>()
    };
    rows.chunks(rows.len().div_ceil(GROUPS)).map(deviation).sum::<f64>() / deviation(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Random, Stream};

    /// The axes for blocks of six columns that are functions of two random coordinates in [0, 1).
    fn axes_of(vertices: u32, dims: usize, columns: impl Fn(f32, f32) -> [f32; 6]) -> Vec<usize> {
        let random = Random::new(1, Stream::Sample);
        let x: Vec<f32> =
            (0..vertices).flat_map(|i| columns(random.at(i).uniform(0), random.at(i).uniform(1))).collect();
        axes(&x, 6, dims)
    }

    fn cosine(times: u32, x: f32) -> f32 {
        libm::cosf(std::f32::consts::PI * times as f32 * x)
    }

    fn roll(x: f32, y: f32) -> [f32; 6] {
        [cosine(1, x), cosine(2, x), cosine(3, x), cosine(1, y), cosine(4, x), cosine(2, y)]
    }

    #[test]
    fn harmonics_are_passed_over() {
        assert_eq!(axes_of(5000, 2, roll), [0, 3]);
        // The last column is none of the choice.
        assert_eq!(axes_of(5000, 3, roll), [0, 1, 3]);
    }

    #[test]
    fn the_first_vectors_are_taken_where_nothing_speaks_against_them() {
        let square = |x, y| [cosine(1, x), cosine(1, y), cosine(2, x), cosine(2, y), 0.0, 0.0];
        let line = |x, _| [1, 2, 3, 4, 5, 6].map(|times| cosine(times, x));
        assert_eq!(axes_of(5000, 2, square), [0, 1]);
        assert_eq!(axes_of(5000, 2, line), [0, 1]);
        assert_eq!(axes_of(1000, 2, roll), [0, 1]);
        assert_eq!(axes_of(5000, 1, roll), [0]);
    }

    #[test]
    fn vectors_that_tell_clusters_apart_are_no_harmonics() {
        let three = |x: f32, y: f32| match (3.0 * x) as u32 {
            0 => [1.0, 1.0, y, 0.0, 0.0, 0.0],
            1 => [0.0, -2.0, y, 0.0, 0.0, 0.0],
            _ => [-1.0, 1.0, y, 0.0, 0.0, 0.0],
        };
        assert_eq!(axes_of(5000, 2, three), [0, 1]);
    }
}
