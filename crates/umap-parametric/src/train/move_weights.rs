//! The second half of a step: weights move by their derivatives.

use umap_core::Result;
use umap_core::parallel;
use umap_core::pulse::Pulse;

use super::trainer::Trainer;
use super::update::Update;
use crate::network::Network;
use crate::optimizer::Optimizer;

impl Trainer {
    /// Moves the weights that a step has not moved yet, if there is a step, and counts it.
    pub(super) async fn end_update(&mut self, pulse: &Pulse) -> Result<()> {
        let Some(Update { losses, rate, is_report_due, moved }) = &mut self.update else { return Ok(()) };
        let clip = self.params.clip_value as f32;
        let networks = [Some(&mut self.networks.encoder), self.networks.decoder.as_mut()];
        for ((network, optimizer), moved) in networks.into_iter().zip(&mut self.optimizers).zip(moved) {
            if let (Some(network), Some(moved)) = (network, moved) {
                move_weights(network, optimizer, [*rate, clip.into()], moved, pulse).await?;
            }
        }
        let losses = *losses;
        self.progress.is_report_due = *is_report_due;
        let parts = self.update.take().into_iter().flat_map(|update| update.moved);
        for (optimizer, _) in self.optimizers.iter_mut().zip(parts).filter(|(_, moved)| moved.is_some()) {
            optimizer.steps += 1;
        }
        self.count(losses);
        Ok(())
    }
}

/// Moves the pieces of a network's weights that have not been moved; those that have been are written down as such.
async fn move_weights(
    network: &mut Network,
    optimizer: &mut Optimizer,
    [rate, clip]: [f64; 2],
    moved: &mut Vec<bool>,
    pulse: &Pulse,
) -> Result<()> {
    let pieces = optimizer.pieces(network.parameters_mut(), rate, clip as f32);
    moved.resize(pieces.len(), false);
    let left: Vec<_> = pieces.into_iter().zip(moved).filter(|(_, moved)| !**moved).collect();
    parallel::for_each(pulse, left, |(piece, moved)| {
        piece.step();
        *moved = true;
    })
    .await
}
