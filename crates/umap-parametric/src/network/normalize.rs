//! Batch normalisation (Ioffe and Szegedy 2015) and layer normalisation (Ba, Kiros and Hinton 2016).

use umap_core::Result;
use umap_core::pulse::Pulse;

use super::each::{each_row, each_value, sums_over_rows};
use super::parameter::Parameter;

/// What both have: a scale and an offset for each channel.
#[derive(Clone, Debug)]
pub(super) struct Affine {
    pub(super) gamma: Parameter,
    pub(super) beta: Parameter,
    epsilon: f32,
}

impl Affine {
    pub(super) fn new(name: &str, channels: usize, epsilon: f64) -> Self {
        let start = |what: &str, value| Parameter::new(format!("{name}.{what}"), &[channels], vec![value; channels]);
        Self { gamma: start("gamma", 1.0), beta: start("beta", 0.0), epsilon: epsilon as f32 }
    }

    fn channels(&self) -> usize {
        self.gamma.values.len()
    }

    /// Derivatives of gamma and beta, from those of the output and the normalised input.
    fn set_gradients(&mut self, sums: &[f32]) {
        let (gamma, beta) = sums.split_at(self.channels());
        self.gamma.gradient.copy_from_slice(gamma);
        self.beta.gradient.copy_from_slice(beta);
    }
}

/// Each channel by its mean and variance over the batch.
#[derive(Clone, Debug)]
pub(super) struct BatchNorm {
    pub(super) affine: Affine,
    pub(super) mean: Parameter,
    pub(super) variance: Parameter,
    momentum: f32,
}

/// Means of the channels in a batch, and their variances.
#[derive(Debug, Default)]
pub(super) struct Moments {
    mean: Vec<f32>,
    variance: Vec<f32>,
}

impl BatchNorm {
    pub(super) fn new(name: &str, channels: usize, momentum: f64, epsilon: f64) -> Self {
        Self {
            affine: Affine::new(name, channels, epsilon),
            mean: Parameter::fixed(format!("{name}.mean"), vec![0.0; channels]),
            variance: Parameter::fixed(format!("{name}.variance"), vec![1.0; channels]),
            momentum: momentum as f32,
        }
    }

    pub(super) async fn moments(&self, x: &[f32], pulse: &Pulse) -> Result<Moments> {
        let channels = self.affine.channels();
        let (rows, row) = (x.len() / channels, |i: usize| &x[i * channels..][..channels]);
        let mut mean = sums_over_rows([rows, channels], channels, pulse, |i, sums| {
            sums.iter_mut().zip(row(i)).for_each(|(sum, x)| *sum += x);
        })
        .await?;
        mean.iter_mut().for_each(|mean| *mean /= rows as f32);
        let mut variance = sums_over_rows([rows, channels], channels, pulse, |i, sums| {
            sums.iter_mut().zip(row(i)).zip(&mean).for_each(|((sum, x), mean)| *sum += (x - mean) * (x - mean));
        })
        .await?;
        variance.iter_mut().for_each(|variance| *variance /= rows as f32);
        Ok(Moments { mean, variance })
    }

    fn scales(&self, variance: &[f32]) -> Vec<f32> {
        variance.iter().map(|variance| 1.0 / (variance + self.affine.epsilon).sqrt()).collect()
    }

    /// By the moments of the batch in training, by the running ones without.
    pub(super) async fn forward(&self, x: &[f32], moments: Option<&Moments>, pulse: &Pulse) -> Result<Vec<f32>> {
        let (mean, variance) = match moments {
            Some(moments) => (&moments.mean, &moments.variance),
            None => (&self.mean.values, &self.variance.values),
        };
        let (scale, channels) = (self.scales(variance), self.affine.channels());
        let (gamma, beta) = (&self.affine.gamma.values, &self.affine.beta.values);
        each_row(x, [channels; 2], pulse, |_, x, y| {
            for (c, (y, x)) in y.iter_mut().zip(x).enumerate() {
                *y = (x - mean[c]) * scale[c] * gamma[c] + beta[c];
            }
        })
        .await
    }

