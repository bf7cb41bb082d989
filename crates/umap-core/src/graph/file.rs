//! A graph, and a fit on its way to one, as parts of a file.

use serde::{Deserialize, Serialize};

use super::fit::{FoundNeighbors, GraphFit, GraphInputs};
use crate::checkpoint::{Checkpoint, Stored};
use crate::csr::Csr;
use crate::error::{Result, UmapError};
use crate::file::{Contents, Section, check_shape};
use crate::fuzzy::FuzzyGraph;
use crate::fuzzy::target::Target;
use crate::knn::{KnnGraph, KnnMethod};
use crate::params::UmapParams;
use crate::pulse::Pulse;

/// Names of the arrays of neighbours.
const KNN: [&str; 2] = ["knn.indices", "knn.distances"];
/// Of neighbours that the caller gave.
const GIVEN_KNN: [&str; 2] = ["given.knn.indices", "given.knn.distances"];
/// Of a target that the caller gave.
const GIVEN_LABELS: &str = "given.target.labels";
const GIVEN_VALUES: &str = "given.target.values";

/// What JSON has to say about a fit on its way to a graph.
#[derive(Debug)]
pub(crate) struct GraphHead {
    pub(crate) rows: u32,
    pub(crate) cols: u32,
    pub(crate) notes: Vec<String>,
    /// Columns of neighbours that the caller gave and that were not looked at yet.
    pub(crate) given_k: Option<u32>,
    /// Rows whose target was known.
    pub(crate) labelled: Option<u32>,
    pub(crate) neighbors: Option<NeighborsHead>,
    /// Whether the graph is there.
    pub(crate) fuzzy: bool,
}

/// How neighbours were found.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NeighborsHead {
    k: u32,
    method: Option<KnnMethod>,
    recall: Option<f64>,
    quantized: bool,
}

impl GraphFit {
    pub(crate) fn head(&self) -> GraphHead {
        GraphHead {
            rows: self.space.rows() as u32,
            cols: self.space.info().cols as u32,
            notes: self.notes.clone(),
            given_k: self.inputs.precomputed_knn.as_ref().map(|given| given.k as u32),
            labelled: self.labelled,
            neighbors: self.neighbors.head(),
            fuzzy: self.fuzzy.get().is_some(),
        }
    }

    pub(crate) fn sections(&self) -> Vec<Section<'_>> {
        let mut sections = self.space.sections();
        if let Some(given) = &self.inputs.precomputed_knn {
            sections.push(Section::rows(GIVEN_KNN[0], &[given.indices.len()], &given.indices));
            sections.push(Section::floats(GIVEN_KNN[1], &[given.distances.len()], &given.distances));
        }
        let rows = self.space.rows();
        match &self.inputs.target {
            Some(Target::Labels(labels)) => sections.push(Section::rows(GIVEN_LABELS, &[rows], labels)),
            Some(Target::Values { data, cols }) => sections.push(Section::floats(GIVEN_VALUES, &[rows, *cols], data)),
            None => {}
        }
        sections.extend(self.neighbors.sections());
        sections.extend(self.fuzzy.sections());
        sections
    }

    pub(crate) async fn read(
        head: GraphHead,
        params: UmapParams,
        contents: &mut Contents,
        pulse: &Pulse,
    ) -> Result<Self> {
        let GraphHead { rows, cols, notes, given_k, labelled, neighbors, fuzzy } = head;
        check_shape(rows, cols)?;
        if fuzzy && neighbors.is_none() {
            return Err(UmapError::malformed("progress", "stages in their order", "a graph without neighbours"));
        }
        let (rows, cols) = (rows as usize, cols as usize);
        let points = contents.space(rows, cols, params.metric(), &pulse.part(0.0, 0.4)).await?;
        let inputs = contents.given(rows, given_k)?;
        if let Some(target) = &inputs.target {
            let refused = |error| UmapError::malformed("given.target", "a target of the points", error);
            target.check(rows, params.target_metric).map_err(refused)?;
        }
        let mut fit = Self::new(points, params, inputs)?;
        (fit.notes, fit.labelled) = (notes, labelled);
        let k = (fit.params.n_neighbors as usize).min(rows);
        fit.neighbors = Checkpoint::read(neighbors, contents, (rows, k), &pulse.part(0.4, 0.7)).await?;
        fit.fuzzy = Checkpoint::read(fuzzy.then_some(()), contents, rows, &pulse.part(0.7, 1.0)).await?;
        Ok(fit)
    }
}

impl Stored for FoundNeighbors {
    type Head = NeighborsHead;
    /// Rows, and neighbours of each by the options.
    type Context<'a> = (usize, usize);

    fn head(&self) -> NeighborsHead {
        let Self { knn, method, recall, quantized } = self;
        NeighborsHead { k: knn.k as u32, method: *method, recall: *recall, quantized: *quantized }
    }

