//! A fitted ParametricUMAP as a file, kind `parametric`: the container of umap-core's models with the weights as arrays. No
//! data are in it; the optimiser is if it is asked for, which makes the file three times as large.

use std::borrow::Cow;

use umap_core::model::{Contents, File, Section};
use umap_core::pulse::Pulse;
use umap_core::{Result, UmapError};

use crate::fit::ParametricModel;
use crate::model::Networks;
use crate::network::{LayerParams, Network, NetworkParams, Parameter};
use crate::params::ParametricParams;
use crate::scaling::Scaling;
use crate::train::{Report, Trainer};

/// The kind of these files.
pub const KIND: &str = "parametric";
/// Names of the networks.
const NETWORKS: [&str; 2] = ["encoder", "decoder"];
/// Names of what an optimiser remembers.
const MOMENTS: [&str; 2] = ["means", "squares"];

impl ParametricModel {
    /// Writes the model: `begin` hears how many bytes there will be, `sink` gets them. With the optimiser training goes on as
    /// if the model had not been saved; without it, with one that knows nothing yet.
    pub async fn save(
        &self,
        with_optimizer: bool,
        begin: impl FnOnce(u64) -> Result<()>,
        sink: impl FnMut(&[u8]),
        pulse: &Pulse,
    ) -> Result<()> {
        let Networks { scaling, .. } = &self.trainer.networks;
        self.trainer.networks.check_encoder_is_here("save")?;
        let json = |value: serde_json::Result<String>| value.expect("plain values");
        let steps = self.trainer.optimizers.each_ref().map(|optimizer| optimizer.steps);
        let texts = [
            ("options", json(serde_json::to_string(&self.params.flat()))),
            ("history", json(serde_json::to_string(self.trainer.history()))),
            ("steps", json(serde_json::to_string(&self.trainer.steps()))),
            ("optimizerSteps", json(serde_json::to_string(&if with_optimizer { steps } else { [0, 0] }))),
        ];
        let scale = std::slice::from_ref(&scaling.scale);
        let mut sections = vec![
            Section::floats("scaling.mean", &[scaling.mean.len()], &scaling.mean),
            Section::floats("scaling.scale", &[1], scale),
        ];
        for (name, (network, optimizer)) in NETWORKS.iter().zip(self.networks().zip(&self.trainer.optimizers)) {
            let Some(network) = network else { continue };
            sections.extend(network.parameters().map(|p| section(format!("{name}.{}", p.name), &p.shape, &p.values)));
            if with_optimizer {
                let trained = || network.parameters().filter(|parameter| parameter.is_trained());
                for (what, arrays) in MOMENTS.iter().zip([&optimizer.means, &optimizer.squares]) {
                    let arrays = trained().zip(arrays);
                    sections.extend(arrays.map(|(p, values)| section(moment(name, what, p), &p.shape, values)));
                }
            }
        }
        let file = File::new(KIND, texts, sections, &pulse.part(0.0, 0.5)).await?;
        begin(file.len())?;
        file.write(sink, &pulse.part(0.5, 1.0)).await
    }

    fn networks(&self) -> impl Iterator<Item = Option<&Network>> {
        [Some(&self.trainer.networks.encoder), self.trainer.networks.decoder.as_ref()].into_iter()
    }

    /// Reads what a file holds.
    pub async fn read(mut contents: Contents, pulse: &Pulse) -> Result<Self> {
        if contents.kind() != KIND {
            return Err(UmapError::malformed("kind", KIND, contents.kind()));
        }
        let params = ParametricParams::from_json(contents.text("options"))?;
        let history: Vec<Report> = contents.json("history")?;
        let (steps, optimizer_steps): (u32, [u32; 2]) = (contents.json("steps")?, contents.json("optimizerSteps")?);
        let cols = contents.length("scaling.mean")? as usize;
        let mean = contents.floats_that("scaling.mean", &[cols], "finite", |_| true)?;
        let [scale] = contents.floats_that("scaling.scale", &[1], "more than 0", |x| x > 0.0)?[..] else {
            unreachable!("its shape was checked")
        };
        let dims = params.umap.n_components as usize;
        check_kernels(&contents, "encoder", &params.training.encoder, [cols, dims])?;
        if params.training.has_decoder() {
            let decoder = params.training.decoder.clone().unwrap_or_default();
            check_kernels(&contents, "decoder", &decoder, [dims, cols])?;
        }
        let mut networks = Networks::with_scaling(&params.training, Scaling { mean, scale }, dims, params.umap.seed)?;
        let mut all = [Some(&mut networks.encoder), networks.decoder.as_mut()];
        for (name, network) in NETWORKS.iter().zip(&mut all) {
            for parameter in network.iter_mut().flat_map(|network| network.parameters_mut()) {
                let full = format!("{name}.{}", parameter.name);
                parameter.values = contents.floats_that(&full, &parameter.shape, "finite", |_| true)?;
                pulse.tick(0.0).await?;
            }
        }
        let mut trainer = Trainer::new(networks, params.training.clone(), &params.umap);
        let Trainer { networks, optimizers, .. } = &mut trainer;
        let all = [Some(&networks.encoder), networks.decoder.as_ref()];
        for ((name, network), (optimizer, steps)) in
            NETWORKS.iter().zip(all).zip(optimizers.iter_mut().zip(optimizer_steps))
        {
            let Some(network) = network.filter(|_| steps > 0) else { continue };
            let trained: Vec<_> = network.parameters().filter(|parameter| parameter.is_trained()).collect();
            let mut read = |what: &str| -> Result<Vec<Vec<f32>>> {
                let one = |p: &&Parameter| contents.floats_that(&moment(name, what, p), &p.shape, "finite", |_| true);
                trained.iter().map(one).collect()
            };
            (optimizer.means, optimizer.squares) = (read(MOMENTS[0])?, read(MOMENTS[1])?);
            optimizer.steps = steps;
        }
        contents.expect_no_more()?;
        trainer.go_on_from(steps, history);
        Ok(Self { params, trainer })
    }
}

/// Before room is made for the weights that options speak of: the file has so many.
fn check_kernels(
    contents: &Contents,
    network: &str,
    params: &NetworkParams,
    [inputs, outputs]: [usize; 2],
) -> Result<()> {
    let shapes = params.shapes(network, inputs)?;
    let mut expected = vec![("output".to_string(), vec![shapes[shapes.len() - 1].len(), outputs])];
    for (i, (layer, shapes)) in params.layers.iter().zip(&shapes).enumerate() {
        let sides = match layer {
            LayerParams::Dense { units, .. } => vec![shapes.len(), *units as usize],
            LayerParams::Conv2d { filters, kernel_size: [height, width], .. } => {
                vec![*height as usize, *width as usize, shapes.channels(), *filters as usize]
            }
            _ => continue,
        };
        expected.push((format!("layers.{i}"), sides));
    }
    for (layer, sides) in expected {
        let name = format!("{network}.{layer}.kernel");
        let found = contents.shape(&name).unwrap_or_default();
        if !found.iter().copied().eq(sides.iter().map(|&side| side as u64)) {
            return Err(UmapError::malformed(&name, format!("{sides:?}"), format!("{found:?}")));
        }
    }
    Ok(())
}

fn section<'a>(name: String, shape: &[usize], values: &'a [f32]) -> Section<'a> {
    Section::floats(Cow::Owned(name), shape, values)
}

fn moment(network: &str, what: &str, parameter: &Parameter) -> String {
    format!("optimizer.{network}.{what}.{}", parameter.name)
}
