//! The networks with what belongs to them: rows in, coordinates out, and back.

use umap_core::matrix::check_finite;
use umap_core::metric::Metric;
use umap_core::params::Params;
use umap_core::points::{Points, PointsBuilder, StoreUsed};
use umap_core::pulse::Pulse;
use umap_core::random::{Random, Stream};
use umap_core::{Result, UmapError, memory};

use crate::components::Components;
use crate::loss::reconstruction::ReconstructionLoss;
use crate::math::sigmoid;
use crate::network::{Network, Parameter};
use crate::params::{InputScaling, TrainingParams};
use crate::scaling::Scaling;

/// Rows that go through a network at a time: bounds the memory.
const ROWS_AT_A_TIME: usize = 2048;

/// What the encoder's weights, the decoder's and the training draw from.
#[repr(u32)]
pub(crate) enum Purpose {
    Encoder,
    Decoder,
    Distillation,
    Training,
}

impl Purpose {
    pub(crate) fn random(self, seed: u32) -> Random {
        Random::new(seed, Stream::Networks).at(self as u32)
    }
}

/// A trained encoder, and a decoder if there is one.
#[derive(Clone, Debug)]
pub struct Networks {
    /// What becomes of rows before the encoder.
    pub scaling: Scaling,
    /// What becomes of them then, until [`fold`](Self::fold).
    pub(crate) components: Option<Components>,
    /// From scaled rows, or their components, to coordinates.
    pub encoder: Network,
    /// From coordinates to scaled rows, or to rows before the sigmoid.
    pub decoder: Option<Network>,
    /// What the decoder is compared by.
    pub(crate) reconstruction: ReconstructionLoss,
}

impl Networks {
    /// Before training: scaling and components are those of `points`, weights are drawn from the seed.
    pub async fn new(
        params: &TrainingParams,
        points: &Points,
        n_components: usize,
        seed: u32,
        pulse: &Pulse,
    ) -> Result<Self> {
        params.validate()?;
        let cols = points.cols();
        let scaling = match params.input_scaling {
            InputScaling::Standardize => Scaling::of(points, &pulse.part(0.0, 0.3)).await?,
            InputScaling::None => Scaling::none(cols),
        };
        let components = match params.components_of(cols) {
            Some(count) => Some(Components::of(points, &scaling, count, &pulse.part(0.3, 1.0)).await?),
            None => None,
        };
        Self::of_inputs(params, scaling, components, n_components, seed, pulse).await
    }

    /// As [`new`](Self::new), with a scaling and components that are known.
    pub(crate) async fn of_inputs(
        params: &TrainingParams,
        scaling: Scaling,
        components: Option<Components>,
        n_components: usize,
        seed: u32,
        pulse: &Pulse,
    ) -> Result<Self> {
        let cols = scaling.mean.len();
        let inputs = components.as_ref().map_or(cols, |components| components.count);
        let (of_encoder, of_decoder) = (Purpose::Encoder.random(seed), Purpose::Decoder.random(seed));
        let encoder = Network::new("encoder", &params.encoder, [inputs, n_components], of_encoder, pulse).await?;
        let decoder = if params.has_decoder() {
            let described = params.decoder.clone().unwrap_or_default();
            Some(Network::new("decoder", &described, [n_components, cols], of_decoder, pulse).await?)
        } else {
            None
        };
        Ok(Self { scaling, components, encoder, decoder, reconstruction: params.reconstruction_loss })
    }

    /// Columns of the points that they take.
    pub fn cols(&self) -> usize {
        self.scaling.mean.len()
    }

    pub(crate) fn check_cols(&self, points: &Points) -> Result<()> {
        if points.cols() == self.cols() {
            return Ok(());
        }
        let expected = format!("rows of {} columns, as in fit", self.cols());
        Err(UmapError::shape("points", expected, points.cols().to_string()))
    }

    /// What the encoder gets of the rows of these numbers, one after the other, in `x`.
    pub(crate) async fn gather(&self, points: &Points, rows: &[u32], x: &mut Vec<f32>, pulse: &Pulse) -> Result<()> {
        self.scaling.gather(points, rows, x, pulse).await?;
        if let Some(components) = &self.components {
            *x = components.project(x, pulse).await?;
        }
        Ok(())
    }

    /// What the encoder gets of all rows, where that is fewer values than they have: to be made once for many steps.
    pub async fn inputs(&self, points: &Points, pulse: &Pulse) -> Result<Option<Points>> {
        let Some(components) = &self.components else { return Ok(None) };
        let mut inputs = PointsBuilder::new(points.rows(), components.count, Metric::Euclidean, StoreUsed::F32)?;
        let mut x = Vec::new();
        for (numbers, part) in pieces([points.rows(), self.cols()], pulse) {
            self.gather(points, &numbers, &mut x, &part).await?;
            inputs.push(&x)?;
        }
        inputs.finish().map(Some)
    }

    /// Makes components part of the encoder's first layer, which takes columns from then on.
    pub(crate) async fn fold(&mut self, pulse: &Pulse) -> Result<()> {
        let Some(components) = &self.components else { return Ok(()) };
        let (kernel, units) = self.encoder.first_kernel();
        let folded = components.fold(kernel, units, pulse).await?;
        let cols = self.cols();
        self.encoder.replace_first_kernel(folded, cols, pulse).await?;
        self.components = None;
        Ok(())
    }

