//! Eigenvalues and eigenvectors of small dense symmetric matrices.

use crate::error::Result;
use crate::pulse::Pulse;
use crate::sorting::{order_of, ordered_f64};

/// Sweeps after which the remaining off-diagonal entries are taken as they are; 6 to 10 are usual.
const MAX_SWEEPS: usize = 30;

/// Eigenvalues in increasing order and their vectors.
pub(crate) struct Eigen {
    pub(crate) values: Vec<f64>,
    /// Row `i` is the unit vector of value `i`.
    pub(crate) vectors: Vec<f64>,
}

/// Jacobi's method, row by row over the upper triangle: a plane rotation for each entry makes it 0. Slower than
/// tridiagonalisation above a hundred rows, but short, exactly orthogonal, and made of + - * / and square roots only, so
/// that its bits are the same everywhere. (Golub and Van Loan, "Matrix Computations", section 8.5.)
pub(crate) struct Jacobi {
    n: usize,
    matrix: Vec<f64>,
    /// CenteredRows become the eigenvectors.
    vectors: Vec<f64>,
    /// Entries up to this magnitude count as 0.
    tiny: f64,
}

impl Jacobi {
    /// `matrix` is row-major, `n` x `n`; only symmetry up to rounding is assumed.
    pub(crate) fn new(matrix: Vec<f64>, n: usize) -> Self {
        let mut vectors = vec![0.0; n * n];
        for i in 0..n {
            vectors[i * n + i] = 1.0;
        }
        let norm: f64 = matrix.iter().map(|x| x * x).sum::<f64>().sqrt();
        Self { n, matrix, vectors, tiny: norm * 1e-16 }
    }

    /// Solves without interruption: for matrices of some ten rows.
    pub(crate) fn solve(mut self) -> Eigen {
        for _ in 0..MAX_SWEEPS {
            // No short circuit: every row is swept.
            if !(0..self.n).fold(false, |rotated, p| self.sweep_row(p) | rotated) {
                break;
            }
        }
        self.sorted()
    }

    /// Solves with a tick after every row.
    pub(crate) async fn solve_ticking(mut self, pulse: &Pulse) -> Result<Eigen> {
        for _ in 0..MAX_SWEEPS {
            let mut rotated = false;
            for p in 0..self.n {
                rotated |= self.sweep_row(p);
                pulse.tick(0.0).await?;
            }
            if !rotated {
                break;
            }
        }
        Ok(self.sorted())
    }

    fn sweep_row(&mut self, p: usize) -> bool {
        let n = self.n;
        let mut rotated = false;
        for q in p + 1..n {
            let apq = self.matrix[p * n + q];
            if apq.abs() <= self.tiny {
                continue;
            }
            rotated = true;
            let tau = (self.matrix[q * n + q] - self.matrix[p * n + p]) / (2.0 * apq);
            let t = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
            let cos = 1.0 / (1.0 + t * t).sqrt();
            let sin = t * cos;
            rotate_rows(&mut self.matrix, n, p, q, cos, sin);
            for row in self.matrix.chunks_exact_mut(n) {
                (row[p], row[q]) = (cos * row[p] - sin * row[q], sin * row[p] + cos * row[q]);
            }
            rotate_rows(&mut self.vectors, n, p, q, cos, sin);
        }
        rotated
    }

    fn sorted(self) -> Eigen {
        let n = self.n;
        let value = |i: usize| self.matrix[i * n + i];
        let order = order_of(&(0..n).map(|i| ordered_f64(value(i))).collect::<Vec<u64>>());
        Eigen {
            values: order.iter().map(|&i| value(i)).collect(),
            vectors: order.iter().flat_map(|&i| &self.vectors[i * n..(i + 1) * n]).copied().collect(),
        }
    }
}

fn rotate_rows(matrix: &mut [f64], n: usize, p: usize, q: usize, cos: f64, sin: f64) {
    let (head, tail) = matrix.split_at_mut(q * n);
    for (x, y) in head[p * n..(p + 1) * n].iter_mut().zip(&mut tail[..n]) {
        (*x, *y) = (cos * *x - sin * *y, sin * *x + cos * *y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Random, Stream};

    #[test]
    fn eigenpairs_of_random_symmetric_matrices() {
        for n in [1, 2, 3, 7, 40] {
            let random = Random::new(n as u32, Stream::Layout);
            let entry = |i: usize, j: usize| f64::from(random.at(i.min(j) as u32).normal(i.max(j) as u32));
            let matrix: Vec<f64> = (0..n * n).map(|at| entry(at / n, at % n)).collect();
            let eigen = Jacobi::new(matrix.clone(), n).solve();
            assert!(eigen.values.is_sorted());
            for (value, vector) in eigen.values.iter().zip(eigen.vectors.chunks(n)) {
                for (row, x) in matrix.chunks(n).zip(vector) {
                    let image: f64 = row.iter().zip(vector).map(|(a, v)| a * v).sum();
                    assert!((image - value * x).abs() < 1e-12 * n as f64);
                }
            }
            for i in 0..n * n {
                let dot: f64 = (0..n).map(|k| eigen.vectors[i / n * n + k] * eigen.vectors[i % n * n + k]).sum();
                assert!((dot - f64::from(u8::from(i / n == i % n))).abs() < 1e-13);
            }
        }
    }
}
