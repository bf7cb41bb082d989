//! Global structure: distances between rows that follow each other in a batch should grow with those in the data.

/// Minus `weight` times the correlation (Pearson) of the distances between consecutive rows of `x` and of `z`; the
/// derivatives with respect to `z` are added to `dz`. `order` are the rows of both in the order of the batch.
///
/// umap-learn first scales both to a mean of 0 and a standard deviation of 1, which changes no correlation, and clips them at
/// 10, which changes it for outliers only; neither is done here.
pub fn correlation_loss(
    [x, z]: [&[f32]; 2],
    [x_cols, z_cols]: [usize; 2],
    order: &[u32],
    weight: f64,
    dz: &mut [f32],
) -> f64 {
    let steps =
        |values: &[f32], cols: usize| -> Vec<f64> { order.windows(2).map(|at| distance(values, cols, at)).collect() };
    let (wanted, found) = (Deviations::of(steps(x, x_cols)), Deviations::of(steps(z, z_cols)));
    if wanted.length == 0.0 || found.length == 0.0 {
        return 0.0;
    }
    let correlation: f64 = wanted.units().zip(found.units()).map(|(a, b)| a * b).sum();
    for ((at, a), (b, &step)) in order.windows(2).zip(wanted.units()).zip(found.units().zip(&found.values)) {
        if step == 0.0 {
            continue;
        }
        let slope = -weight * (a - correlation * b) / (found.length * step);
        let (from, to) = (at[0] as usize * z_cols, at[1] as usize * z_cols);
        for axis in 0..z_cols {
            let change = (slope * f64::from(z[to + axis] - z[from + axis])) as f32;
            dz[to + axis] += change;
            dz[from + axis] -= change;
        }
    }
    -weight * correlation
}

fn distance(values: &[f32], cols: usize, at: &[u32]) -> f64 {
    let row = |i: u32| &values[i as usize * cols..][..cols];
    let squares = row(at[0]).iter().zip(row(at[1])).map(|(a, b)| (a - b) * (a - b));
    f64::from(squares.sum::<f32>()).sqrt()
}

/// Values, their mean, and the root of the sum of the squared deviations from it.
struct Deviations {
    values: Vec<f64>,
    mean: f64,
    length: f64,
}

impl Deviations {
    fn of(values: Vec<f64>) -> Self {
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        let length = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>().sqrt();
        Self { values, mean, length }
    }

    /// The deviations as a vector of length 1.
    fn units(&self) -> impl Iterator<Item = f64> {
        self.values.iter().map(|value| (value - self.mean) / self.length)
    }
}