    /// The coordinates of `points`, row-major.
    pub async fn transform(&self, points: &Points, pulse: &Pulse) -> Result<Vec<f32>> {
        self.check_cols(points)?;
        let mut coordinates = memory::reserve("coordinates", points.rows(), self.encoder.outputs())?;
        let mut x = Vec::new();
        for (numbers, part) in pieces([points.rows(), self.cols()], pulse) {
            self.gather(points, &numbers, &mut x, &part.part(0.0, 0.1)).await?;
            let found = self.encoder.infer(&x, &part.part(0.1, 1.0)).await?;
            check_output("encoder", &found, self.encoder.outputs(), numbers[0] as usize)?;
            coordinates.extend(found);
        }
        Ok(coordinates)
    }

    /// What the decoder makes of `coordinates` (row-major): rows like the data.
    pub async fn inverse_transform(&self, coordinates: &[f32], pulse: &Pulse) -> Result<Vec<f32>> {
        let Some(decoder) = &self.decoder else {
            let what = "inverseTransform needs a decoder: fit with parametricReconstruction";
            return Err(UmapError::NotFitted(what.into()));
        };
        let dims = decoder.inputs();
        if !coordinates.len().is_multiple_of(dims) {
            return Err(UmapError::shape(
                "coordinates",
                format!("rows of {dims}"),
                format!("{} values", coordinates.len()),
            ));
        }
        check_finite("coordinates", coordinates, dims)?;
        let (most, total) = (rows_at_a_time(decoder.outputs()), coordinates.len().max(1) as f64);
        let mut data = memory::reserve("rows of the decoder", coordinates.len() / dims, decoder.outputs())?;
        for (number, coordinates) in coordinates.chunks(most * dims).enumerate() {
            let first = (number * most * dims) as f64;
            let part = pulse.part(first / total, (first + coordinates.len() as f64) / total);
            let mut rows = decoder.infer(coordinates, &part).await?;
            match self.reconstruction {
                ReconstructionLoss::CrossEntropy => rows.iter_mut().for_each(|value| *value = sigmoid(*value)),
                ReconstructionLoss::MeanSquared => {
                    for row in rows.chunks_exact_mut(decoder.outputs()) {
                        let Scaling { mean, scale, frame } = &self.scaling;
                        row.iter_mut().zip(mean).for_each(|(value, mean)| *value = *value / scale + mean);
                        frame.restore(row);
                    }
                }
            }
            check_output("decoder", &rows, decoder.outputs(), number * most)?;
            data.extend(rows);
        }
        Ok(data)
    }

    /// The decoder's mean loss on `points`.
    pub(crate) async fn reconstruction_loss(&self, points: &Points, pulse: &Pulse) -> Result<f64> {
        let coordinates = self.transform(points, pulse).await?;
        let decoder = self.decoder.as_ref().expect("asked for where there is one");
        let scaling =
            if self.reconstruction.is_of_scaled_data() { self.scaling.clone() } else { Scaling::none(points.cols()) };
        let (mut sum, mut wanted) = (0.0, Vec::new());
        for ((numbers, part), coordinates) in
            pieces([points.rows(), 1], pulse).zip(coordinates.chunks(ROWS_AT_A_TIME * decoder.inputs()))
        {
            scaling.gather(points, &numbers, &mut wanted, &part).await?;
            let found = decoder.infer(coordinates, &part).await?;
            sum += self.reconstruction.of(&found, &wanted, 1.0).0 * numbers.len() as f64;
        }
        Ok(sum / points.rows() as f64)
    }

    /// All weights, the encoder's first.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.encoder.parameters().chain(self.decoder.iter().flat_map(Network::parameters))
    }

    pub(crate) fn penalty(&self) -> f64 {
        self.encoder.penalty() + self.decoder.as_ref().map_or(0.0, Network::penalty)
    }
}

/// Errs with the first row, counted from `first` on, that is not finite.
fn check_output(network: &str, values: &[f32], cols: usize, first: usize) -> Result<()> {
    let Some(at) = values.iter().position(|value| !value.is_finite()) else { return Ok(()) };
    let expected = format!("points and weights with which the {network} stays within 32-bit floats");
    let got = if values[at].is_nan() { "NaN" } else { "Infinity" };
    Err(UmapError::parameter("weights", expected, format!("{got} for row {}", first + at / cols)))
}

/// Rows of so many columns that go through a network at a time.
fn rows_at_a_time(cols: usize) -> usize {
    ROWS_AT_A_TIME.min(memory::block_rows(cols.saturating_mul(size_of::<f32>())))
}

/// Numbers of the rows that go through a network at a time, and their part of the work.
fn pieces([rows, cols]: [usize; 2], pulse: &Pulse) -> impl Iterator<Item = (Vec<u32>, Pulse)> {
    let most = rows_at_a_time(cols);
    (0..rows).step_by(most).map(move |first| {
        let last = rows.min(first + most);
        let part = pulse.part(first as f64 / rows as f64, last as f64 / rows as f64);
        ((first as u32..last as u32).collect(), part)
    })
}