    fn sections(&self) -> Vec<Section<'_>> {
        self.knn.sections()
    }

    async fn read(
        head: NeighborsHead,
        contents: &mut Contents,
        (rows, expected): Self::Context<'_>,
        pulse: &Pulse,
    ) -> Result<Self> {
        let NeighborsHead { k, method, recall, quantized } = head;
        if let Some(recall) = recall.filter(|recall| !(0.0..=1.0).contains(recall)) {
            return Err(UmapError::malformed("progress.neighbors.recall", "0 to 1", recall));
        }
        if k as usize != expected {
            return Err(UmapError::malformed("progress.neighbors.k", expected.to_string(), k));
        }
        let knn = contents.knn(rows, expected, pulse).await?;
        Ok(Self { knn, method, recall, quantized })
    }
}

impl Stored for FuzzyGraph {
    type Head = ();
    /// Rows.
    type Context<'a> = usize;

    fn head(&self) {}

    fn sections(&self) -> Vec<Section<'_>> {
        let Self { graph, sigmas, rhos, .. } = self;
        vec![
            Section::integers("graph.indptr", &graph.indptr),
            Section::integers("graph.indices", &graph.indices),
            Section::floats("graph.data", &[graph.data.len()], &graph.data),
            Section::floats("sigmas", &[sigmas.len()], sigmas),
            Section::floats("rhos", &[rhos.len()], rhos),
        ]
    }

    async fn read((): (), contents: &mut Contents, rows: Self::Context<'_>, pulse: &Pulse) -> Result<Self> {
        let indptr = contents.integers("graph.indptr", rows as u64 + 1)?;
        pulse.tick(0.1).await?;
        let entries = u64::from(indptr.last().copied().unwrap_or_default());
        if indptr[0] != 0 || !indptr.is_sorted() {
            return Err(UmapError::malformed(
                "graph.indptr",
                "numbers that start at 0 and never decrease",
                "values that do not",
            ));
        }
        let indices = contents.integers("graph.indices", entries)?;
        pulse.tick(0.4).await?;
        let is_weight = |x: f32| x > 0.0 && x <= 1.0;
        let data = contents.floats_that("graph.data", &[indices.len()], "above 0, at most 1", is_weight)?;
        pulse.tick(0.7).await?;
        let graph = Csr { indptr, indices, data };
        let is_row =
            |columns: &[u32]| columns.is_sorted_by(|a, b| a < b) && columns.iter().all(|&c| (c as usize) < rows);
        if let Some(row) = (0..rows).find(|&row| !is_row(graph.row(row).0)) {
            let expected = format!("increasing columns below {rows}");
            return Err(UmapError::malformed(
                &format!("graph.indices of row {row}"),
                expected,
                "columns out of order or beyond",
            ));
        }
        pulse.tick(0.9).await?;
        let sigmas = contents.floats_that("sigmas", &[rows], "finite, at least 0", |x| x >= 0.0)?;
        let rhos = contents.floats_that("rhos", &[rows], "finite", |_| true)?;
        Ok(Self::new(graph, sigmas, rhos))
    }
}

impl KnnGraph {
    pub(crate) fn sections(&self) -> Vec<Section<'_>> {
        let shape = [self.rows(), self.k];
        vec![Section::rows(KNN[0], &shape, &self.indices), Section::floats(KNN[1], &shape, &self.distances)]
    }
}

impl Contents {
    /// Neighbours, `k` per row.
    pub(crate) async fn knn(&mut self, rows: usize, k: usize, pulse: &Pulse) -> Result<KnnGraph> {
        let shape = [rows, k];
        let knn = KnnGraph { k, indices: self.rows(KNN[0], &shape)?, distances: self.floats(KNN[1], &shape)? };
        let refused = |error: UmapError| match error {
            UmapError::Cancelled => error,
            error => UmapError::malformed("neighbours", "those of a fit", error),
        };
        knn.validate(rows, rows, pulse).await.map_err(refused)?;
        Ok(knn)
    }

    /// What the caller gave; it is checked when it is used.
    fn given(&mut self, rows: usize, k: Option<u32>) -> Result<GraphInputs> {
        let mut inputs = GraphInputs::default();
        if let Some(k) = k {
            let [indices, distances] = GIVEN_KNN.map(|name| self.length(name));
            let (indices, distances) = (indices? as usize, distances? as usize);
            inputs.precomputed_knn = Some(KnnGraph {
                k: k as usize,
                indices: self.rows(GIVEN_KNN[0], &[indices])?,
                distances: self.floats(GIVEN_KNN[1], &[distances])?,
            });
        }
        if self.shape(GIVEN_LABELS).is_some() {
            inputs.target = Some(Target::Labels(self.rows(GIVEN_LABELS, &[rows])?));
        } else if let Some(&[_, cols]) = self.shape(GIVEN_VALUES) {
            let cols = cols as usize;
            inputs.target = Some(Target::Values { data: self.floats(GIVEN_VALUES, &[rows, cols])?, cols });
        }
        Ok(inputs)
    }
}
