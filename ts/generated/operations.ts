// Written by `npm run generate` from crates/. Do not edit.
import type { OwnFloat32Array, OwnInt32Array, OwnUint32Array, OwnUint8Array } from "../arrays.js";
import type { Stage, Init, TargetMetric, TransformMode, KnnMethod, IndexDiagnostics, Diagnostics, AlignedDiagnostics, Similarity, Evaluation, LossReport, UmapOptions, AlignmentOptions, AlignedOptions, ParametricUmapOptions, ParametricSaveOptions, SaveOptions, KnnOptions, IndexOptions, QueryOptions, EvaluateOptions, FuzzyGraphOptions, DatasetOptions, GraphLayoutOptions } from "./index.js";

/**
 * How far a job is.
 */
export type JobProgress = { 
/**
 * Stages that ended since this was asked last.
 */
ended: Array<EndedStage>, stage: Stage, 
/**
 * The dataset at work, where there are several and they are worked on one by one.
 */
slice?: number, 
/**
 * How much of the stage is done, 0 to 1.
 */
fraction: number, 
/**
 * Epochs done, in the stage that counts them.
 */
epoch?: number, 
/**
 * The loss that was reported last, in the stage that has one.
 */
loss?: number, };

/**
 * A stage that ended, of a dataset where there are several.
 */
export type EndedStage = { stage: Stage, slice?: number, };

/**
 * A layout in the making: row-major coordinates after so many epochs.
 */
export type Frame = { epoch: number, data: OwnFloat32Array, rows: number, cols: number, };

/**
 * A layout: row-major coordinates.
 */
export type Embedding = { data: OwnFloat32Array, rows: number, cols: number, };

/**
 * A sparse square matrix by rows: those of row i are at `indptr[i]` to `indptr[i + 1]`.
 */
export type SparseGraph = { indptr: OwnUint32Array, indices: OwnUint32Array, data: OwnFloat32Array, };

/**
 * A sparse matrix by rows: of new points, in those of the model.
 */
export type SparseMatrix = { indptr: OwnUint32Array, indices: OwnUint32Array, data: OwnFloat32Array, rows: number, cols: number, };

/**
 * The nearest neighbours of every point, the point itself first.
 */
export type KnnGraph = { 
/**
 * Neighbours per point, the point itself included.
 */
k: number, 
/**
 * Numbers of points, row-major, `rows * k`; -1 where there is none.
 */
indices: OwnInt32Array, 
/**
 * Distances in the metric's units, row-major, `rows * k`.
 */
distances: OwnFloat32Array, };

/**
 * Neighbours, and how they were found.
 */
export type Neighbors = { 
/**
 * Neighbours per point, the point itself included.
 */
k: number, 
/**
 * Numbers of points, row-major, `rows * k`; -1 where there is none.
 */
indices: OwnInt32Array, 
/**
 * Distances in the metric's units, row-major, `rows * k`.
 */
distances: OwnFloat32Array, method: KnnMethod, 
/**
 * Share of the true neighbours that were found, measured on a sample of rows; 1 if the search was exact.
 */
recall: number, 
/**
 * Whether the search ran on 7-bit rows; the distances are exact all the same.
 */
quantized: boolean, };

/**
 * Local radii of the points and of their embedding: for each row the logarithm of the mean squared distance of its
 * neighbours, weighted by membership. Both are defined alike, each in its own graph and its own units. NaN for rows
 * without neighbours, or without a place.
 */
export type Radii = { input: OwnFloat32Array, embedding: OwnFloat32Array, };

/**
 * Of a fit, or of the layout of a graph.
 */
export type FitAnswer = { embedding: Embedding, 
/**
 * Neighbours and graph are not in models that were saved without raw data.
 */
knn?: KnnGraph, graph?: SparseGraph, 
/**
 * Where `outputDens` asked for them.
 */
radii?: Radii, diagnostics: Diagnostics, wasmMemoryBytes: number, };

/**
 * Of a file.
 */
export type LoadAnswer = { options: UmapOptions, 
/**
 * Absent if the fit was interrupted.
 */
fitted?: FitAnswer, };

/**
 * Of a graph without a layout.
 */
export type FuzzyGraphAnswer = { graph: SparseGraph, 
/**
 * For each row the distance up to which its neighbours are fully connected.
 */
rhos: OwnFloat32Array, 
/**
 * For each row the scale of the distances beyond that.
 */
sigmas: OwnFloat32Array, knn: KnnGraph, diagnostics: Diagnostics, wasmMemoryBytes: number, };

