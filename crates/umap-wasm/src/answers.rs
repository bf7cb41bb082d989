//! What operations give.

use umap_core::Result;
use umap_core::aligned::{AlignedDiagnostics, AlignedModel, Registered};
use umap_core::csr::Csr;
use umap_core::fuzzy::radii;
use umap_core::fuzzy::target::TargetMetric;
use umap_core::graph::FittedGraph;
use umap_core::knn::{self, KnnMethod};
use umap_core::params::{AlignmentParams, UmapParams};
use umap_core::procrustes::Similarity;
use umap_core::pulse::{self, Pulse, Stage};
use umap_core::umap::{Diagnostics, Fitted, GraphModel, UmapModel};

use crate::objects;
use crate::output::{Bytes, Floats, Integers, Js, Signed, bytes, floats, integers, memory_bytes};

objects! {
    /// How far a job is.
    JobProgress(pulse in &Pulse) {
        /// Stages that ended since this was asked last.
        ended: Vec<EndedStage> = pulse.take_ended().iter().map(EndedStage::new).collect::<Result<_>>()?,
        stage: Js<Stage> = Js::plain(&pulse.stage()),
        /// The dataset at work, where there are several and they are worked on one by one.
        slice: Option<u32> = pulse.dataset(),
        /// How much of the stage is done, 0 to 1.
        fraction: f64 = pulse.fraction(),
        /// Epochs done, in the stage that counts them.
        epoch: Option<u32> = pulse.epoch(),
        /// The loss that was reported last, in the stage that has one.
        loss: Option<f64> = pulse.loss(),
    }

    /// A stage that ended, of a dataset where there are several.
    EndedStage(ended in &pulse::EndedStage) {
        stage: Js<Stage> = Js::plain(&ended.stage),
        slice: Option<u32> = ended.dataset,
    }

    /// A layout in the making: row-major coordinates after so many epochs.
    Frame(frame in &pulse::LayoutFrame, of_rows in usize) {
        epoch: u32 = frame.epoch,
        data: Js<Floats> = floats(&frame.embedding)?,
        rows: u32 = of_rows as u32,
        cols: u32 = (frame.embedding.len() / of_rows.max(1)) as u32,
    }

    /// A layout: row-major coordinates.
    Embedding(values in &[f32], of_rows in usize) {
        data: Js<Floats> = floats(values)?,
        rows: u32 = of_rows as u32,
        cols: u32 = (values.len() / of_rows.max(1)) as u32,
    }

    /// A sparse square matrix by rows: those of row i are at `indptr[i]` to `indptr[i + 1]`.
    SparseGraph(matrix in &Csr) {
        indptr: Js<Integers> = integers(&matrix.indptr)?,
        indices: Js<Integers> = integers(&matrix.indices)?,
        data: Js<Floats> = floats(&matrix.data)?,
    }

    /// A sparse matrix by rows: of new points, in those of the model.
    SparseMatrix(matrix in &Csr, of_cols in u32) {
        indptr: Js<Integers> = integers(&matrix.indptr)?,
        indices: Js<Integers> = integers(&matrix.indices)?,
        data: Js<Floats> = floats(&matrix.data)?,
        rows: u32 = matrix.rows() as u32,
        cols: u32 = of_cols,
    }

    /// The nearest neighbours of every point, the point itself first.
    KnnGraph(graph in &knn::KnnGraph) {
        /// Neighbours per point, the point itself included.
        k: u32 = graph.k as u32,
        /// Numbers of points, row-major, `rows * k`; -1 where there is none.
        indices: Js<Signed> = integers(&graph.indices)?.signed(),
        /// Distances in the metric's units, row-major, `rows * k`.
        distances: Js<Floats> = floats(&graph.distances)?,
    }

    /// Neighbours, and how they were found.
    Neighbors(found in &knn::Neighbors) {
        /// Neighbours per point, the point itself included.
        k: u32 = found.graph.k as u32,
        /// Numbers of points, row-major, `rows * k`; -1 where there is none.
        indices: Js<Signed> = integers(&found.graph.indices)?.signed(),
        /// Distances in the metric's units, row-major, `rows * k`.
        distances: Js<Floats> = floats(&found.graph.distances)?,
        method: Js<KnnMethod> = Js::plain(&found.method),
        /// Share of the true neighbours that were found, measured on a sample of rows; 1 if the search was exact.
        recall: f64 = found.recall,
        /// Whether the search ran on 7-bit rows; the distances are exact all the same.
        quantized: bool = found.quantized,
    }

    /// Local radii of the points and of their embedding: for each row the logarithm of the mean squared distance of its
    /// neighbours, weighted by membership. Both are defined alike, each in its own graph and its own units. NaN for rows
    /// without neighbours, or without a place.
    Radii(radii in &radii::Radii) {
        input: Js<Floats> = floats(&radii.input)?,
        embedding: Js<Floats> = floats(&radii.embedding)?,
    }

    /// Of a fit, or of the layout of a graph.
    FitAnswer(
        values in &[f32],
        neighbors in Option<&knn::KnnGraph>,
        matrix in Option<&Csr>,
        of_density in Option<&radii::Radii>,
        found in &Diagnostics
    ) {
        embedding: Embedding = Embedding::new(values, found.rows as usize)?,
        /// Neighbours and graph are not in models that were saved without raw data.
        knn: Option<KnnGraph> = neighbors.map(KnnGraph::new).transpose()?,
        graph: Option<SparseGraph> = matrix.map(SparseGraph::new).transpose()?,
        /// Where `outputDens` asked for them.
        radii: Option<Radii> = of_density.map(Radii::new).transpose()?,
        diagnostics: Js<Diagnostics> = Js::plain(found),
        wasmMemoryBytes: f64 = memory_bytes(),
    }

    /// Of a file.
    LoadAnswer(params in &UmapParams, model in Option<&UmapModel>) {
        options: Js<UmapParams> = Js::plain(params),
        /// Absent if the fit was interrupted.
        fitted: Option<FitAnswer> = model.map(FitAnswer::of_points).transpose()?,
    }

    /// Of a graph without a layout.
    FuzzyGraphAnswer(found in &FittedGraph, of_graph in &Diagnostics) {
        graph: SparseGraph = SparseGraph::new(&found.fuzzy.graph)?,
        /// For each row the distance up to which its neighbours are fully connected.
        rhos: Js<Floats> = floats(&found.fuzzy.rhos)?,
        /// For each row the scale of the distances beyond that.
        sigmas: Js<Floats> = floats(&found.fuzzy.sigmas)?,
        knn: KnnGraph = KnnGraph::new(&found.neighbors.knn)?,
        diagnostics: Js<Diagnostics> = Js::plain(of_graph),
        wasmMemoryBytes: f64 = memory_bytes(),
    }

    /// Of one of several datasets, whose neighbours and graph stay in the module.
    SliceAnswer(fitted in &Fitted) {
        embedding: Embedding = Embedding::new(&fitted.embedding, fitted.diagnostics.rows as usize)?,
        diagnostics: Js<Diagnostics> = Js::plain(&fitted.diagnostics),
        /// Where `outputDens` asked for them.
        radii: Option<Radii> = fitted.radii.as_ref().map(Radii::new).transpose()?,
    }

    /// Of datasets: all of them, or the one that was added.
    AlignedAnswer(model in &AlignedModel, from in usize) {
        slices: Vec<SliceAnswer> =
            model.slices[from..].iter().map(|slice| SliceAnswer::new(&slice.fitted)).collect::<Result<_>>()?,
        diagnostics: Js<AlignedDiagnostics> = Js::plain(&model.diagnostics),
        /// How many of the last datasets the window of a further one reaches.
        reach: u32 = model.reach() as u32,
        /// How the targets of a further dataset are compared, unless it says otherwise.
        targetMetric: Js<TargetMetric> = Js::plain(&model.slices[model.slices.len() - 1].params.target_metric),
        wasmMemoryBytes: f64 = memory_bytes(),
    }

    /// Of a file of datasets.
    AlignedLoadAnswer(model in &AlignedModel, ids_there in &[u8]) {
        fitted: AlignedAnswer = AlignedAnswer::new(model, 0)?,
        /// Of each dataset.
        options: Vec<Js<UmapParams>> = model.slices.iter().map(|slice| Js::plain(&slice.params)).collect(),
        alignment: Js<AlignmentParams> = Js::plain(&model.params),
        ids: Js<Bytes> = bytes(ids_there)?,
    }

    /// Of an embedding that was moved onto another.
    RegisterAnswer(found in &Registered) {
        embedding: Embedding = Embedding::new(&found.embedding, found.embedding.len() / found.similarity.shift.len())?,
        transformation: Js<Similarity> = Js::plain(&found.similarity),
        deviation: f64 = found.deviation,
    }
}

impl FitAnswer {
    /// Of points.
    pub(crate) fn of_points(model: &UmapModel) -> Result<Self> {
        let Fitted { embedding, knn, fuzzy, radii, diagnostics } = &model.fitted;
        let raw = (knn.k > 0).then_some((knn, &fuzzy.graph));
        Self::new(embedding, raw.map(|(knn, _)| knn), raw.map(|(_, graph)| graph), radii.as_ref(), diagnostics)
    }

    /// Of a graph.
    pub(crate) fn of_graph(GraphModel { embedding, fuzzy, diagnostics, .. }: &GraphModel) -> Result<Self> {
        Self::new(embedding, None, Some(&fuzzy.graph), None, diagnostics)
    }
}
