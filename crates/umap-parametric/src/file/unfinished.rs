//! A fit that was interrupted as a file, kind `parametric-fit`: its input, UMAP's part as a file in it, and the networks as
//! far as they are.

use std::cell::RefCell;

use serde::{Deserialize, Serialize};
use umap_core::file::{Contents, File, Section};
use umap_core::json::text;
use umap_core::metric::Metric;
use umap_core::pulse::Pulse;
use umap_core::umap::{Loaded, UmapFit, Unfinished};
use umap_core::{Result, UmapError};

use super::trainer::{read_components, read_trainer, trainer_sections, trainer_texts};
use crate::fit::{ParametricFit, check_landmark_positions};
use crate::params::ParametricParams;
use crate::train::Progress;

/// The kind of these files.
pub(super) const KIND: &str = "parametric-fit";

/// How far a fit is.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reached {
    /// Of the training, if it has begun.
    training: Option<Progress>,
    is_trained: bool,
    /// Whether a layout is learned first. Older files do not say it: theirs have one of 0 epochs where none is.
    #[serde(default = "yes")]
    learns_layout: bool,
}

fn yes() -> bool {
    true
}

impl ParametricFit {
    /// Writes the fit as far as it is: `begin` hears how many bytes there will be, `sink` gets them.
    pub async fn save(
        &self,
        begin: impl FnOnce(u64) -> Result<()>,
        sink: impl FnMut(&[u8]),
        pulse: &Pulse,
    ) -> Result<()> {
        self.params.check_encoder_is_here("save")?;
        let umap = self.umap_file(&pulse.part(0.0, 0.4)).await?;
        let mut sections = vec![Section::bytes_of("umap", &umap)];
        if !self.graph.params().metric().form().is_as_is() {
            sections.extend(Section::points("points", &self.rows));
        }
        if let Some(positions) = &self.landmark_positions {
            sections.push(Section::floats("landmarkPositions", &[positions.len()], positions));
        }
        if let Some(rows) = &self.validation {
            sections.extend(Section::points("validation", rows));
        }
        let trainer = match &self.trainer {
            Some(trainer) => Some(trainer.between_steps(pulse).await?),
            None => None,
        };
        let trainer = trainer.as_deref();
        sections.extend(trainer.into_iter().flat_map(|trainer| trainer_sections(trainer, true)));
        let training = trainer.map(|trainer| trainer.progress.clone());
        let (is_trained, learns_layout) = (self.is_trained, self.layout.is_some());
        let reached = text(&Reached { training, is_trained, learns_layout });
        let texts = [("options", text(&self.params.flat())), ("reached", reached)].into_iter();
        let texts = texts.chain(trainer.into_iter().flat_map(|trainer| trainer_texts(trainer, true)));
        let file = File::new(KIND, texts, sections, &pulse.part(0.4, 0.7)).await?;
        begin(file.len())?;
        file.write(sink, &pulse.part(0.7, 1.0)).await
    }

    async fn umap_file(&self, pulse: &Pulse) -> Result<Vec<u8>> {
        let bytes = RefCell::new(Vec::new());
        let room = |len: u64| {
            let refused = |_| UmapError::OutOfMemory { what: "the file".into(), bytes: len };
            bytes.borrow_mut().try_reserve_exact(len as usize).map_err(refused)
        };
        let sink = |piece: &[u8]| bytes.borrow_mut().extend_from_slice(piece);
        Unfinished { graph: &self.graph, layout: self.layout.as_ref() }.save(room, sink, pulse).await?;
        Ok(bytes.into_inner())
    }

    pub(super) async fn read(contents: &mut Contents, params: ParametricParams, pulse: &Pulse) -> Result<Self> {
        params.check_encoder_is_here("load")?;
        let reached: Reached = contents.json("reached")?;
        if reached.is_trained && reached.training.is_none() {
            return Err(UmapError::malformed("reached", "a training before its end", "none"));
        }
        let UmapFit { graph, layout, .. } = match Loaded::read(contents.file("umap")?, &pulse.part(0.0, 0.5)).await? {
            Loaded::Fit(fit) => *fit,
            Loaded::Model(_) => return Err(UmapError::malformed("umap", "an unfinished fit", "a model")),
        };
        let Some(points) = graph.space().dense() else {
            return Err(UmapError::malformed("umap", "rows of numbers", "another kind of points"));
        };
        let (count, cols) = (points.rows(), points.cols());
        let rows = match points.metric().form().is_as_is() {
            true => points.clone(),
            false => contents.points_in("points", [count, cols], Metric::Euclidean, &pulse.part(0.5, 0.7)).await?,
        };
        let trainer = match reached.training {
            None => None,
            Some(progress) => {
                let components = read_components(contents, &params)?;
                let mut trainer = read_trainer(contents, &params, components, pulse).await?;
                if progress.step != trainer.steps() {
                    return Err(UmapError::malformed(
                        "reached.training",
                        format!("{} steps", trainer.steps()),
                        "others",
                    ));
                }
                progress.check()?;
                trainer.progress = progress;
                Some(trainer)
            }
        };
        let is_ours = |name: &str, expected: usize, got: usize| {
            if expected == got { Ok(()) } else { Err(UmapError::malformed(name, expected.to_string(), got)) }
        };
        let dims = params.umap.n_components as usize;
        is_ours("umap.nComponents", dims, graph.params().n_components as usize)?;
        if let Some(trainer) = &trainer {
            is_ours("scaling.mean", cols, trainer.networks.cols())?;
        }
        let layout = Some(layout).filter(|_| reached.learns_layout);
        let mut fit = Self::of_parts(params, rows, (graph, layout), trainer);
        fit.is_trained = reached.is_trained;
        if contents.shape("landmarkPositions").is_some() {
            let positions = contents.floats("landmarkPositions", &[count * dims])?;
            check_landmark_positions(Some(&positions), count, dims)?;
            fit.landmark_positions = Some(positions);
        }
        if let Some(&[count, _]) = contents.shape("validation") {
            let sides = [count as usize, cols];
            let points = contents.points_in("validation", sides, Metric::Euclidean, &pulse.part(0.9, 1.0)).await?;
            fit.validation = Some(points);
        }
        Ok(fit)
    }
}
