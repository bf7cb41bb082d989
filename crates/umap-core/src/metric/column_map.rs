//! Parameters of metrics that are numbers of the columns: weights, variances, a matrix. Rows are multiplied by them once, and
//! compared by the metric without parameters.

use serde::{Deserialize, Serialize};

/// What a row is multiplied by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ColumnMap {
    /// Each column by a number.
    Scales(Vec<f64>),
    /// The row by a square matrix, row-major.
    Matrix(Vec<f64>),
}

impl ColumnMap {
    /// The number of columns.
    pub(crate) fn cols(&self) -> usize {
        match self {
            Self::Scales(scales) => scales.len(),
            Self::Matrix(matrix) => matrix.len().isqrt(),
        }
    }

    /// Whether it could have been made from options.
    pub(crate) fn is_whole(&self) -> bool {
        let (Self::Scales(numbers) | Self::Matrix(numbers)) = self;
        numbers.iter().all(|x| x.is_finite()) && self.cols() > 0 && self.cols() * self.cols() >= numbers.len()
    }

    /// Replaces a row by its product.
    pub(super) fn put(&self, row: &mut [f32]) {
        match self {
            Self::Scales(scales) => {
                row.iter_mut().zip(scales).for_each(|(x, scale)| *x = (f64::from(*x) * scale) as f32)
            }
            Self::Matrix(matrix) => {
                let values: Vec<f64> = row.iter().map(|&x| x.into()).collect();
                for (out, numbers) in row.iter_mut().zip(matrix.chunks_exact(values.len())) {
                    *out = numbers.iter().zip(&values).map(|(a, x)| a * x).sum::<f64>() as f32;
                }
            }
        }
    }
}

/// The factor L of a symmetric, positive definite matrix A = L'L (so that x'Ax is the square of |Lx|), row-major; `None` if it
/// is singular or indefinite. Cholesky's, upper triangular.
pub(crate) fn factor(matrix: &[f64], size: usize) -> Option<Vec<f64>> {
    let mut upper = vec![0.0; size * size];
    let greatest = (0..size).map(|i| matrix[i * size + i].abs()).fold(0.0, f64::max);
    for i in 0..size {
        for j in i..size {
            let done: f64 = (0..i).map(|k| upper[k * size + i] * upper[k * size + j]).sum();
            let rest = matrix[i * size + j] - done;
            if i == j {
                // What rounding leaves of 0.
                if rest.is_nan() || rest <= greatest * size as f64 * f64::EPSILON {
                    return None;
                }
                upper[i * size + i] = rest.sqrt();
            } else {
                upper[i * size + j] = rest / upper[i * size + i];
            }
        }
    }
    Some(upper)
}

/// The factor of the inverse of such a matrix: A = U'U, so x'A^-1 x is the square of |U'^-1 x|.
pub(crate) fn inverse_factor(matrix: &[f64], size: usize) -> Option<Vec<f64>> {
    let upper = factor(matrix, size)?;
    let mut inverse = vec![0.0; size * size];
    // Column by column: U' z = e_j, from the top.
    for j in 0..size {
        for i in j..size {
            let done: f64 = (j..i).map(|k| upper[k * size + i] * inverse[k * size + j]).sum();
            let unit = if i == j { 1.0 } else { 0.0 };
            inverse[i * size + j] = (unit - done) / upper[i * size + i];
        }
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_give_the_quadratic_form_of_the_matrix_and_of_its_inverse() {
        let a = [4.0, 1.0, 0.5, 1.0, 3.0, -0.25, 0.5, -0.25, 2.0];
        let times = |matrix: &[f64], x: &[f64]| -> Vec<f64> {
            matrix.chunks_exact(3).map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum()).collect()
        };
        let squares = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>();
        let x = [0.3, -1.2, 2.0];
        let form: f64 = times(&a, &x).iter().zip(x).map(|(a, b)| a * b).sum();
        assert!((squares(&times(&factor(&a, 3).unwrap(), &x)) - form).abs() < 1e-12);
        // y = A x, so y'A^-1 y = x'A x.
        let y = times(&a, &x);
        assert!((squares(&times(&inverse_factor(&a, 3).unwrap(), &y)) - form).abs() < 1e-12);
        assert_eq!(factor(&[1.0, 2.0, 2.0, 4.0], 2), None);
        assert_eq!(factor(&[1.0, 0.0, 0.0, -1.0], 2), None);
        assert_eq!(factor(&[f64::NAN], 1), None);
    }
}
