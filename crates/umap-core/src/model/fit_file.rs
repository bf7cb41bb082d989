//! A fit that was interrupted as a file, kind `umap-fit`: its input, and what its stages have found.

use serde::{Deserialize, Serialize};

use super::read::Contents;
use super::sections::{fuzzy_sections, knn_sections};
use super::umap_file::{KNN, check_shape};
use super::write::{File, Section};
use crate::densmap;
use crate::error::{Result, UmapError};
use crate::fuzzy::target::Target;
use crate::init::InitUsed;
use crate::knn::{KnnGraph, KnnMethod};
use crate::memory;
use crate::optimize::force::UmapForce;
use crate::optimize::{LayoutProgress, LayoutState};
use crate::params::{Params, SaveParams, UmapParams};
use crate::pulse::Pulse;
use crate::umap::{FitInputs, FitLayout, FitNeighbors, UmapFit, curve_of, layout_params};

/// The kind of these files.
pub(super) const KIND: &str = "umap-fit";
/// Names of the arrays of neighbours that the caller gave.
const GIVEN_KNN: [&str; 2] = ["given.knn.indices", "given.knn.distances"];
/// Of a target that the caller gave.
const GIVEN_LABELS: &str = "given.target.labels";
const GIVEN_VALUES: &str = "given.target.values";

