//! One more slice, onto those that are there and stay as they are.

use std::rc::Rc;
use std::sync::Arc;

use super::model::{AlignedModel, alone, to_last};
use super::relations::{Related, Relation, Relations};
use super::start::Start;
use super::weights::{ties, weighted};
use crate::boxed::boxed;
use crate::error::{Result, UmapError};
use crate::fuzzy::target::Target;
use crate::layout::LayoutInput;
use crate::optimize::joint::Joint;
use crate::params::UmapParams;
use crate::pulse::{Pulse, Stage};
use crate::space::Space;
use crate::umap::{FitInputs, UmapFit};

/// How the rows of the new slice are related to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpdateRelations {
    /// Rows of the last slice and of the new one; or none.
    Pairs(Option<Vec<[u32; 2]>>),
    /// Ids of the rows of the last slices, as many as the window reaches, and of the new one.
    Ids(Vec<Vec<u32>>),
}

/// An update before its first stage.
#[derive(Debug)]
pub struct AlignedUpdate {
    /// The slices that are there.
    model: Rc<AlignedModel>,
    fit: UmapFit,
    /// Between slices numbered from the first of the window on.
    related: Vec<Related>,
}

impl AlignedModel {
    /// How many of the last slices the window of a new one reaches.
    pub fn reach(&self) -> usize {
        self.slices.len().min(self.params.alignment_window_size as usize)
    }

    /// The relations of a new slice to those of the window, numbered from the first of the window on, from one between the
    /// last slice and it.
    fn onward(&self, pairs: Option<Vec<[u32; 2]>>, rows: [usize; 2]) -> Result<Vec<Related>> {
        let Some(pairs) = pairs else { return Ok(Vec::new()) };
        let relation = Relation::new("relations", pairs, ["the last dataset", "the new one"], rows)?;
        let new = self.reach();
        let further = self.to_last.iter().zip(2..).map(|(before, apart)| (before.then(&relation), apart));
        let further: Vec<_> = further.filter(|(relation, apart)| !relation.is_empty() && *apart <= new).collect();
        let all = std::iter::once((relation, 1)).chain(further);
        Ok(all.map(|(relation, apart)| Related { slices: [new - apart, new], relation }).collect())
    }

    /// The options of a new slice: those of the last one, and what `changes` (JSON) says.
    pub fn next_params(&self, changes: &str) -> Result<UmapParams> {
        self.slices.last().expect("there is a slice").params.changed(changes)
    }
}

impl AlignedUpdate {
    /// Checks what was given.
    pub fn new(
        model: Rc<AlignedModel>,
        points: impl Into<Arc<dyn Space>>,
        params: UmapParams,
        relations: UpdateRelations,
        target: Option<Target>,
    ) -> Result<Self> {
        let points = points.into();
        let window = &model.slices[model.slices.len() - model.reach()..];
        if window.iter().any(|slice| slice.landmarks.is_some()) {
            let why = "the model was saved without raw data: it has no graphs to align another dataset with";
            return Err(UmapError::NotFitted(why.into()));
        }
        let rows = window.iter().map(|slice| slice.space.rows()).chain([points.rows()]).collect::<Vec<_>>();
        let related = match relations {
            UpdateRelations::Pairs(pairs) => model.onward(pairs, [rows[rows.len() - 2], points.rows()])?,
            UpdateRelations::Ids(ids) => {
                let to_new = |related: &Related| related.slices[1] == window.len();
                let related = Relations::Ids(ids).within(window.len(), &rows)?;
                let related: Vec<_> = related.into_iter().filter(to_new).collect();
                if related.is_empty() {
                    let expected = "ids that occur in the new dataset and in one of its window";
                    return Err(UmapError::parameter("ids", expected, "only ids that do not"));
                }
                related
            }
        };
        let fit = UmapFit::new(points, params, FitInputs { target, ..FitInputs::default() })?;
        Ok(Self { model, fit, related })
    }

    /// Runs all stages; the model as it is then. One that is cancelled is lost.
    pub async fn run(mut self, pulse: &Pulse) -> Result<AlignedModel> {
        boxed(self.lay_out(pulse)).await?;
        boxed(self.fit.run(pulse)).await?;
        let Self { model, fit, related } = self;
        let mut slice = fit.into_model(pulse)?;
        slice.fitted.diagnostics.stage_ms.clear();
        let AlignedModel { params, mut slices, mut diagnostics, .. } = (*model).clone();
        let new = model.reach();
        let to_previous = related.first().filter(|related| related.slices == [new - 1, new]);
        diagnostics.related.push(to_previous.map_or(0, |related| related.relation.pairs().len() as u32));
        diagnostics.notes.extend(related.is_empty().then(|| alone(slices.len())));
        diagnostics.stage_ms = pulse.finish();
        slices.push(Rc::new(slice));
        let to_last = to_last(related, new, &params);
        Ok(AlignedModel { params, slices, diagnostics, to_last })
    }

    async fn lay_out(&mut self, pulse: &Pulse) -> Result<()> {
        let Self { model, fit, related } = self;
        let window = &model.slices[model.slices.len() - model.reach()..];
        let fixed: Vec<&[f32]> = window.iter().map(|slice| slice.fitted.embedding.as_slice()).collect();
        let (dims, seed) = (fit.params().n_components as usize, fit.params().seed);
        boxed(fit.start(pulse)).await?;
        let UmapFit { graph, layout, .. } = fit;
        let input = LayoutInput::of(graph)?;
        let (own, state) = (&input.fuzzy.graph, layout.start(input, pulse).await?);
        let graphs: Vec<_> = window.iter().map(|slice| &slice.fitted.fuzzy.graph).chain([own]).collect();
        let mut start = Start { layout: state.embedding_mut(), dims, before: &fixed, related };
        start.turn(true, pulse).await?;
        start.put(own, seed);
        pulse.begin(Stage::Optimize);
        let weighted = weighted(related, &graphs, &model.params, &pulse.part(0.0, 0.02)).await?;
        let ties = ties(&weighted, &graphs, window.len(), &pulse.part(0.02, 0.03)).await?;
        Joint { fixed, moving: vec![state], ties }.run(&pulse.part(0.03, 1.0)).await
    }
}