    pub(super) async fn backward(
        &mut self,
        x: &[f32],
        moments: &Moments,
        mut dy: Vec<f32>,
        pulse: &Pulse,
    ) -> Result<Vec<f32>> {
        let (channels, scale, mean) = (self.affine.channels(), self.scales(&moments.variance), &moments.mean);
        let rows = x.len() / channels;
        let sums = sums_over_rows([rows, channels], 2 * channels, pulse, |i, sums| {
            for c in 0..channels {
                let (x, dy) = (x[i * channels + c], dy[i * channels + c]);
                sums[c] += dy * (x - mean[c]) * scale[c];
                sums[channels + c] += dy;
            }
        })
        .await?;
        self.affine.set_gradients(&sums);
        let (by_x, by_one) = sums.split_at(channels);
        let gamma = &self.affine.gamma.values;
        each_value(&mut dy, pulse, |first, dy| {
            for (at, dy) in (first..).zip(dy) {
                let c = at % channels;
                let normalized = (x[at] - mean[c]) * scale[c];
                let common = (by_one[c] + normalized * by_x[c]) / rows as f32;
                *dy = gamma[c] * scale[c] * (*dy - common);
            }
        })
        .await?;
        Ok(dy)
    }

    /// Takes the moments of a batch into the running ones.
    pub(super) fn remember(&mut self, moments: &Moments) {
        let blend = |running: &mut [f32], new: &[f32]| {
            let kept = self.momentum;
            running.iter_mut().zip(new).for_each(|(running, new)| *running = kept * *running + (1.0 - kept) * new);
        };
        blend(&mut self.mean.values, &moments.mean);
        blend(&mut self.variance.values, &moments.variance);
    }
}

/// Each row by its own mean and variance.
#[derive(Clone, Debug)]
pub(super) struct LayerNorm {
    pub(super) affine: Affine,
}

impl LayerNorm {
    pub(super) async fn forward(&self, x: &[f32], pulse: &Pulse) -> Result<Vec<f32>> {
        let Affine { gamma, beta, epsilon } = &self.affine;
        each_row(x, [gamma.values.len(); 2], pulse, |_, x, y| {
            let (mean, scale) = row_moments(x, *epsilon);
            for (c, (y, x)) in y.iter_mut().zip(x).enumerate() {
                *y = (x - mean) * scale * gamma.values[c] + beta.values[c];
            }
        })
        .await
    }

    pub(super) async fn backward(&mut self, x: &[f32], dy: &[f32], pulse: &Pulse) -> Result<Vec<f32>> {
        let (channels, epsilon) = (self.affine.channels(), self.affine.epsilon);
        let row = |i: usize| &x[i * channels..][..channels];
        let sums = sums_over_rows([x.len() / channels, channels], 2 * channels, pulse, |i, sums| {
            let (mean, scale) = row_moments(row(i), epsilon);
            for (c, (x, dy)) in row(i).iter().zip(&dy[i * channels..]).enumerate() {
                sums[c] += dy * (x - mean) * scale;
                sums[channels + c] += dy;
            }
        })
        .await?;
        self.affine.set_gradients(&sums);
        let gamma = &self.affine.gamma.values;
        each_row(dy, [channels; 2], pulse, |i, dy, dx| {
            let (mean, scale) = row_moments(row(i), epsilon);
            let (mut by_x, mut by_one) = (0.0, 0.0);
            for ((x, dy), gamma) in row(i).iter().zip(dy).zip(gamma) {
                by_x += dy * gamma * (x - mean) * scale;
                by_one += dy * gamma;
            }
            for (c, (dx, x)) in dx.iter_mut().zip(row(i)).enumerate() {
                let normalized = (x - mean) * scale;
                *dx = scale * (dy[c] * gamma[c] - (by_one + normalized * by_x) / channels as f32);
            }
        })
        .await
    }
}

/// Mean, and one over the standard deviation.
fn row_moments(x: &[f32], epsilon: f32) -> (f32, f32) {
    let mean = x.iter().sum::<f32>() / x.len() as f32;
    let variance = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / x.len() as f32;
    (mean, 1.0 / (variance + epsilon).sqrt())
}
