//! A fitted UMAP as a file, kind `umap`.

use std::borrow::Cow;
use std::sync::Arc;

use super::fit::UmapFit;
use super::landmarks::landmark_store;
use super::model::{Diagnostics, Fitted, UmapModel};
use crate::checkpoint::Stored;
use crate::error::{Result, UmapError};
use crate::file::{ALIGNED, Contents, FIT, File, Section, UMAP, check_shape};
use crate::fuzzy::FuzzyGraph;
use crate::fuzzy::radii::Radii;
use crate::json;
use crate::knn::KnnGraph;
use crate::params::{Params, SaveParams, UmapParams};
use crate::pulse::Pulse;
use crate::space::Space;

/// Names of the arrays of local radii.
const RADII: [&str; 2] = ["radii.input", "radii.embedding"];

/// Rows that stand for all, by their numbers, and their points.
pub(crate) type Landmarks<'a> = (Cow<'a, [u32]>, Arc<dyn Space>);

/// What a file turned out to be.
#[derive(Debug)]
pub enum Loaded {
    /// A fitted model.
    Model(Box<UmapModel>),
    /// A fit that was interrupted.
    Fit(Box<UmapFit>),
}

impl Loaded {
    /// Reads what a file holds. Errs with `MalformedFile` if anything does not fit its range, or the rest.
    pub async fn read(contents: Contents, pulse: &Pulse) -> Result<Self> {
        Self::read_kind(contents, pulse).await.map_err(UmapError::of_file)
    }

    async fn read_kind(contents: Contents, pulse: &Pulse) -> Result<Self> {
        match contents.kind() {
            UMAP => Ok(Self::Model(Box::new(UmapModel::read(contents, pulse).await?))),
            FIT => Ok(Self::Fit(Box::new(UmapFit::read(contents, pulse).await?))),
            ALIGNED => {
                Err(UmapError::malformed("kind", "a model of one dataset", "one of several: AlignedUMAP.load reads it"))
            }
            other => Err(UmapError::malformed("kind", format!("{UMAP} or {FIT}"), other)),
        }
    }
}

impl UmapModel {
    /// Writes the model: `begin` hears how many bytes there will be, `sink` gets them.
    pub async fn save(
        &self,
        how: &SaveParams,
        begin: impl FnOnce(u64) -> Result<()>,
        sink: impl FnMut(&[u8]),
        pulse: &Pulse,
    ) -> Result<()> {
        let landmarks = self.landmarks_for(how, &pulse.part(0.0, 0.2)).await?;
        let sections = self.sections(landmarks.as_ref());
        let file = File::new(UMAP, self.texts(), sections, &pulse.part(0.2, 0.5)).await?;
        begin(file.len())?;
        file.write(sink, &pulse.part(0.5, 1.0)).await
    }

