//! Rayleigh-Ritz: the best eigenpairs within the space that a block of vectors spans.

use super::dense::Jacobi;
use crate::error::Result;
use crate::pulse::Pulse;

/// Directions of a block whose squared length is below this part of the greatest are rounding noise of f32.
const RANK: f64 = 1e-10;

/// Inner products of the vectors y of a block and of their images L y, each row-major `width` x `width`.
pub(crate) struct Gram {
    pub(crate) width: usize,
    /// y . y
    pub(crate) overlap: Vec<f64>,
    /// y . L y
    pub(crate) energy: Vec<f64>,
    /// L y . L y
    pub(crate) image: Vec<f64>,
}

/// Ritz pairs, by increasing value.
pub(crate) struct Ritz {
    pub(crate) values: Vec<f64>,
    /// |L x - value x| of each unit vector x.
    pub(crate) residuals: Vec<f64>,
    /// Row `j` has the coefficients of vector `j` in the block's vectors.
    pub(crate) vectors: Vec<f64>,
}

impl Gram {
    /// Fewer pairs than the block has vectors come back where these are dependent.
    pub(crate) async fn solve(&self, pulse: &Pulse) -> Result<Ritz> {
        let w = self.width;
        let basis = self.orthonormal(pulse).await?;
        let rank = basis.len() / w;
        let energy = Jacobi::new(congruent(&basis, &self.energy, w), rank).solve_ticking(pulse).await?;
        let vectors: Vec<f64> = multiply(&energy.vectors, &basis, w);
        let residual = |(x, value): (&[f64], &f64)| {
            let image = x.iter().zip(self.image.chunks_exact(w)).map(|(a, row)| a * dot(row, x)).sum::<f64>();
            (image - value * value).max(0.0).sqrt()
        };
        let residuals = vectors.chunks_exact(w).zip(&energy.values).map(residual).collect();
        Ok(Ritz { values: energy.values, residuals, vectors })
    }

    /// CenteredRows of coefficients of orthonormal vectors that span what the block spans.
    async fn orthonormal(&self, pulse: &Pulse) -> Result<Vec<f64>> {
        let w = self.width;
        // Vectors of length 1 first, so that short ones are not taken for noise.
        let scale: Vec<f64> = (0..w)
            .map(|a| self.overlap[a * w + a])
            .map(|square| if square > 0.0 && square.is_finite() { 1.0 / square.sqrt() } else { 0.0 })
            .collect();
        let scaled = (0..w * w).map(|at| self.overlap[at] * scale[at / w] * scale[at % w]);
        let scaled = scaled.map(|x| if x.is_finite() { x } else { 0.0 }).collect();
        let overlap = Jacobi::new(scaled, w).solve_ticking(pulse).await?;
        let least = overlap.values[w - 1] * RANK;
        let mut basis = Vec::with_capacity(w * w);
        for (vector, &square) in overlap.vectors.chunks_exact(w).zip(&overlap.values) {
            if square > least {
                basis.extend(vector.iter().zip(&scale).map(|(v, s)| v * s / square.sqrt()));
            }
        }
        Ok(basis)
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// `a` times `b`, row-major, where `b` has `width` columns.
fn multiply(a: &[f64], b: &[f64], width: usize) -> Vec<f64> {
    let inner = b.len() / width;
    let mut product = vec![0.0; a.len() / inner.max(1) * width];
    for (row, out) in a.chunks_exact(inner.max(1)).zip(product.chunks_exact_mut(width)) {
        for (x, row) in row.iter().zip(b.chunks_exact(width)) {
            for (out, y) in out.iter_mut().zip(row) {
                *out += x * y;
            }
        }
    }
    product
}

/// B M B^T for the rows B, with M made symmetric.
fn congruent(basis: &[f64], matrix: &[f64], w: usize) -> Vec<f64> {
    let symmetric: Vec<f64> = (0..w * w).map(|at| 0.5 * (matrix[at] + matrix[at % w * w + at / w])).collect();
    let half = multiply(basis, &symmetric, w);
    let rows = basis.len() / w;
    (0..rows * rows).map(|at| dot(&half[at / rows * w..][..w], &basis[at % rows * w..][..w])).collect()
}