/// What a fit has found, less its arrays.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Progress {
    rows: u32,
    cols: u32,
    notes: Vec<String>,
    /// Whether the graph is there.
    fuzzy: bool,
    /// Columns of neighbours that the caller gave and that were not looked at yet.
    given_k: Option<u32>,
    /// Values of an initial layout that was not used yet.
    given_init: Option<u32>,
    /// Rows whose target was known.
    labelled: Option<u32>,
    neighbors: Option<NeighborsProgress>,
    layout: Option<LayoutReached>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NeighborsProgress {
    k: u32,
    method: Option<KnnMethod>,
    recall: Option<f64>,
    quantized: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LayoutReached {
    init: InitUsed,
    epoch: u32,
    /// Rows that have moved already in the epoch after it.
    moved: u32,
}

impl UmapFit {
    /// Writes the fit as far as it is: `begin` hears how many bytes there will be, `sink` gets them.
    pub async fn save(
        &self,
        how: &SaveParams,
        begin: impl FnOnce(u64) -> Result<()>,
        sink: impl FnMut(&[u8]),
        pulse: &Pulse,
    ) -> Result<()> {
        if !how.raw_data {
            return Err(UmapError::parameter("rawData", "true: an unfinished fit needs its points", false));
        }
        let file = self.file(&pulse.part(0.0, 0.4)).await?;
        begin(file.len())?;
        file.write(sink, &pulse.part(0.4, 1.0)).await
    }

    async fn file(&self, pulse: &Pulse) -> Result<File<'_>> {
        let (rows, dims) = (self.points.rows(), self.params.n_components as usize);
        let json = |value: serde_json::Result<String>| value.expect("plain values");
        let texts = [
            ("options", json(serde_json::to_string(&self.params))),
            ("progress", json(serde_json::to_string(&self.progress()))),
        ];
        let mut sections: Vec<Section> = Section::points("points", &self.points).collect();
        if let Some(given) = &self.inputs.precomputed_knn {
            sections.push(Section::rows(GIVEN_KNN[0], &[given.indices.len()], &given.indices));
            sections.push(Section::floats(GIVEN_KNN[1], &[given.distances.len()], &given.distances));
        }
        if let Some(init) = &self.inputs.init {
            sections.push(Section::floats("given.init", &[init.len()], init));
        }
        match &self.inputs.target {
            Some(Target::Labels(labels)) => sections.push(Section::rows(GIVEN_LABELS, &[rows], labels)),
            Some(Target::Values { data, cols }) => sections.push(Section::floats(GIVEN_VALUES, &[rows, *cols], data)),
            None => {}
        }
        if let Some(neighbors) = &self.neighbors {
            sections.extend(knn_sections(KNN, &neighbors.knn));
        }
        if let Some(fuzzy) = &self.fuzzy {
            sections.extend(fuzzy_sections(fuzzy));
        }
        if let Some(layout) = &self.layout {
            let LayoutProgress { embedding, moved, means, squares, .. } = layout.state.progress();
            let shape = [rows, dims];
            sections.push(Section::floats("layout.embedding", &shape, embedding));
            sections.push(Section::floats("layout.moved", &[moved.len() / dims, dims], moved));
            sections.push(Section::floats("layout.means", &shape, means));
            sections.push(Section::floats("layout.squares", &shape, squares));
        }
        File::new(KIND, texts, sections, pulse).await
    }

    fn progress(&self) -> Progress {
        let dims = self.params.n_components as usize;
        let reached = |FitLayout { init, state }: &FitLayout| {
            let LayoutProgress { epoch, moved, .. } = state.progress();
            LayoutReached { init: *init, epoch, moved: (moved.len() / dims) as u32 }
        };
        Progress {
            rows: self.points.rows() as u32,
            cols: self.points.cols() as u32,
            notes: self.notes.clone(),
            fuzzy: self.fuzzy.is_some(),
            given_k: self.inputs.precomputed_knn.as_ref().map(|given| given.k as u32),
            given_init: self.inputs.init.as_ref().map(|init| init.len() as u32),
            labelled: self.labelled,
            neighbors: self.neighbors.as_ref().map(|FitNeighbors { knn, method, recall, quantized }| {
                NeighborsProgress { k: knn.k as u32, method: *method, recall: *recall, quantized: *quantized }
            }),
            layout: self.layout.as_ref().map(reached),
        }
    }

    pub(super) async fn read(mut contents: Contents, pulse: &Pulse) -> Result<Self> {
        let params = UmapParams::from_json(contents.text("options"))?;
        let progress: Progress = contents.json("progress")?;
        check_shape(progress.rows, progress.cols)?;
        let (rows, cols) = (progress.rows as usize, progress.cols as usize);
        let points = contents.points(rows, cols, params.metric, &pulse.part(0.0, 0.3)).await?;
        let inputs = contents.given(&progress)?;
        if let Some(target) = &inputs.target {
            let refused = |error| UmapError::malformed("given.target", "a target of the points", error);
            target.check(rows, params.target_metric).map_err(refused)?;
        }
        let mut fit = Self::new(points, params, inputs)?;
        (fit.notes, fit.labelled) = (progress.notes, progress.labelled);
        if let Some(NeighborsProgress { k, method, recall, quantized }) = progress.neighbors {
            if let Some(recall) = recall.filter(|recall| !(0.0..=1.0).contains(recall)) {
                return Err(UmapError::malformed("progress.neighbors.recall", "0 to 1", recall));
            }
            let expected = (fit.params.n_neighbors).min(progress.rows);
            if k != expected {
                return Err(UmapError::malformed("progress.neighbors.k", expected.to_string(), k));
            }
            let knn = contents.knn(KNN, rows, k as usize, &pulse.part(0.3, 0.5)).await?;
            fit.neighbors = Some(FitNeighbors { knn, method, recall, quantized });
        }
        let is_in_order = (fit.neighbors.is_some() || !progress.fuzzy) && (progress.fuzzy || progress.layout.is_none());
        if !is_in_order {
            return Err(UmapError::malformed("progress", "stages in their order", "a stage without the one before it"));
        }
        if progress.fuzzy {
            fit.fuzzy = Some(contents.fuzzy(rows, &pulse.part(0.5, 0.7)).await?);
        }
        if let Some(reached) = progress.layout {
            fit.layout = Some(fit.read_layout(&mut contents, reached, &pulse.part(0.7, 1.0)).await?);
        }
        contents.expect_no_more()?;
        Ok(fit)
    }

    async fn read_layout(&self, contents: &mut Contents, reached: LayoutReached, pulse: &Pulse) -> Result<FitLayout> {
        let (rows, dims) = (self.points.rows(), self.params.n_components as usize);
        memory::check::<f32>("layout", rows, dims)?;
        let graph = &self.fuzzy.as_ref().expect("checked by the caller").graph;
        let embedding = contents.places("layout.embedding", rows, dims)?;
        let is_placed = |row: usize| rows == 1 || !graph.range(row).is_empty();
        let places = embedding.chunks_exact(dims).enumerate();
        if let Some((row, _)) = places.into_iter().find(|(row, place)| place[0].is_nan() == is_placed(*row)) {
            let what = format!("layout.embedding[{row}]");
            return Err(UmapError::malformed(&what, "a place if and only if the row has edges", embedding[row * dims]));
        }
        if reached.moved as usize > rows {
            return Err(UmapError::malformed("progress.layout.moved", format!("at most {rows} rows"), reached.moved));
        }
        // What was not placed does not move.
        let moved = contents.places("layout.moved", reached.moved as usize, dims)?;
        if let Some(row) = (0..reached.moved as usize).find(|&row| moved[row * dims].is_nan() == is_placed(row)) {
            let what = format!("layout.moved[{row}]");
            return Err(UmapError::malformed(&what, "a place if and only if the row has edges", moved[row * dims]));
        }
        let shape = [rows, dims];
        let progress = LayoutProgress {
            epoch: reached.epoch,
            embedding,
            moved,
            means: contents.floats_that("layout.means", &shape, "finite", |_| true)?,
            squares: contents.floats_that("layout.squares", &shape, "finite, at least 0", |x| x >= 0.0)?,
        };
        let (a, b) = curve_of(&self.params);
        let force = UmapForce::new(a, b, self.params.repulsion_strength);
        let params = layout_params(&self.params, rows);
        let refused = |error: UmapError| match error {
            UmapError::ShapeMismatch { expected, got, .. } => UmapError::malformed("layout", expected, got),
            other => other,
        };
        let knn = &self.neighbors.as_ref().expect("checked by the caller").knn;
        let density = densmap::density(&self.params, graph, knn, &pulse.part(0.0, 0.5)).await?;
        let resuming = pulse.part(0.5, 1.0);
        let state = LayoutState::resume(graph, progress, dims, force, params, &resuming).await.map_err(refused)?;
        Ok(FitLayout { init: reached.init, state: state.with_density(density) })
    }
}

