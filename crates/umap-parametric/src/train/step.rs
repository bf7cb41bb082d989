//! One step: a batch, its losses, their derivatives, the new weights.

use std::borrow::Cow;

use umap_core::matrix::gather;
use umap_core::pulse::Pulse;
use umap_core::random::Random;
use umap_core::{Result, UmapError};

use super::batch::Batch;
use super::data::TrainingData;
use super::history::Losses;
use super::progress::Part;
use super::trainer::Trainer;
use super::update::Update;
use crate::loss::correlation::correlation_loss;
use crate::loss::graph::cross_entropy;
use crate::loss::landmarks::{LandmarkLoss, asked_landmark_loss, landmark_loss};
use crate::model::{Networks, Purpose};
use crate::network::Tape;
use crate::scaling::Scaling;

/// What a step draws for.
#[repr(u32)]
enum Draw {
    Rows,
    Negatives,
    Encoder,
    Decoder,
}

/// Distinct rows, and the pairs of them that attract and that repel, by their places among the rows.
struct Drawn {
    batch: Batch,
    near: Vec<(u32, u32)>,
    random: Vec<(u32, u32)>,
}

impl Trainer {
    /// Makes the derivatives of the next step, which will have this learning rate.
    pub(super) async fn step(&mut self, part: Part, rate: f64, data: &TrainingData<'_>, pulse: &Pulse) -> Result<()> {
        let purpose = if part == Part::Distillation { Purpose::Distillation } else { Purpose::Training };
        let random = purpose.random(self.seed).at(self.progress.step);
        if part == Part::Distillation {
            return self.distil(rate, data, random, pulse).await;
        }
        let drawn = self.draw_edges(data, random);
        let mut x = std::mem::take(&mut self.room);
        self.gather(data, &drawn.batch.rows, &mut x, pulse).await?;
        let tape = self.networks.encoder.forward(x, random.at(Draw::Encoder as u32), pulse).await?;
        let (mut losses, mut dz) = self.place_losses(&drawn, data, &tape, pulse).await?;
        let decoded = self.decode(&drawn, data, &tape, &mut dz, random.at(Draw::Decoder as u32), pulse).await?;
        losses.reconstruction = decoded.as_ref().map(|(loss, _)| *loss);
        self.end_step(losses, rate, tape, dz, decoded.map(|(_, tape)| tape), pulse).await
    }

    /// The encoder learns places between the ends of edges of the layout: rows alone it would learn by heart.
    async fn distil(&mut self, rate: f64, data: &TrainingData<'_>, random: Random, pulse: &Pulse) -> Result<()> {
        let layout = data.layout.expect("distillation has one");
        let (draws, dims) = (random.at(Draw::Rows as u32), self.dims());
        let edges: Vec<(u32, u32)> = (0..self.batch_size(data)).map(|i| data.edges.draw(draws.at(i))).collect();
        let shares: Vec<f32> = (0..edges.len() as u32).map(|i| draws.at(i).uniform(2)).collect();
        let (rows, columns): (Vec<u32>, Vec<u32>) = edges.iter().copied().unzip();
        let (mut x, mut other) = (std::mem::take(&mut self.room), Vec::new());
        self.gather(data, &rows, &mut x, pulse).await?;
        self.gather(data, &columns, &mut other, pulse).await?;
        mix(&mut x, &other, &shares);
        let mut targets = gather(layout, &rows, dims);
        mix(&mut targets, &gather(layout, &columns, dims), &shares);
        let tape = self.networks.encoder.forward(x, random.at(Draw::Encoder as u32), pulse).await?;
        let mut dz = vec![0.0; tape.output().len()];
        let loss = landmark_loss(tape.output(), dims, &targets, LandmarkLoss::Squared, 1.0, &mut dz);
        let losses = Losses { distillation: Some(loss), ..Losses::default() };
        self.end_step(losses, rate, tape, dz, None, pulse).await
    }

    /// What the encoder gets of these rows, in `x`.
    async fn gather(&self, data: &TrainingData<'_>, rows: &[u32], x: &mut Vec<f32>, pulse: &Pulse) -> Result<()> {
        match data.inputs {
            Some(inputs) => Scaling::none(inputs.cols()).gather(inputs, rows, x, pulse).await,
            None => self.networks.gather(data.points, rows, x, pulse).await,
        }
    }

