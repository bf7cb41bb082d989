//! What training data must be, and whether there is room for a step.

use umap_core::{Result, UmapError, memory};

use super::data::TrainingData;
use super::trainer::Trainer;
use crate::model::Networks;
use crate::network::Sizes;

impl Trainer {
    pub(super) fn check(&self, data: &TrainingData) -> Result<()> {
        let (rows, dims) = (data.points.rows(), self.networks.encoder.outputs());
        self.networks.check_cols(data.points)?;
        for (name, array) in [("layout", data.layout), ("landmarkPositions", data.landmark_positions)] {
            if let Some(array) = array.filter(|array| array.len() != rows * dims) {
                return Err(UmapError::shape(name, format!("{rows} x {dims} values"), array.len().to_string()));
            }
        }
        Ok(())
    }

    /// Errs unless there is room for a step, whose size follows from options.
    pub(super) fn check_room(&self, data: &TrainingData) -> Result<()> {
        let Networks { encoder, decoder, .. } = &self.networks;
        let (batch, rate) = (f64::from(self.batch_size(data)), f64::from(self.negative_sample_rate));
        let points = data.points.rows() as f64;
        // Both ends of an edge are rows; of the layout that is learned first they need not be different ones.
        let rows = if data.layout.is_some() { 2.0 * batch } else { points.min(2.0 * batch) };
        let of_encoder = Sizes::of("encoder", &self.params.encoder, [encoder.inputs(), encoder.outputs()])?;
        let of_decoder = match decoder {
            Some(decoder) => {
                let described = self.params.decoder.clone().unwrap_or_default();
                Sizes::of("decoder", &described, [decoder.inputs(), decoder.outputs()])?
            }
            None => Sizes::default(),
        };
        // An edge's ends, their places among the rows, and those that repel.
        let edges = 8.0 * batch * (4.0 + rate);
        let bytes = edges + of_encoder.step_bytes(rows) + of_decoder.step_bytes(rows);
        let what = format!("a step with a batch of {batch} edges and {} that repel", batch * rate);
        // They are numbered in 32 bits.
        memory::claim(&what, if batch * rate > f64::from(u32::MAX) { u64::MAX } else { bytes as u64 })
    }
}
