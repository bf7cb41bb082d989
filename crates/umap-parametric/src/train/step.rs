//! One step: a batch, its losses, their derivatives, the new weights.

use umap_core::Result;
use umap_core::pulse::Pulse;
use umap_core::random::Random;

use super::batch::Batch;
use super::history::Losses;
use super::{Part, Trainer, TrainingData};
use crate::loss::correlation::correlation_loss;
use crate::loss::graph::cross_entropy;
use crate::loss::landmarks::{LandmarkLoss, landmark_loss};
use crate::model::Purpose;
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
    /// Does the next step, with this learning rate.
    pub(super) async fn step(
        &mut self,
        part: Part,
        rate: f64,
        data: &TrainingData<'_>,
        pulse: &Pulse,
    ) -> Result<Losses> {
        let purpose = if part == Part::Distillation { Purpose::Distillation } else { Purpose::Training };
        let random = purpose.random(self.seed).at(self.progress.step);
        let drawn = match part {
            Part::Distillation => self.draw_rows(data, random),
            Part::Graph => self.draw_edges(data, random),
        };
        let mut x = std::mem::take(&mut self.room);
        self.networks.scaling.gather(data.points, &drawn.batch.rows, &mut x, pulse).await?;
        let tape = self.networks.encoder.forward(x, random.at(Draw::Encoder as u32), pulse).await?;
        let (mut losses, mut dz) = self.place_losses(part, &drawn, data, &tape);
        let decoded = self.decode(&drawn, data, &tape, &mut dz, random.at(Draw::Decoder as u32), pulse).await?;
        losses.reconstruction = decoded.as_ref().map(|(loss, _)| *loss);
        self.networks.encoder.backward(&tape, dz, false, pulse).await?;
        // From here on nothing waits: the step is done or not done.
        let penalty = self.networks.penalty();
        losses.penalty = (penalty > 0.0).then_some(penalty);
        self.networks.encoder.remember(&tape);
        if let (Some(decoder), Some((_, tape))) = (&mut self.networks.decoder, &decoded) {
            decoder.remember(tape);
        }
        let clip = self.params.clip_value as f32;
        self.optimizer.step(self.networks.parameters_mut(), rate, clip);
        self.room = tape.into_input();
        Ok(losses)
    }

    fn draw_rows(&self, data: &TrainingData, random: Random) -> Drawn {
        let (count, rows) = (self.batch_size(data), data.points.rows() as u32);
        let draws = random.at(Draw::Rows as u32);
        let has_place = |row: &u32| data.layout.is_some_and(|layout| is_place(layout, *row, self.dims()));
        let asked: Vec<u32> = (0..count).map(|i| draws.below(i, rows)).filter(has_place).collect();
        Drawn { batch: Batch::of(asked.into_iter()), near: Vec::new(), random: Vec::new() }
    }

    /// Edges by their weight; for each the row with other edges' columns, as in umap-learn.
    fn draw_edges(&self, data: &TrainingData, random: Random) -> Drawn {
        let count = self.batch_size(data);
        let draws = random.at(Draw::Rows as u32);
        let edges: Vec<(u32, u32)> = (0..count).map(|i| data.edges.draw(draws.at(i))).collect();
        let batch = Batch::of(edges.iter().flat_map(|&(row, column)| [row, column]));
        let near: Vec<(u32, u32)> = edges.iter().map(|&(row, col)| (batch.place(row), batch.place(col))).collect();
        let (negatives, rate) = (random.at(Draw::Negatives as u32), self.negative_sample_rate);
        let random = (0..count * rate).map(|i| (near[(i / rate) as usize].0, near[negatives.below(i, count) as usize].1));
        let random = random.collect();
        Drawn { batch, near, random }
    }

    fn batch_size(&self, data: &TrainingData) -> u32 {
        self.params.batch_size.unwrap_or((data.points.rows() as u32).min(1000))
    }

    fn dims(&self) -> usize {
        self.networks.encoder.outputs()
    }

    /// The losses that places have, and the derivatives with respect to them.
    fn place_losses(&self, part: Part, drawn: &Drawn, data: &TrainingData, tape: &Tape) -> (Losses, Vec<f32>) {
        let (z, dims) = (tape.output(), self.dims());
        let (mut dz, mut losses) = (vec![0.0; z.len()], Losses::default());
        let places = |all: &[f32]| -> Vec<f32> {
            drawn.batch.rows.iter().flat_map(|&row| &all[row as usize * dims..][..dims]).copied().collect()
        };
        if part == Part::Distillation {
            let targets = places(data.layout.expect("distillation has one"));
            losses.distillation = Some(landmark_loss(z, dims, &targets, LandmarkLoss::Squared, 1.0, &mut dz));
            return (losses, dz);
        }
        losses.graph = Some(cross_entropy(z, dims, &drawn.near, &drawn.random, &self.curve, &mut dz));
        let weight = self.params.global_correlation_loss_weight;
        if weight > 0.0 {
            let order: Vec<u32> = drawn.near.iter().map(|&(row, _)| row).collect();
            let sides = [self.networks.encoder.inputs(), dims];
            losses.global_correlation = Some(correlation_loss([tape.input(), z], sides, &order, weight, &mut dz));
        }
        if let Some(all) = data.landmarks {
            let (targets, loss) = (places(all), self.params.landmark_loss);
            let weight = self.params.landmark_loss_weight;
            losses.landmarks = Some(landmark_loss(z, dims, &targets, loss, weight, &mut dz));
        }
        (losses, dz)
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
        let Some(decoder) = &mut self.networks.decoder else { return Ok(None) };
        let decoded = decoder.forward(tape.output().to_vec(), random, pulse).await?;
        let mut raw = Vec::new();
        let wanted = if loss.is_of_scaled_data() {
            tape.input()
        } else {
            Scaling::none(decoder.outputs()).gather(data.points, &drawn.batch.rows, &mut raw, pulse).await?;
            &raw
        };
        let weight = self.params.parametric_reconstruction_loss_weight;
        let (loss, slopes) = loss.of(decoded.output(), wanted, weight);
        let moves = self.params.autoencoder_loss;
        let change = decoder.backward(&decoded, slopes, moves, pulse).await?;
        if moves {
            dz.iter_mut().zip(change).for_each(|(dz, change)| *dz += change);
        }
        Ok(Some((loss, decoded)))
    }
}

/// Whether a row of a layout has a place (one without neighbours has none).
fn is_place(layout: &[f32], row: u32, dims: usize) -> bool {
    !layout[row as usize * dims..][..dims].iter().any(|x| x.is_nan())
}
