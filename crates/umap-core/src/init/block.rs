//! What Rayleigh-Ritz needs of a block of vectors, in fixed chunks of rows whose sums are added in order.

use super::ritz::Gram;
use super::walk::{Walk, task_rows};
use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;

/// What the vectors are called where they do not fit in memory.
pub(super) const BLOCK: &str = "eigenvectors of the graph";

/// Tasks whose sums are held at once.
const GROUP: usize = 64;

/// Inner products, weighted by degree, of the block `x` less its weighted means and of its image `lx` under L; and those
/// means, by which `x` is deflated: the constant is the trivial eigenvector, and L maps it to 0.
pub(crate) async fn gram(
    walk: &Walk<'_>,
    x: &[f32],
    lx: &[f32],
    width: usize,
    pulse: &Pulse,
) -> Result<(Gram, Vec<f64>)> {
    let rows = task_rows(width);
    let mut sums = Sums::zero(width);
    let group = rows * GROUP;
    for ((x, lx), degree) in x.chunks(group * width).zip(lx.chunks(group * width)).zip(walk.degree.chunks(group)) {
        let chunks = x.chunks(rows * width).zip(lx.chunks(rows * width)).zip(degree.chunks(rows));
        for chunk in parallel::map(pulse, chunks, |((x, lx), degree)| Sums::over(x, lx, degree, width)).await? {
            sums.add(&chunk);
        }
    }
    let Sums { degree, mut mean, mut overlap, energy, image } = sums;
    mean.iter_mut().for_each(|t| *t /= degree);
    for (a, row) in overlap.chunks_exact_mut(width).enumerate() {
        for (product, t) in row.iter_mut().zip(&mean) {
            *product -= degree * mean[a] * t;
        }
    }
    Ok((Gram { width, overlap, energy, image }, mean))
}

struct Sums {
    degree: f64,
    mean: Vec<f64>,
    overlap: Vec<f64>,
    energy: Vec<f64>,
    image: Vec<f64>,
}

impl Sums {
    fn zero(width: usize) -> Self {
        let square = || vec![0.0; width * width];
        Self { degree: 0.0, mean: vec![0.0; width], overlap: square(), energy: square(), image: square() }
    }

    #[inline(never)]
    fn over(x: &[f32], lx: &[f32], degree: &[f32], width: usize) -> Self {
        let mut sums = Self::zero(width);
        let (mut vector, mut image) = (vec![0.0; width], vec![0.0; width]);
        for ((x, lx), &d) in x.chunks_exact(width).zip(lx.chunks_exact(width)).zip(degree) {
            let d = f64::from(d);
            vector.iter_mut().zip(x).for_each(|(wide, &x)| *wide = f64::from(x));
            image.iter_mut().zip(lx).for_each(|(wide, &x)| *wide = f64::from(x));
            sums.degree += d;
            add_scaled(&mut sums.mean, &vector, d);
            for a in 0..width {
                let row = a * width..(a + 1) * width;
                add_scaled(&mut sums.overlap[row.clone()], &vector, d * vector[a]);
                add_scaled(&mut sums.energy[row.clone()], &image, d * vector[a]);
                add_scaled(&mut sums.image[row], &image, d * image[a]);
            }
        }
        sums
    }

    fn add(&mut self, other: &Self) {
        self.degree += other.degree;
        add_scaled(&mut self.mean, &other.mean, 1.0);
        add_scaled(&mut self.overlap, &other.overlap, 1.0);
        add_scaled(&mut self.energy, &other.energy, 1.0);
        add_scaled(&mut self.image, &other.image, 1.0);
    }
}

#[inline(always)]
fn add_scaled(sum: &mut [f64], x: &[f64], scale: f64) {
    for (sum, x) in sum.iter_mut().zip(x) {
        *sum += scale * x;
    }
}

/// Replaces the block by the combinations `vectors` (rows of coefficients) of its vectors less their means. Columns
/// beyond these become 0.
pub(crate) async fn deflate_and_rotate(
    x: &mut [f32],
    mean: &[f64],
    vectors: &[f64],
    width: usize,
    pulse: &Pulse,
) -> Result<()> {
    // By columns, so that the inner loop runs along a row of the result.
    let mut columns = vec![0.0f32; width * width];
    for (j, vector) in vectors.chunks_exact(width).enumerate() {
        vector.iter().enumerate().for_each(|(a, &v)| columns[a * width + j] = v as f32);
    }
    parallel::for_each(pulse, x.chunks_mut(task_rows(width) * width), |chunk| rotate(chunk, mean, &columns)).await
}

#[inline(never)]
fn rotate(rows: &mut [f32], mean: &[f64], columns: &[f32]) {
    let width = mean.len();
    let mut rotated = vec![0.0f32; width];
    for row in rows.chunks_exact_mut(width) {
        rotated.fill(0.0);
        for ((x, mean), column) in row.iter().zip(mean).zip(columns.chunks_exact(width)) {
            let x = (f64::from(*x) - mean) as f32;
            rotated.iter_mut().zip(column).for_each(|(sum, v)| *sum += x * v);
        }
        row.copy_from_slice(&rotated);
    }
}