/**
 * Of one of several datasets, whose neighbours and graph stay in the module.
 */
export type SliceAnswer = { embedding: Embedding, diagnostics: Diagnostics, 
/**
 * Where `outputDens` asked for them.
 */
radii?: Radii, };

/**
 * Of datasets: all of them, or the one that was added.
 */
export type AlignedAnswer = { slices: Array<SliceAnswer>, diagnostics: AlignedDiagnostics, 
/**
 * How many of the last datasets the window of a further one reaches.
 */
reach: number, 
/**
 * How the targets of a further dataset are compared, unless it says otherwise.
 */
targetMetric: TargetMetric, wasmMemoryBytes: number, };

/**
 * Of a file of datasets.
 */
export type AlignedLoadAnswer = { fitted: AlignedAnswer, 
/**
 * Of each dataset.
 */
options: Array<UmapOptions>, alignment: AlignmentOptions, ids: OwnUint8Array, };

/**
 * Of an embedding that was moved onto another.
 */
export type RegisterAnswer = { embedding: Embedding, transformation: Similarity, deviation: number, };

/**
 * Of a training.
 */
export type TrainingAnswer = { embedding: Embedding, knn: KnnGraph, graph: SparseGraph, diagnostics: Diagnostics, trainingSteps: number, history: Array<LossReport>, wasmMemoryBytes: number, };

/**
 * Of a file of networks.
 */
export type LoadedNetworks = { options: ParametricUmapOptions, history: Array<LossReport>, 
/**
 * Rows of a fit that was interrupted.
 */
interruptedRows?: number, };

/**
 * Values of one array of weights, row-major, with its sides.
 */
export type NamedWeights = { data: OwnFloat32Array, shape: Array<number>, };

/** What `transform` gives, which the option `transformMode` decides. */
export type Transformed<Mode extends TransformMode> = Mode extends "graph" ? SparseMatrix : Embedding;

/** The operations of the modules; `Mode` is that of the model that they work on. */
export interface Operations<Mode extends TransformMode = TransformMode> {
  "fit": { options: UmapOptions; result: FitAnswer };
  "resume": { options: null; result: FitAnswer };
  "transform": { options: null; result: Transformed<Mode> };
  "save": { options: SaveOptions; result: OwnUint8Array };
  "load": { options: null; result: LoadAnswer };
  "fuzzy-graph": { options: FuzzyGraphOptions; result: FuzzyGraphAnswer };
  "from-graph": { options: GraphLayoutOptions; result: FitAnswer };
  "layout-from": { options: { init?: Init }; result: FitAnswer };
  "nearest-neighbors": { options: KnnOptions; result: Neighbors };
  "evaluate": { options: EvaluateOptions; result: Evaluation };
  "index-build": { options: IndexOptions; result: IndexDiagnostics };
  "index-query": { options: QueryOptions; result: KnnGraph };
  "index-add": { options: null; result: IndexDiagnostics };
  "index-save": { options: null; result: OwnUint8Array };
  "index-load": { options: null; result: IndexDiagnostics };
  "aligned-fit": { options: AlignedOptions; result: AlignedAnswer };
  "aligned-update": { options: DatasetOptions; result: AlignedAnswer };
  "aligned-transform": { options: { slice: number }; result: Transformed<Mode> };
  "aligned-save": { options: SaveOptions; result: OwnUint8Array };
  "aligned-load": { options: null; result: AlignedLoadAnswer };
  "register": { options: null; result: RegisterAnswer };
  "provoke": { options: { failure: string }; result: null };
  "parametric-fit": { options: ParametricUmapOptions; result: TrainingAnswer };
  "parametric-partial-fit": { options: ParametricUmapOptions; result: TrainingAnswer };
  "parametric-resume": { options: null; result: TrainingAnswer };
  "parametric-transform": { options: null; result: Embedding };
  "parametric-inverse-transform": { options: null; result: Embedding };
  "parametric-weights": { options: null; result: Record<string, NamedWeights> };
  "parametric-set-weights": { options: null; result: null };
  "parametric-save": { options: ParametricSaveOptions; result: OwnUint8Array };
  "parametric-onnx": { options: { network: "encoder" | "decoder" }; result: OwnUint8Array };
  "parametric-load": { options: null; result: LoadedNetworks };
}

export type OperationName = keyof Operations;
