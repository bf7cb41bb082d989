//! Networks as a file, kind `parametric`, in the container of all files of this package: weights by name, options, losses.
//! Of the data only the means of their columns.

use serde::{Deserialize, Serialize};
use umap_core::model::{Contents, File, Section};
use umap_core::pulse::Pulse;
use umap_core::{Result, UmapError};

use crate::fit::ParametricModel;
use crate::model::{Networks, Purpose};
use crate::network::{LayerParams, Network, NetworkParams, Parameter};
use crate::optimizer::Optimizer;
use crate::params::{ParametricParams, ParametricSaveParams};
use crate::scaling::Scaling;
use crate::train::{Report, Trainer};

/// The kind of these files.
const KIND: &str = "parametric";
/// The means of the columns.
const MEAN: &str = "scaling.mean";
/// What the optimiser remembers of an array of weights comes before its name.
const MEANS: &str = "optimizer.means.";
const SQUARES: &str = "optimizer.squares.";

/// What a training has come to, less its arrays.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct State {
    cols: u32,
    scale: f32,
    /// Steps done in all trainings.
    step: u32,
    /// Those that the optimiser remembers; 0 if the file does not hold that.
    optimizer_steps: u32,
    history: Vec<Report>,
}

impl ParametricModel {
    /// Writes the model: `begin` hears how many bytes there will be, `sink` gets them.
    pub async fn save(
        &self,
        how: &ParametricSaveParams,
        begin: impl FnOnce(u64) -> Result<()>,
        sink: impl FnMut(&[u8]),
        pulse: &Pulse,
    ) -> Result<()> {
        let Networks { scaling, .. } = &self.trainer.networks;
        let optimizer = Some(self.trainer.optimizer()).filter(|optimizer| how.optimizer && optimizer.steps > 0);
        let state = State {
            cols: scaling.mean.len() as u32,
            scale: scaling.scale,
            step: self.trainer.steps_done(),
            optimizer_steps: optimizer.map_or(0, |optimizer| optimizer.steps),
            history: self.trainer.history().to_vec(),
        };
        let state = serde_json::to_string(&state).expect("plain values");
        let texts = [("options", self.params.to_json()), ("state", state)];
        let mut sections = vec![Section::floats(MEAN, &[scaling.mean.len()], &scaling.mean)];
        let named = || self.trainer.networks.named();
        sections.extend(named().map(|(name, weights)| Section::floats(name, &weights.shape, &weights.values)));
        if let Some(optimizer) = optimizer {
            let trained = named().filter(|(_, weights)| weights.is_trained());
            for ((name, weights), (means, squares)) in trained.zip(optimizer.means.iter().zip(&optimizer.squares)) {
                sections.push(Section::floats(format!("{MEANS}{name}"), &weights.shape, means));
                sections.push(Section::floats(format!("{SQUARES}{name}"), &weights.shape, squares));
            }
        }
        let file = File::new(KIND, texts, sections, &pulse.part(0.0, 0.5)).await?;
        begin(file.len())?;
        file.write(sink, &pulse.part(0.5, 1.0)).await
    }

    /// Reads a model.
    pub fn read(mut contents: Contents) -> Result<Self> {
        if contents.kind() != KIND {
            return Err(UmapError::malformed("kind", KIND, contents.kind()));
        }
        let params = ParametricParams::from_json(contents.text("options"))?;
        let state: State = contents.json("state")?;
        let cols = state.cols as usize;
        let mean = contents.floats_that(MEAN, &[cols], "finite", |_| true)?;
        if !(state.scale.is_finite() && state.scale > 0.0) {
            return Err(UmapError::malformed("state.scale", "a number above 0", state.scale));
        }
        let dims = params.umap.n_components as usize;
        let decoder = params.training.has_decoder().then(|| params.training.decoder.clone().unwrap_or_default());
        let networks = Networks {
            scaling: Scaling { mean, scale: state.scale },
            encoder: contents.network("encoder", &params.training.encoder, [cols, dims])?,
            decoder: decoder.map(|decoder| contents.network("decoder", &decoder, [dims, cols])).transpose()?,
            reconstruction: params.training.reconstruction_loss,
        };
        let mut optimizer = Optimizer::new(params.training.optimizer);
        if state.optimizer_steps > 0 {
            optimizer.steps = state.optimizer_steps;
            for (name, weights) in networks.named().filter(|(_, weights)| weights.is_trained()) {
                let mut read = |before: &str| {
                    contents.floats_that(&format!("{before}{name}"), &weights.shape, "finite", |_| true)
                };
                optimizer.means.push(read(MEANS)?);
                optimizer.squares.push(read(SQUARES)?);
            }
        }
        contents.expect_no_more()?;
        let training = params.training.clone();
        let trainer = Trainer::resume(networks, training, &params.umap, optimizer, state.history, state.step);
        Ok(Self { params, trainer })
    }
}

impl Networks {
    /// All weights by name: the network's, a point, that of the array in it.
    pub fn named(&self) -> impl Iterator<Item = (String, &Parameter)> {
        let of = |network: &'static str| move |weights| (named(network, weights), weights);
        let decoder = self.decoder.iter().flat_map(Network::parameters).map(of("decoder"));
        self.encoder.parameters().map(of("encoder")).chain(decoder)
    }