    /// What goes into a file in the place of the points, unless they do.
    pub(crate) async fn landmarks_for(&self, how: &SaveParams, pulse: &Pulse) -> Result<Option<Landmarks<'_>>> {
        match (&self.landmarks, how.raw_data) {
            (None, true) => Ok(None),
            (None, false) => {
                let Some(points) = self.space.dense() else {
                    let expected = "true: only rows of numbers can be replaced by landmarks";
                    return Err(UmapError::parameter("rawData", expected, false));
                };
                let rows = self.choose_landmarks(points, how.landmarks)?;
                let points = points.subset(&rows, landmark_store(points), pulse).await?;
                Ok(Some((Cow::Owned(rows), points.into())))
            }
            (Some(_), true) => {
                let expected = "false: the model has no raw data any more";
                Err(UmapError::parameter("rawData", expected, true))
            }
            // As many as there are.
            (Some(rows), false) => Ok(Some((Cow::Borrowed(rows), Arc::clone(&self.space)))),
        }
    }

    pub(crate) fn texts(&self) -> [(&'static str, String); 2] {
        [("options", json::text(&self.params)), ("diagnostics", json::text(&self.fitted.diagnostics))]
    }

    pub(crate) fn sections<'a>(&'a self, landmarks: Option<&'a Landmarks<'_>>) -> Vec<Section<'a>> {
        let Fitted { embedding, knn, fuzzy, radii, .. } = &self.fitted;
        let dims = self.params.n_components as usize;
        let mut sections = vec![Section::floats("embedding", &[embedding.len() / dims, dims], embedding)];
        if let Some(Radii { input, embedding }) = radii {
            sections.push(Section::floats(RADII[0], &[input.len()], input));
            sections.push(Section::floats(RADII[1], &[embedding.len()], embedding));
        }
        match landmarks {
            None => {
                sections.extend(knn.sections());
                sections.extend(fuzzy.sections());
                sections.extend(self.space.sections());
            }
            Some((rows, space)) => {
                sections.push(Section::integers("landmarks", &**rows));
                sections.extend(space.sections());
            }
        }
        sections
    }

    pub(crate) async fn read(mut contents: Contents, pulse: &Pulse) -> Result<Self> {
        let params = UmapParams::from_json(contents.text("options"))?;
        let diagnostics: Diagnostics = contents.json("diagnostics")?;
        check(&diagnostics)?;
        let (rows, cols) = (diagnostics.rows as usize, diagnostics.cols as usize);
        let (k, dims) = (diagnostics.n_neighbors as usize, params.n_components as usize);
        check_curve(&params, &diagnostics)?;
        let embedding = contents.coordinates("embedding", rows, dims)?;
        let radii = contents.shape(RADII[0]).is_some().then(|| contents.radii(rows)).transpose()?;
        pulse.tick(0.1).await?;
        let (landmarks, knn, fuzzy) = if contents.shape("landmarks").is_some() {
            let landmarks = contents.landmarks(rows)?;
            (Some(landmarks), KnnGraph::default(), FuzzyGraph::default())
        } else {
            let knn = contents.knn(rows, k, &pulse.part(0.1, 0.3)).await?;
            (None, knn, FuzzyGraph::read((), &mut contents, rows, &pulse.part(0.3, 0.6)).await?)
        };
        let stored = landmarks.as_ref().map_or(rows, Vec::len);
        let points = contents.space(stored, cols, params.metric(), &pulse.part(0.6, 1.0)).await?;
        contents.expect_no_more()?;
        Ok(Self::new(params, Fitted { embedding, knn, fuzzy, radii, diagnostics }, points, landmarks))
    }
}

impl Contents {
    fn radii(&mut self, rows: usize) -> Result<Radii> {
        let [input, embedding] = RADII.map(|name| self.floats(name, &[rows]));
        Ok(Radii { input: input?, embedding: embedding? })
    }

    fn landmarks(&mut self, rows: usize) -> Result<Vec<u32>> {
        let len = self.length("landmarks")?;
        let landmarks = self.integers("landmarks", len)?;
        let are_rows = landmarks.is_sorted_by(|a, b| a < b) && landmarks.iter().all(|&row| (row as usize) < rows);
        if landmarks.is_empty() || !are_rows {
            let expected = format!("increasing row numbers below {rows}");
            return Err(UmapError::malformed("landmarks", expected, "values that are not"));
        }
        Ok(landmarks)
    }
}

/// The curve follows from the options; other versions may round it otherwise.
fn check_curve(params: &UmapParams, diagnostics: &Diagnostics) -> Result<()> {
    let (a, b) = params.curve();
    let is_near = |x: f64, y: f64| (x - y).abs() <= 1e-3 * y.abs();
    if is_near(diagnostics.a, a) && is_near(diagnostics.b, b) {
        return Ok(());
    }
    let got = format!("a = {}, b = {}", diagnostics.a, diagnostics.b);
    Err(UmapError::malformed("diagnostics", format!("a = {a}, b = {b}, by the options"), got))
}

/// Numbers on which others depend, and shares.
fn check(diagnostics: &Diagnostics) -> Result<()> {
    check_shape(diagnostics.rows, diagnostics.cols)?;
    let Diagnostics { rows, cols, n_neighbors: k, a, b, knn_recall, labelled, disconnected, .. } = diagnostics;
    let fits = |x: f64| x as f32 > 0.0 && (x as f32).is_finite();
    let is_share = knn_recall.is_none_or(|share| (0.0..=1.0).contains(&share));
    let are_rows = labelled.unwrap_or(0) <= *rows && disconnected <= rows;
    if !(1..=*rows).contains(k) || !fits(*a) || !fits(*b) || !is_share || !are_rows {
        let got = format!("{rows} x {cols}, {k} neighbours, a = {a}, b = {b}");
        return Err(UmapError::malformed("diagnostics", "those of a fit", got));
    }
    Ok(())
}
