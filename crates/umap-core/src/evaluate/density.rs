//! Whether the embedding is dense where the points are.

use crate::error::Result;
use crate::fuzzy::radii::logs;
use crate::knn::Nearest;
use crate::parallel;
use crate::pulse::Pulse;
use crate::space::Space;

/// For each row of a space the mean squared distance of its nearest, by what the kernel gave for them.
pub(super) async fn mean_squared(nearest: &[Nearest], space: &dyn Space, pulse: &Pulse) -> Result<Vec<f64>> {
    let of_row = |nearest: &Nearest| {
        let squares = nearest.clone().into_sorted().map(|(value, _)| f64::from(space.distance(value)).powi(2));
        let count = squares.len() as f64;
        squares.sum::<f64>() / count
    };
    parallel::map(pulse, nearest, of_row).await
}

/// The correlation (Pearson) of the logarithms of both, over the rows where both are finite; None where one of them is the
/// same everywhere.
pub(super) fn correlation(input: &[f64], embedding: &[f64]) -> Option<f64> {
    let is_known = |pair: &(&f64, &f64)| pair.0.is_finite() && pair.1.is_finite();
    let (input, embedding): (Vec<f64>, Vec<f64>) = input.iter().zip(embedding).filter(is_known).unzip();
    let (x, y) = (centered(&logs(&input)), centered(&logs(&embedding)));
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let (xx, yy) = (product(&x, &x), product(&y, &y));
    (xx > 0.0 && yy > 0.0).then(|| product(&x, &y) / (xx.sqrt() * yy.sqrt()))
}

fn centered(values: &[f32]) -> Vec<f64> {
    let mean = values.iter().map(|&x| f64::from(x)).sum::<f64>() / values.len().max(1) as f64;
    values.iter().map(|&x| f64::from(x) - mean).collect()
}