    /// Replaces weights by name.
    pub fn set(&mut self, name: &str, values: &[f32]) -> Result<()> {
        let network = match name.split_once('.') {
            Some(("encoder", rest)) => Some((&mut self.encoder, rest)),
            Some(("decoder", rest)) => self.decoder.as_mut().map(|decoder| (decoder, rest)),
            _ => None,
        };
        match network {
            Some((network, rest)) => network.set(rest, values),
            None => Err(UmapError::parameter("weights", "names that `weights` gives", name)),
        }
    }
}

fn named(network: &str, weights: &Parameter) -> String {
    format!("{network}.{}", weights.name)
}

/// What a file says about networks is not believed.
trait NetworkContents {
    fn network(&mut self, name: &str, params: &NetworkParams, sides: [usize; 2]) -> Result<Network>;
    fn check_sizes(&self, name: &str, params: &NetworkParams, sides: [usize; 2]) -> Result<()>;
}

impl NetworkContents for Contents {
    fn network(&mut self, name: &str, params: &NetworkParams, sides: [usize; 2]) -> Result<Network> {
        self.check_sizes(name, params, sides)?;
        let mut network = Network::new(name, params, sides, Purpose::Encoder.random(0))?;
        for weights in network.parameters_mut() {
            weights.values = self.floats_that(&named(name, weights), &weights.shape, "finite", |_| true)?;
        }
        Ok(network)
    }

    /// Before room is made for weights: the file has so many.
    fn check_sizes(&self, name: &str, params: &NetworkParams, [inputs, outputs]: [usize; 2]) -> Result<()> {
        let shapes = params.shapes(name, inputs)?;
        let last = shapes[shapes.len() - 1].len();
        let mut expected = vec![("output".to_string(), vec![last, outputs])];
        for (i, (layer, shapes)) in params.layers.iter().zip(shapes.windows(2)).enumerate() {
            let sides = match layer {
                LayerParams::Dense { units, .. } => vec![shapes[0].len(), *units as usize],
                LayerParams::Conv2d { filters, kernel_size: [height, width], .. } => {
                    vec![*height as usize, *width as usize, shapes[0].channels(), *filters as usize]
                }
                _ => continue,
            };
            expected.push((format!("layers.{i}"), sides));
        }
        for (layer, sides) in expected {
            let array = format!("{name}.{layer}.kernel");
            let found = self.shape(&array).unwrap_or_default();
            if !found.iter().copied().eq(sides.iter().map(|&side| side as u64)) {
                return Err(UmapError::malformed(&array, format!("{sides:?}"), format!("{found:?}")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::TrainingInputs;
    use umap_core::metric::Metric;
    use umap_core::model::Reader;
    use umap_core::points::Points;
    use umap_core::pulse::block_on;
    use umap_core::random::{Random, Stream};

    const OPTIONS: &str = r#"{
        "nNeighbors": 5, "distillationSteps": 0, "trainingSteps": 6, "batchSize": 30, "nEpochs": 5,
        "encoder": { "layers": [{ "type": "dense", "units": 8 }, { "type": "batchNormalization" }] },
        "parametricReconstruction": true
    }"#;

    fn points(seed: u32) -> Points {
        let random = Random::new(seed, Stream::Networks);
        let data: Vec<f32> = (0..60 * 4).map(|i| random.uniform(i)).collect();
        Points::from_slice(&data, 60, 4, Metric::Euclidean).unwrap()
    }

    fn fitted() -> ParametricModel {
        let params = ParametricParams::from_json(OPTIONS).unwrap();
        let fit = async |pulse: &Pulse| ParametricModel::fit(points(1), params, TrainingInputs::default(), pulse).await;
        block_on(fit).unwrap().model
    }

    fn saved(model: &ParametricModel, optimizer: bool) -> Vec<u8> {
        let mut file = Vec::new();
        let how = ParametricSaveParams { optimizer };
        let save = async |pulse: &Pulse| model.save(&how, |_| Ok(()), |bytes| file.extend_from_slice(bytes), pulse).await;
        block_on(save).unwrap();
        file
    }

    fn read(file: &[u8]) -> Result<ParametricModel> {
        let mut reader = Reader::default();
        reader.push(file)?;
        ParametricModel::read(reader.finish()?)
    }

    fn continued(model: &ParametricModel) -> Vec<f32> {
        let more = async |pulse: &Pulse| {
            model.partial_fit(points(2), model.params.clone(), TrainingInputs::default(), pulse).await
        };
        block_on(more).unwrap().embedding
    }

    #[test]
    fn what_was_saved_gives_the_same_and_goes_on_as_if_it_had_not_been() {
        let model = fitted();
        let again = read(&saved(&model, true)).unwrap();
        let places = |model: &ParametricModel| {
            block_on(async |pulse: &Pulse| model.trainer.networks.transform(&points(3), pulse).await).unwrap()
        };
        assert_eq!(places(&again), places(&model));
        assert_eq!(again.trainer.history(), model.trainer.history());
        assert_eq!(continued(&again), continued(&model));
        // Without what the optimiser remembers it gives the same, but goes on otherwise.
        let without = read(&saved(&model, false)).unwrap();
        assert_eq!(places(&without), places(&model));
        assert_ne!(continued(&without), continued(&model));
    }

    #[test]
    fn a_file_that_was_changed_is_refused() {
        let file = saved(&fitted(), true);
        for at in (0..file.len()).step_by(97) {
            let mut damaged = file.clone();
            damaged[at] ^= 1;
            assert!(read(&damaged).is_err(), "a flipped bit at {at}");
            assert!(read(&file[..at]).is_err(), "{at} bytes");
        }
    }
}