impl Contents {
    /// What the caller gave; it is checked when it is used.
    fn given(&mut self, progress: &Progress) -> Result<FitInputs> {
        let mut inputs = FitInputs::default();
        if let Some(k) = progress.given_k {
            let [indices, distances] = GIVEN_KNN.map(|name| self.length(name));
            let (indices, distances) = (indices? as usize, distances? as usize);
            inputs.precomputed_knn = Some(KnnGraph {
                k: k as usize,
                indices: self.rows(GIVEN_KNN[0], &[indices])?,
                distances: self.floats(GIVEN_KNN[1], &[distances])?,
            });
        }
        if let Some(len) = progress.given_init {
            inputs.init = Some(self.floats("given.init", &[len as usize])?);
        }
        inputs.target = self.given_target(progress.rows as usize)?;
        Ok(inputs)
    }

    fn given_target(&mut self, rows: usize) -> Result<Option<Target>> {
        if self.shape(GIVEN_LABELS).is_some() {
            return self.rows(GIVEN_LABELS, &[rows]).map(|labels| Some(Target::Labels(labels)));
        }
        match self.shape(GIVEN_VALUES) {
            Some(&[_, cols]) => {
                let cols = cols as usize;
                let data = self.floats(GIVEN_VALUES, &[rows, cols])?;
                Ok(Some(Target::Values { data, cols }))
            }
            _ => Ok(None),
        }
    }
}
