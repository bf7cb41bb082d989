/** The public names. */
export { AlignedUMAP } from "./aligned/aligned-umap.js";
export type {
  AlignedFitDiagnostics,
  AlignedFitOptions,
  AlignedUpdateOptions,
} from "./aligned/fit.js";
export { type HasEmbedding, type Registered, register } from "./aligned/register.js";
export type { Id, Relation } from "./aligned/relations.js";
export type { OwnFloat32Array, OwnInt32Array, OwnUint8Array, OwnUint32Array } from "./arrays.js";
export { type Configuration, configure } from "./configure.js";
export { DensMAP } from "./densmap.js";
export type { CallOptions, Progress } from "./engine/run.js";
export { UmapError } from "./errors.js";
export type { LoadOptions } from "./estimator/made.js";
export { evaluate, type Labelled } from "./evaluate.js";
export type { ModelFile } from "./file.js";
export type { FitOptions, UmapConstructorOptions } from "./fit.js";

export type * from "./generated/index.js";
export { type FromGraphOptions, type FuzzyGraph, type FuzzyGraphCall, fuzzyGraph, type GraphMatrix } from "./graph.js";
export { nearestNeighbors } from "./nearest-neighbors.js";
export { NeighborIndex, type NeighborIndexDiagnostics } from "./neighbor-index.js";
export type { ArrowTable, ArrowVector } from "./points/arrow.js";
export type {
  CondensedDistances,
  IndexArray,
  Matrix,
  OneSidedMatrix,
  Points,
  ShapedMatrix,
  SparseRows,
  Values,
} from "./points.js";
export type { Backend, Build, Where } from "./protocol.js";
export type {
  Embedding,
  FitDiagnostics,
  Frame,
  FuzzyScales,
  KnnGraph,
  Neighbors,
  Radii,
  SparseGraph,
  SparseMatrix,
  Transformed,
} from "./results.js";
export type { NumericArray, TypedArray } from "./sources.js";
export type { Label, Target } from "./target.js";
export { UMAP } from "./umap.js";
