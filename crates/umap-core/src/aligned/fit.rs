//! A fit of several slices.

use std::rc::Rc;
use std::sync::Arc;

use super::model::{AlignedDiagnostics, AlignedModel};
use super::relations::{Related, Relations};
use super::start::Start;
use super::weights::{ties, weighted};
use crate::boxed::boxed;
use crate::error::{Result, UmapError};
use crate::fuzzy::target::Target;
use crate::layout::LayoutInput;
use crate::optimize::force::UmapForce;
use crate::optimize::joint::Joint;
use crate::params::{AlignedParams, AlignmentParams, UmapParams};
use crate::pulse::{Pulse, Stage};
use crate::space::Space;
use crate::umap::{FitInputs, UmapFit};

/// What a caller gives beside the points.
#[derive(Debug)]
pub struct AlignedInputs {
    /// Which rows of different slices correspond.
    pub relations: Relations,
    /// What to learn from besides the points: for each slice, or for none at all.
    pub targets: Vec<Option<Target>>,
}

/// A fit before its first stage.
#[derive(Debug)]
pub struct AlignedFit {
    params: AlignmentParams,
    slices: Vec<UmapFit>,
    related: Vec<Related>,
}

impl AlignedFit {
    /// Checks what was given.
    pub fn new(
        datasets: Vec<impl Into<Arc<dyn Space>>>,
        params: &AlignedParams,
        inputs: AlignedInputs,
    ) -> Result<Self> {
        let points: Vec<Arc<dyn Space>> = datasets.into_iter().map(Into::into).collect();
        let AlignedInputs { relations, mut targets } = inputs;
        let each = params.each(points.len())?;
        let rows: Vec<usize> = points.iter().map(|points| points.rows()).collect();
        if points.is_empty() {
            return Err(UmapError::shape("datasets", "at least one", "none"));
        }
        let related = relations.within(params.alignment.alignment_window_size as usize, &rows)?;
        targets.resize(points.len(), None);
        let mut forces = Vec::new();
        let mut slices = Vec::with_capacity(points.len());
        for (i, ((points, params), target)) in points.into_iter().zip(each).zip(targets).enumerate() {
            let force = shared_force(&mut forces, &params);
            let inputs = FitInputs { target, ..FitInputs::default() };
            let mut fit = UmapFit::new(points, params, inputs).map_err(|error| of_dataset(error, i))?;
            fit.layout.share_force(force);
            slices.push(fit);
        }
        Ok(Self { params: params.alignment.clone(), slices, related })
    }

    /// Runs all stages. One that is cancelled is lost.
    pub async fn run(mut self, pulse: &Pulse) -> Result<AlignedModel> {
        for i in 0..self.slices.len() {
            pulse.at_dataset(Some(i as u32));
            let (before, own) = self.slices.split_at_mut(i);
            let before: Vec<&[f32]> = before.iter().filter_map(UmapFit::embedding).collect();
            let dims = own[0].params().n_components as usize;
            let layout = boxed(own[0].start(pulse)).await?.embedding_mut();
            Start { layout, dims, before: &before, related: &self.related }.turn(false, pulse).await?;
        }
        pulse.at_dataset(None);
        pulse.begin(Stage::Optimize);
        boxed(self.lay_out(pulse)).await?;
        let Self { params, mut slices, related } = self;
        let mut models = Vec::with_capacity(slices.len());
        for (i, mut slice) in slices.drain(..).enumerate() {
            // Local radii may be left to measure.
            boxed(slice.run(pulse)).await?;
            let mut model = slice.into_model(pulse).map_err(|error| of_dataset(error, i))?;
            model.fitted.diagnostics.stage_ms.clear();
            models.push(Rc::new(model));
        }
        let diagnostics = AlignedDiagnostics::new(&related, models.len(), pulse.finish());
        Ok(AlignedModel::new(params, models, related, diagnostics))
    }

    async fn lay_out(&mut self, pulse: &Pulse) -> Result<()> {
        let (mut graphs, mut moving) = (Vec::new(), Vec::new());
        for UmapFit { graph, layout, .. } in &mut self.slices {
            let input = LayoutInput::of(graph)?;
            graphs.push(&input.fuzzy.graph);
            moving.push(layout.start(input, pulse).await?);
        }
        let weighted = weighted(&self.related, &graphs, &self.params, &pulse.part(0.0, 0.02)).await?;
        let ties = ties(&weighted, &graphs, 0, &pulse.part(0.02, 0.03)).await?;
        drop(weighted);
        Joint { fixed: Vec::new(), moving, ties }.run(&pulse.part(0.03, 1.0)).await
    }
}

/// Layouts of the same curve and repulsion share its tables.
fn shared_force(known: &mut Vec<([f64; 3], Rc<UmapForce>)>, params: &UmapParams) -> Rc<UmapForce> {
    let (a, b) = params.curve();
    let law = [a, b, params.repulsion_strength];
    if let Some((_, force)) = known.iter().find(|(other, _)| *other == law) {
        return Rc::clone(force);
    }
    let force = Rc::new(params.force());
    known.push((law, Rc::clone(&force)));
    force
}

/// Says in which dataset something was wrong.
fn of_dataset(error: UmapError, dataset: usize) -> UmapError {
    let within = |what: String| format!("datasets[{dataset}]: {what}");
    match error {
        UmapError::InvalidParameter { name, expected, got } => {
            UmapError::InvalidParameter { name: within(name), expected, got }
        }
        UmapError::ShapeMismatch { what, expected, got } => {
            UmapError::ShapeMismatch { what: within(what), expected, got }
        }
        error => error,
    }
}
