//! The stages from the graph to the embedding.

use crate::boxed::boxed;
use crate::checkpoint::Checkpoint;
use crate::densmap;
use crate::error::{Result, UmapError};
use crate::fuzzy::FuzzyGraph;
use crate::graph::GraphFit;
use crate::init::{self, InitUsed, InitialLayout};
use crate::knn::KnnGraph;
use crate::memory;
use crate::optimize::LayoutState;
use crate::optimize::force::UmapForce;
use crate::params::{Params, UmapParams};
use crate::points::Points;
use crate::pulse::{Pulse, Stage};
use std::rc::Rc;

/// What is laid out.
#[derive(Clone, Copy, Debug)]
pub struct LayoutInput<'a> {
    /// The graph, symmetric.
    pub fuzzy: &'a FuzzyGraph,
    /// The points of its rows, where there are some and they are rows of numbers.
    pub points: Option<&'a Points>,
    /// The neighbours that it was made from, which DensMAP needs.
    pub knn: Option<&'a KnnGraph>,
}

impl<'a> LayoutInput<'a> {
    /// A graph with all that its fit knows of it; errs before there is one.
    pub fn of(graph: &'a GraphFit) -> Result<Self> {
        let (Some(neighbors), Some(fuzzy)) = (graph.neighbors(), graph.fuzzy()) else { return Err(not_run()) };
        Ok(Self { fuzzy, points: graph.space().dense(), knn: Some(&neighbors.knn) })
    }
}

/// The stages from the graph to the embedding. One that was cancelled goes on where it was, within an epoch too.
#[derive(Debug)]
pub struct LayoutFit {
    pub(super) params: UmapParams,
    pub(super) rows: usize,
    /// The initial layout that the caller gave, until it is used.
    pub(super) given: Option<Vec<f32>>,
    /// The force law of the options, if the caller has its tables already.
    pub(super) force: Option<Rc<UmapForce>>,
    pub(super) notes: Vec<String>,
    pub(super) started: Checkpoint<StartedLayout>,
}

/// A layout, and where it started.
#[derive(Debug)]
pub(super) struct StartedLayout {
    pub(super) init: InitUsed,
    pub(super) state: LayoutState,
}

/// An embedding, and how it was made.
#[derive(Debug)]
pub struct FittedLayout {
    /// Coordinates, row-major. Rows without any edge are NaN.
    pub embedding: Vec<f32>,
    /// How the layout started.
    pub init: InitUsed,
    /// Epochs.
    pub n_epochs: u32,
    /// What a user should know.
    pub notes: Vec<String>,
}

impl LayoutFit {
    /// A layout of `rows` rows before its first stage, from `given` (rows x `n_components`) if there is such an array.
    pub fn new(rows: usize, params: UmapParams, given: Option<Vec<f32>>) -> Result<Self> {
        params.validate()?;
        let dims = params.n_components as usize;
        // Before hours are spent: the initial layout iterates up to seven vectors more than the embedding has.
        memory::check::<f32>(&format!("embedding ({rows} x {dims})"), rows, dims + 7)?;
        Ok(Self { params, rows, given, force: None, notes: Vec::new(), started: Checkpoint::default() })
    }

    /// Uses tables of the force law that another layout of the same curve and repulsion has too.
    pub(crate) fn share_force(&mut self, force: Rc<UmapForce>) {
        self.force = Some(force);
    }

    /// Epochs of the layout.
    pub fn n_epochs(&self) -> u32 {
        self.params.layout(self.rows).n_epochs
    }

    /// Goes on to `epoch` epochs, or to all of them if there are fewer; with 0 to the initial layout.
    pub async fn run_to(&mut self, epoch: u32, input: LayoutInput<'_>, pulse: &Pulse) -> Result<()> {
        let state = self.start(input, pulse).await?;
        if pulse.stage() != Stage::Optimize {
            pulse.begin(Stage::Optimize);
        }
        boxed(state.run_to(epoch, &pulse.part(0.01, 1.0))).await
    }

    /// Goes on to the initial layout.
    pub(crate) async fn start(&mut self, input: LayoutInput<'_>, pulse: &Pulse) -> Result<&mut LayoutState> {
        let Self { params, rows, given, force, notes, started } = self;
        let dims = params.n_components as usize;
        let work = async || {
            let LayoutInput { fuzzy: FuzzyGraph { graph, .. }, points, knn } = input;
            let InitialLayout { data, used, note } = match given {
                Some(array) => init::given_layout(array, *rows, dims, params.seed, pulse).await?,
                None => boxed(init::initial_layout(points, graph, params.init, dims, params.seed, pulse)).await?,
            };
            pulse.begin(Stage::Optimize);
            let force = force.take().unwrap_or_else(|| Rc::new(params.force()));
            // Getting ready takes about as long as two of some hundred epochs.
            let prepare = pulse.part(0.0, 0.01);
            let density = densmap::density(params, graph, knn, &prepare).await?;
            let state = LayoutState::new(graph, data, dims, force, params.layout(*rows), &prepare).await?;
            let state = state.balanced().with_density(density);
            *given = None;
            notes.extend(note);
            Ok(StartedLayout { init: used, state })
        };
        started.reach(Stage::Init, pulse, work).await.map(|started| &mut started.state)
    }

    /// The layout as it is now; None before it was started.
    pub fn state(&self) -> Option<&LayoutState> {
        self.started.get().map(|started| &started.state)
    }

    /// Errs if the layout is not there, or has left the range of 32-bit floats.
    pub fn check(&self, fuzzy: &FuzzyGraph) -> Result<()> {
        let state = self.state().ok_or_else(not_run)?;
        check_layout(state.embedding(), self.params.n_components as usize, disconnected_rows(fuzzy))
    }

    /// The embedding of a layout that was run.
    pub fn finish(self) -> Result<FittedLayout> {
        let StartedLayout { init, state } = self.started.into_inner().ok_or_else(not_run)?;
        Ok(FittedLayout { init, n_epochs: state.n_epochs(), embedding: state.into_embedding(), notes: self.notes })
    }
}

fn not_run() -> UmapError {
    UmapError::NotFitted("the fit has not been run to its end".into())
}

/// Rows that have no coordinates. A single row has some.
pub(crate) fn disconnected_rows(fuzzy: &FuzzyGraph) -> u32 {
    if fuzzy.graph.rows() == 1 { 0 } else { fuzzy.disconnected.len() as u32 }
}

/// No coordinates but those of disconnected rows are NaN: extreme options can drive a layout out of f32's range.
fn check_layout(embedding: &[f32], dims: usize, disconnected: u32) -> Result<()> {
    let lost = embedding.chunks_exact(dims).filter(|row| row.iter().any(|x| !x.is_finite())).count();
    if lost <= disconnected as usize {
        return Ok(());
    }
    let expected = "values that keep the layout within 32-bit floats";
    let got = format!("{} rows that are not finite", lost - disconnected as usize);
    Err(UmapError::parameter("learningRate, repulsionStrength, negativeSampleRate, a, b", expected, got))
}
