//! A layout on its way as a part of a file.

use serde::{Deserialize, Serialize};

use super::fit::{LayoutFit, LayoutInput, StartedLayout};
use crate::checkpoint::{Checkpoint, Stored};
use crate::csr::Csr;
use crate::densmap;
use crate::error::{Result, UmapError};
use crate::file::{Contents, Section};
use crate::init::InitUsed;
use crate::memory;
use crate::optimize::{LayoutProgress, LayoutState};
use crate::params::UmapParams;
use crate::pulse::Pulse;

/// What JSON has to say about a layout on its way.
#[derive(Debug, Default)]
pub(crate) struct LayoutHead {
    /// Values of an initial layout that was not used yet.
    pub(crate) given_init: Option<u32>,
    pub(crate) layout: Option<StartedHead>,
    pub(crate) notes: Vec<String>,
}

/// How far a layout is.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartedHead {
    init: InitUsed,
    epoch: u32,
    /// Rows that have moved already in the epoch after it.
    moved: u32,
}

impl LayoutFit {
    pub(crate) fn head(&self) -> LayoutHead {
        let given_init = self.given.as_ref().map(|init| init.len() as u32);
        LayoutHead { given_init, layout: self.started.head(), notes: self.notes.clone() }
    }

    pub(crate) fn sections(&self) -> Vec<Section<'_>> {
        let given = self.given.as_ref().map(|init| Section::floats("given.init", &[init.len()], init));
        given.into_iter().chain(self.started.sections()).collect()
    }

    /// `input` is None where the graph is not there yet.
    pub(crate) async fn read(
        head: LayoutHead,
        rows: usize,
        params: UmapParams,
        contents: &mut Contents,
        input: Option<LayoutInput<'_>>,
        pulse: &Pulse,
    ) -> Result<Self> {
        let LayoutHead { given_init, layout, notes } = head;
        let given = given_init.map(|len| contents.floats("given.init", &[len as usize])).transpose()?;
        let mut fit = Self { notes, ..Self::new(rows, params, given)? };
        if let Some(head) = layout {
            let Some(input) = input else {
                return Err(UmapError::malformed("progress", "stages in their order", "a layout without a graph"));
            };
            fit.started = Checkpoint::read(Some(head), contents, (&fit.params, input), pulse).await?;
        }
        Ok(fit)
    }
}

impl Stored for StartedLayout {
    type Head = StartedHead;
    type Context<'a> = (&'a UmapParams, LayoutInput<'a>);

    fn head(&self) -> StartedHead {
        let LayoutProgress { epoch, moved, .. } = self.state.progress();
        StartedHead { init: self.init, epoch, moved: (moved.len() / self.state.dims()) as u32 }
    }

    fn sections(&self) -> Vec<Section<'_>> {
        let LayoutProgress { embedding, moved, means, squares, .. } = self.state.progress();
        let dims = self.state.dims();
        let arrays = [
            ("layout.embedding", embedding),
            ("layout.moved", moved),
            ("layout.means", means),
            ("layout.squares", squares),
        ];
        arrays.map(|(name, values)| Section::floats(name, &[values.len() / dims, dims], values)).into()
    }

    async fn read(
        head: StartedHead,
        contents: &mut Contents,
        (params, input): Self::Context<'_>,
        pulse: &Pulse,
    ) -> Result<Self> {
        let LayoutInput { fuzzy, knn, .. } = input;
        let (rows, dims) = (fuzzy.graph.rows(), params.n_components as usize);
        memory::check::<f32>("layout", rows, dims)?;
        if head.moved as usize > rows {
            return Err(UmapError::malformed("progress.layout.moved", format!("at most {rows} rows"), head.moved));
        }
        let shape = [rows, dims];
        let progress = LayoutProgress {
            epoch: head.epoch,
            embedding: contents.layout_of("layout.embedding", rows, dims, &fuzzy.graph)?,
            moved: contents.layout_of("layout.moved", head.moved as usize, dims, &fuzzy.graph)?,
            means: contents.floats_that("layout.means", &shape, "finite", |_| true)?,
            squares: contents.floats_that("layout.squares", &shape, "finite, at least 0", |x| x >= 0.0)?,
        };
        let refused = |error: UmapError| match error {
            UmapError::ShapeMismatch { expected, got, .. } => UmapError::malformed("layout", expected, got),
            other => other,
        };
        let density = densmap::density(params, &fuzzy.graph, knn, &pulse.part(0.0, 0.5)).await?;
        let (force, how) = (params.force(), params.layout(rows));
        let resuming = pulse.part(0.5, 1.0);
        let state = LayoutState::resume(&fuzzy.graph, progress, dims, force, how, &resuming).await.map_err(refused)?;
        Ok(Self { init: head.init, state: state.with_density(density) })
    }
}

impl Contents {
    /// Coordinates of the first `rows` rows of a graph: NaN if and only if a row has no edge. Such a row does not move.
    fn layout_of(&mut self, name: &str, rows: usize, dims: usize, graph: &Csr) -> Result<Vec<f32>> {
        let layout = self.coordinates(name, rows, dims)?;
        let has_edges = |row: usize| graph.rows() == 1 || !graph.range(row).is_empty();
        match (0..rows).find(|&row| layout[row * dims].is_nan() == has_edges(row)) {
            None => Ok(layout),
            Some(row) => {
                let (what, got) = (format!("{name}[{row}]"), layout[row * dims]);
                Err(UmapError::malformed(&what, "coordinates if and only if the row has edges", got))
            }
        }
    }
}