    /// The batch's rows, scaled: what the encoder got, unless those are components.
    async fn scaled<'t>(
        &self,
        drawn: &Drawn,
        data: &TrainingData<'_>,
        tape: &'t Tape,
        pulse: &Pulse,
    ) -> Result<Cow<'t, [f32]>> {
        if self.networks.components.is_none() {
            return Ok(Cow::Borrowed(tape.input()));
        }
        let mut x = Vec::new();
        self.networks.scaling.gather(data.points, &drawn.batch.rows, &mut x, pulse).await?;
        Ok(Cow::Owned(x))
    }

    /// The encoder's derivatives from those of the places: all that new weights are made of.
    async fn end_step(
        &mut self,
        mut losses: Losses,
        rate: f64,
        tape: Tape,
        dz: Vec<f32>,
        decoded: Option<Tape>,
        pulse: &Pulse,
    ) -> Result<()> {
        let penalty = self.networks.penalty();
        losses.penalty = (penalty > 0.0).then_some(penalty);
        if !losses.sum().is_finite() {
            let expected = "values with which training stays within 32-bit floats";
            let got = format!("a loss of {} at step {}", losses.sum(), self.progress.step);
            return Err(UmapError::parameter("learningRate, optimizer, encoder", expected, got));
        }
        self.networks.encoder.backward(&tape, dz, false, pulse).await?;
        let [for_encoder, for_decoder] = &mut self.optimizers;
        let Networks { encoder, decoder, .. } = &mut self.networks;
        for_encoder.prepare(encoder.parameters(), pulse).await?;
        if let (Some(decoder), Some(_)) = (&decoder, &decoded) {
            for_decoder.prepare(decoder.parameters(), pulse).await?;
        }
        // From here on the step is not done again, but moved to its end.
        encoder.remember(&tape);
        if let (Some(decoder), Some(tape)) = (decoder, &decoded) {
            decoder.remember(tape);
        }
        self.room = tape.into_input();
        let moved = [Some(Vec::new()), decoded.map(|_| Vec::new())];
        self.update = Some(Update { losses, rate, is_report_due: false, moved });
        Ok(())
    }

    /// Edges by their weight; for each the row with other edges' columns, as in umap-learn.
    fn draw_edges(&self, data: &TrainingData, random: Random) -> Drawn {
        let count = self.batch_size(data);
        let draws = random.at(Draw::Rows as u32);
        let edges: Vec<(u32, u32)> = (0..count).map(|i| data.edges.draw(draws.at(i))).collect();
        let batch = Batch::of(edges.iter().flat_map(|&(row, column)| [row, column]));
        let near: Vec<(u32, u32)> = edges.iter().map(|&(row, col)| (batch.place(row), batch.place(col))).collect();
        let (negatives, rate) = (random.at(Draw::Negatives as u32), self.negative_sample_rate);
        let random =
            (0..count * rate).map(|i| (near[(i / rate) as usize].0, near[negatives.below(i, count) as usize].1));
        let random = random.collect();
        Drawn { batch, near, random }
    }

    pub(super) fn batch_size(&self, data: &TrainingData) -> u32 {
        self.params.batch_size.unwrap_or((data.points.rows() as u32).min(1000))
    }

    fn dims(&self) -> usize {
        self.networks.encoder.outputs()
    }

    /// The losses that places have, and the derivatives with respect to them.
    async fn place_losses(
        &self,
        drawn: &Drawn,
        data: &TrainingData<'_>,
        tape: &Tape,
        pulse: &Pulse,
    ) -> Result<(Losses, Vec<f32>)> {
        let (z, dims) = (tape.output(), self.dims());
        let (mut dz, mut losses) = (vec![0.0; z.len()], Losses::default());
        losses.graph = Some(cross_entropy(z, dims, &drawn.near, &drawn.random, &self.curve, &mut dz));
        let weight = self.params.global_correlation_loss_weight;
        if weight > 0.0 {
            let order: Vec<u32> = drawn.near.iter().map(|&(row, _)| row).collect();
            let (x, sides) = (self.scaled(drawn, data, tape, pulse).await?, [self.networks.cols(), dims]);
            losses.global_correlation = Some(correlation_loss([&x, z], sides, &order, weight, &mut dz));
        }
        if let Some(all) = data.landmark_positions {
            let (targets, weight) = (gather(all, &drawn.batch.rows, dims), self.params.landmark_loss_weight);
            losses.landmarks = Some(match self.params.landmark_loss {
                LandmarkLoss::Function => asked_landmark_loss(z, dims, &targets, weight, &mut dz, pulse).await?,
                loss => landmark_loss(z, dims, &targets, loss, weight, &mut dz),
            });
        }
        Ok((losses, dz))
    }

    /// The decoder's loss and pass, if there is a decoder; its part of the derivatives is added to `dz` if it moves the
    /// encoder.
    async fn decode(
        &mut self,
        drawn: &Drawn,
        data: &TrainingData<'_>,
        tape: &Tape,
        dz: &mut [f32],
        random: Random,
        pulse: &Pulse,
    ) -> Result<Option<(f64, Tape)>> {
        let loss = self.networks.reconstruction;
        let Some(decoder) = &self.networks.decoder else { return Ok(None) };
        let decoded = decoder.forward(tape.output().to_vec(), random, pulse).await?;
        let wanted = if loss.is_of_scaled_data() {
            self.scaled(drawn, data, tape, pulse).await?
        } else {
            let mut raw = Vec::new();
            Scaling::none(self.networks.cols()).gather(data.points, &drawn.batch.rows, &mut raw, pulse).await?;
            Cow::Owned(raw)
        };
        let weight = self.params.parametric_reconstruction_loss_weight;
        let (loss, slopes) = loss.of(decoded.output(), &wanted, weight);
        let Some(decoder) = &mut self.networks.decoder else { return Ok(None) };
        let moves = self.params.autoencoder_loss;
        let change = decoder.backward(&decoded, slopes, moves, pulse).await?;
        if moves {
            dz.iter_mut().zip(change).for_each(|(dz, change)| *dz += change);
        }
        Ok(Some((loss, decoded)))
    }
}

/// Moves rows of `x` towards those of `other`, each by its own share.
fn mix(x: &mut [f32], other: &[f32], shares: &[f32]) {
    let cols = x.len() / shares.len().max(1);
    for ((x, other), share) in x.chunks_exact_mut(cols).zip(other.chunks_exact(cols)).zip(shares) {
        x.iter_mut().zip(other).for_each(|(x, other)| *x += share * (other - *x));
    }
}
