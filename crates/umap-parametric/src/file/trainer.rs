//! Networks in training as a part of a file.

use std::borrow::Cow;

use umap_core::file::{Contents, Section};
use umap_core::json::text;
use umap_core::pulse::Pulse;
use umap_core::{Result, UmapError};

use crate::components::Components;
use crate::model::Networks;
use crate::network::{LayerParams, NetworkParams, Parameter};
use crate::params::ParametricParams;
use crate::scaling::Scaling;
use crate::train::{Report, Trainer};

/// Names of the networks.
const NETWORKS: [&str; 2] = ["encoder", "decoder"];
/// Under which the frame of the rows is.
const SCALING: &str = "scaling";
/// Name of what columns add to components.
const AXES: &str = "components.axes";
/// Names of what an optimiser remembers.
const MOMENTS: [&str; 2] = ["means", "squares"];

/// Texts of networks in training; without the optimiser theirs has no steps.
pub(super) fn trainer_texts(trainer: &Trainer, with_optimizer: bool) -> [(&'static str, String); 3] {
    let steps = trainer.optimizers.each_ref().map(|optimizer| optimizer.steps);
    [
        ("history", text(&trainer.history())),
        ("steps", text(&trainer.steps())),
        ("optimizerSteps", text(&if with_optimizer { steps } else { [0, 0] })),
    ]
}

/// Arrays of networks in training.
pub(super) fn trainer_sections(trainer: &Trainer, with_optimizer: bool) -> Vec<Section<'_>> {
    let Networks { scaling, components, encoder, decoder, .. } = &trainer.networks;
    let mut sections = vec![
        Section::floats("scaling.mean", &[scaling.mean.len()], &scaling.mean),
        Section::floats("scaling.scale", &[1], std::slice::from_ref(&scaling.scale)),
    ];
    sections.extend(Section::frame(SCALING, &scaling.frame));
    if let Some(Components { axes, count }) = components {
        sections.push(Section::floats(AXES, &[axes.len() / count, *count], axes));
    }
    let networks = [Some(encoder), decoder.as_ref()].into_iter();
    for (name, (network, optimizer)) in NETWORKS.iter().zip(networks.zip(&trainer.optimizers)) {
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
    sections
}

/// Reads the components that networks in training take, if they take any.
pub(super) fn read_components(contents: &mut Contents, params: &ParametricParams) -> Result<Option<Components>> {
    if contents.shape(AXES).is_none() {
        return Ok(None);
    }
    let cols = contents.length("scaling.mean")? as usize;
    let Some(count) = params.training.components_of(cols) else {
        return Err(UmapError::malformed(AXES, "nothing, by the options", "an array"));
    };
    let axes = contents.floats_that(AXES, &[cols, count], "finite", |_| true)?;
    Ok(Some(Components { axes, count }))
}

/// Reads networks in training.
pub(super) async fn read_trainer(
    contents: &mut Contents,
    params: &ParametricParams,
    components: Option<Components>,
    pulse: &Pulse,
) -> Result<Trainer> {
    let history: Vec<Report> = contents.json("history")?;
    let (steps, optimizer_steps): (u32, [u32; 2]) = (contents.json("steps")?, contents.json("optimizerSteps")?);
    check_steps(steps, optimizer_steps, &history)?;
    let networks = read_networks(contents, params, components, pulse).await?;
    let mut trainer = Trainer::new(networks, params.training.clone(), &params.umap);
    let Trainer { networks, optimizers, .. } = &mut trainer;
    let all = [Some(&networks.encoder), networks.decoder.as_ref()];
    for ((name, network), (optimizer, steps)) in
        NETWORKS.iter().zip(all).zip(optimizers.iter_mut().zip(optimizer_steps))
    {
        let Some(network) = network.filter(|_| steps > 0) else { continue };
        let trained: Vec<_> = network.parameters().filter(|parameter| parameter.is_trained()).collect();
        let mut read = |what: &str| -> Result<Vec<Vec<f32>>> {
            let one = |p: &&Parameter| {
                let fits = |x: f32| what != MOMENTS[1] || x >= 0.0;
                contents.floats_that(&moment(name, what, p), &p.shape, "finite, of squares at least 0", fits)
            };
            trained.iter().map(one).collect()
        };
        (optimizer.means, optimizer.squares) = (read(MOMENTS[0])?, read(MOMENTS[1])?);
        optimizer.steps = steps;
    }
    trainer.go_on_from(steps, history);
    Ok(trainer)
}

/// Steps of all trainings, of the optimisers, and of the reports.
fn check_steps(steps: u32, of_optimizers: [u32; 2], history: &[Report]) -> Result<()> {
    // A training adds as many as options can say.
    if steps > u32::MAX / 2 {
        return Err(UmapError::malformed("steps", format!("at most {}", u32::MAX / 2), steps));
    }
    if let Some(more) = of_optimizers.iter().find(|&&more| more > steps) {
        return Err(UmapError::malformed("optimizerSteps", format!("at most {steps}, those of all"), more));
    }
    let is_in_order = history.is_sorted_by(|a, b| a.step <= b.step);
    match history.last() {
        Some(last) if last.step > steps || !is_in_order => {
            Err(UmapError::malformed("history", format!("rising steps up to {steps}"), last.step))
        }
        _ => Ok(()),
    }
}

async fn read_networks(
    contents: &mut Contents,
    params: &ParametricParams,
    components: Option<Components>,
    pulse: &Pulse,
) -> Result<Networks> {
    let cols = contents.length("scaling.mean")? as usize;
    let mean = contents.floats_that("scaling.mean", &[cols], "finite", |_| true)?;
    let [scale] = contents.floats_that("scaling.scale", &[1], "more than 0", |x| x > 0.0)?[..] else {
        unreachable!("its shape was checked")
    };
    let dims = params.umap.n_components as usize;
    let inputs = components.as_ref().map_or(cols, |components| components.count);
    check_kernels(contents, "encoder", &params.training.encoder, [inputs, dims])?;
    if params.training.has_decoder() {
        let decoder = params.training.decoder.clone().unwrap_or_default();
        check_kernels(contents, "decoder", &decoder, [dims, cols])?;
    }
    let scaling = Scaling { frame: contents.frame(SCALING, cols)?, mean, scale };
    let mut networks =
        Networks::of_inputs(&params.training, scaling, components, dims, params.umap.seed, pulse).await?;
    let mut all = [Some(&mut networks.encoder), networks.decoder.as_mut()];
    for (name, network) in NETWORKS.iter().zip(&mut all) {
        for parameter in network.iter_mut().flat_map(|network| network.parameters_mut()) {
            let full = format!("{name}.{}", parameter.name);
            let (least, expected) = (parameter.least(), parameter.expected());
            parameter.values = contents.floats_that(&full, &parameter.shape, expected, |x| x >= least)?;
            pulse.tick(0.0).await?;
        }
    }
    Ok(networks)
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
