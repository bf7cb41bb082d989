//! Layouts of a graph alone: one that the caller brought, and that of a model from another start.

use std::sync::Arc;

use super::model::{Diagnostics, Fitted, UmapModel};
use super::radii::measure_radii;
use crate::checkpoint::Checkpoint;
use crate::csr::Csr;
use crate::error::{Result, UmapError};
use crate::fuzzy::FuzzyGraph;
use crate::graph::{Asymmetric, given_graph};
use crate::layout::{FittedLayout, LayoutFit, LayoutInput};
use crate::params::UmapParams;
use crate::pulse::{Pulse, Stage};

/// A graph that was laid out, of whose vertices nothing else is known.
#[derive(Debug)]
pub struct GraphModel {
    /// The options of the layout.
    pub params: UmapParams,
    /// The graph.
    pub fuzzy: FuzzyGraph,
    /// Coordinates, row-major. Rows without any edge are NaN.
    pub embedding: Vec<f32>,
    /// How it went.
    pub diagnostics: Diagnostics,
}

/// Lays out a graph that the caller brings, from `init` (rows x `n_components`) if there is such an array.
pub async fn fit_graph(
    matrix: Csr,
    asymmetric: Asymmetric,
    params: UmapParams,
    init: Option<Vec<f32>>,
    pulse: &Pulse,
) -> Result<GraphModel> {
    let layout = LayoutFit::new(matrix.rows(), params.clone(), init)?;
    pulse.begin(Stage::Fuzzy);
    let fuzzy = given_graph(matrix, asymmetric, pulse).await?;
    lay_out(fuzzy, params, layout, pulse).await
}

impl GraphModel {
    /// The graph laid out anew: from `init`, or from where `params` say.
    pub async fn from_start(&self, params: UmapParams, init: Option<Vec<f32>>, pulse: &Pulse) -> Result<Self> {
        let layout = LayoutFit::new(self.fuzzy.graph.rows(), params.clone(), init)?;
        lay_out(self.fuzzy.clone(), params, layout, pulse).await
    }
}

async fn lay_out(fuzzy: FuzzyGraph, params: UmapParams, mut layout: LayoutFit, pulse: &Pulse) -> Result<GraphModel> {
    let input = LayoutInput { fuzzy: &fuzzy, points: None, knn: None };
    layout.run_to(u32::MAX, input, pulse).await?;
    layout.check(&fuzzy)?;
    let layout = layout.finish()?;
    let diagnostics = Diagnostics::of_graph(&params, &fuzzy, params.notes(), Some(&layout), pulse);
    Ok(GraphModel { params, fuzzy, embedding: layout.embedding, diagnostics })
}

impl UmapModel {
    /// The model with its graph laid out anew: from `init`, or from where `params` say.
    pub async fn from_start(&self, params: UmapParams, init: Option<Vec<f32>>, pulse: &Pulse) -> Result<Self> {
        if self.landmarks.is_some() {
            let why = "the model was saved without raw data: it has no graph to lay out";
            return Err(UmapError::NotFitted(why.into()));
        }
        let Fitted { knn, fuzzy, diagnostics, .. } = &self.fitted;
        let mut layout = LayoutFit::new(self.space.rows(), params.clone(), init)?;
        let input = LayoutInput { fuzzy, points: self.space.dense(), knn: Some(knn) };
        layout.run_to(u32::MAX, input, pulse).await?;
        layout.check(fuzzy)?;
        let (mut radii, state) = (Checkpoint::default(), layout.state().expect("it was run"));
        measure_radii(&mut radii, &params, self.space.geometry(), input, state, pulse).await?;
        let FittedLayout { embedding, init, n_epochs, notes } = layout.finish()?;
        let (a, b) = params.curve();
        let notes = diagnostics.notes.iter().cloned().chain(notes).collect();
        let diagnostics = Diagnostics { init, n_epochs, a, b, notes, stage_ms: pulse.finish(), ..diagnostics.clone() };
        let fitted =
            Fitted { embedding, knn: knn.clone(), fuzzy: fuzzy.clone(), radii: radii.into_inner(), diagnostics };
        Ok(Self::new(params, fitted, Arc::clone(&self.space), None))
    }
}
