//! The rotation (or reflection), scale and shift that bring points nearest to others (orthogonal Procrustes, Schönemann
//! 1966; with a scale Gower 1975): least squares over pairs.

use serde::Serialize;

use crate::error::Result;
use crate::init::dense::Jacobi;
use crate::pulse::Pulse;

/// Singular values below this part of the greatest are taken as 0: no pair says how their axes turn.
const NEGLIGIBLE: f64 = 1e-7;

/// How rows are turned (or mirrored), scaled and moved: x becomes scale x rotation + shift.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Similarity {
    /// Dimensions.
    #[serde(skip)]
    pub dims: usize,
    /// Columns x columns, row-major, orthogonal; a reflection where that is nearer.
    pub rotation: Vec<f64>,
    /// Of all axes.
    pub scale: f64,
    /// Added in the end.
    pub shift: Vec<f64>,
}

impl Similarity {
    /// That which brings the first of each pair nearest to the second; with a scale of 1 unless `scales`. Where the pairs
    /// leave a turn open nothing is turned. Without pairs it changes nothing.
    pub async fn of_pairs<'a>(
        pairs: impl Iterator<Item = [&'a [f32]; 2]> + Clone,
        dims: usize,
        scales: bool,
        pulse: &Pulse,
    ) -> Result<Self> {
        let (mut means, mut count) = ([vec![0.0; dims], vec![0.0; dims]], 0.0);
        for pair in pairs.clone() {
            count += 1.0;
            for (mean, row) in means.iter_mut().zip(pair) {
                mean.iter_mut().zip(row).for_each(|(mean, &x)| *mean += (f64::from(x) - *mean) / count);
            }
        }
        let (mut cross, mut spread) = (vec![0.0; dims * dims], 0.0);
        for [from, to] in pairs {
            for (i, &x) in from.iter().enumerate() {
                let x = f64::from(x) - means[0][i];
                spread += x * x;
                let row = &mut cross[i * dims..][..dims];
                row.iter_mut().zip(to).zip(&means[1]).for_each(|((sum, &y), mean)| *sum += x * (f64::from(y) - mean));
            }
        }
        let (rotation, trace) = nearest_rotation(&cross, dims, pulse).await?;
        let scale = if scales && spread > 0.0 && trace > 0.0 { trace / spread } else { 1.0 };
        let mut similarity = Self { dims, rotation, scale, shift: vec![0.0; dims] };
        let turned = similarity.of(&means[0]);
        similarity.shift = means[1].iter().zip(turned).map(|(mean, turned)| mean - turned).collect();
        Ok(similarity)
    }

    fn of(&self, row: &[f64]) -> Vec<f64> {
        let column = |k: usize| row.iter().enumerate().map(|(i, x)| x * self.rotation[i * self.dims + k]).sum::<f64>();
        (0..self.dims).map(|k| self.scale * column(k) + self.shift[k]).collect()
    }

    /// Moves rows.
    pub fn apply(&self, rows: &mut [f32]) {
        let mut before = vec![0.0; self.dims];
        for row in rows.chunks_exact_mut(self.dims) {
            before.iter_mut().zip(row.iter()).for_each(|(before, &x)| *before = f64::from(x));
            row.iter_mut().zip(self.of(&before)).for_each(|(x, moved)| *x = moved as f32);
        }
    }
}

/// The orthogonal matrix R = U V^T for `cross` = U S V^T, and the sum of S.
async fn nearest_rotation(cross: &[f64], n: usize, pulse: &Pulse) -> Result<(Vec<f64>, f64)> {
    let dot = |i: usize, j: usize| (0..n).map(|k| cross[k * n + i] * cross[k * n + j]).sum::<f64>();
    let gram = (0..n * n).map(|at| dot(at / n, at % n)).collect();
    // Rows are the axes V; the greatest come last.
    let axes = Jacobi::new(gram, n).solve_ticking(pulse).await?.vectors;
    let (mut rotation, mut sum, mut greatest) = (vec![0.0; n * n], 0.0, 0.0_f64);
    let mut images: Vec<Vec<f64>> = Vec::with_capacity(n);
    for axis in axes.chunks_exact(n).rev() {
        let mut image: Vec<f64> =
            cross.chunks_exact(n).map(|row| row.iter().zip(axis).map(|(m, v)| m * v).sum()).collect();
        let mut value = free_of(&mut image, &images);
        greatest = greatest.max(value);
        if value <= NEGLIGIBLE * greatest {
            value = 0.0;
            let units = (0..n).map(|at| (0..n).map(|k| f64::from(u8::from(k == at))).collect());
            // The axis stays where it is, or else where there is most room.
            image = std::iter::once(axis.to_vec())
                .chain(units)
                .find(|image| free_of(&mut image.clone(), &images) > 0.5 / n as f64)
                .expect("some axis is free");
        }
        sum += value;
        let length = free_of(&mut image, &images);
        image.iter_mut().for_each(|x| *x /= length);
        for (row, u) in rotation.chunks_exact_mut(n).zip(&image) {
            row.iter_mut().zip(axis).for_each(|(r, v)| *r += u * v);
        }
        images.push(image);
    }
    Ok((rotation, sum))
}

/// Takes from a vector its parts along unit vectors; the length of the rest. Twice is enough (Kahan and Parlett).
fn free_of(vector: &mut [f64], units: &[Vec<f64>]) -> f64 {
    for unit in units.iter().chain(units) {
        let along: f64 = vector.iter().zip(unit).map(|(x, u)| x * u).sum();
        vector.iter_mut().zip(unit).for_each(|(x, u)| *x -= along * u);
    }
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}
