//! Networks for other run times (<https://onnx.ai>): what comes out is what `transform` gives, with the scaling of the data
//! in the graph.
//!
//! Rows are flat on both sides, images channels last as everywhere here; ONNX has channels first, so images are turned
//! around convolutions and pooling, which run times take together.

mod builder;
mod layers;
mod proto;

use umap_core::{Result, UmapError};

use crate::fit::ParametricModel;
use crate::loss::reconstruction::ReconstructionLoss;
use crate::model::Networks;
use builder::Builder;

impl ParametricModel {
    /// The encoder: `points`, rows as they are given to `transform`, in; `embedding` out.
    pub fn encoder_onnx(&self) -> Result<Vec<u8>> {
        self.params.check_encoder_is_here("toONNX")?;
        let Networks { scaling, encoder, .. } = &self.trainer.networks;
        let (cols, names) = (encoder.inputs(), ["points", "embedding"]);
        let mut graph = Builder::new(names[0]);
        let (mean, scale) = scaling.of_given_rows();
        let mean = graph.floats("mean", &[cols], &mean);
        graph.then("Sub", &[mean], vec![]);
        let scale = graph.number("scale", scale);
        graph.then("Mul", &[scale], vec![]);
        graph.network("encoder", encoder, &self.params.training.encoder)?;
        Ok(graph.finish(names, [cols, encoder.outputs()]))
    }

    /// The decoder: `embedding` in, `points` out.
    pub fn decoder_onnx(&self) -> Result<Vec<u8>> {
        let Networks { scaling, decoder, reconstruction, .. } = &self.trainer.networks;
        let Some(decoder) = decoder else {
            return Err(UmapError::NotFitted("there is no decoder: fit with parametricReconstruction".into()));
        };
        let (dims, cols, names) = (decoder.inputs(), decoder.outputs(), ["embedding", "points"]);
        let mut graph = Builder::new(names[0]);
        graph.network("decoder", decoder, &self.params.training.decoder.clone().unwrap_or_default())?;
        match reconstruction {
            ReconstructionLoss::CrossEntropy => graph.then("Sigmoid", &[], vec![]),
            ReconstructionLoss::MeanSquared => {
                let (mean, scale) = scaling.of_given_rows();
                let scale = graph.number("scale", scale);
                graph.then("Div", &[scale], vec![]);
                let mean = graph.floats("mean", &[cols], &mean);
                graph.then("Add", &[mean], vec![]);
            }
        }
        Ok(graph.finish(names, [dims, cols]))
    }
}
