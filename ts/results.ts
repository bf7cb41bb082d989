/** What calls give. */
import type { OwnFloat32Array, OwnInt32Array, OwnUint32Array } from "./arrays.js";
import type { Diagnostics, KnnMethod } from "./generated/index.js";
import type { Where } from "./protocol.js";

/** A layout: row-major coordinates. */
export interface Embedding {
  data: OwnFloat32Array;
  rows: number;
  cols: number;
}

/**
 * Local radii of the points and of their embedding: for each row the logarithm of the mean squared distance of its
 * neighbours, weighted by membership. Both are defined alike, each in its own graph and its own units. NaN for rows
 * without neighbours, or without a place.
 */
export interface Radii {
  input: OwnFloat32Array;
  embedding: OwnFloat32Array;
}

/** A sparse square matrix by rows: those of row i are at `indptr[i]` to `indptr[i + 1]`. */
export interface SparseGraph {
  indptr: OwnUint32Array;
  indices: OwnUint32Array;
  data: OwnFloat32Array;
}

/** The nearest neighbours of every point, the point itself first. */
export interface KnnGraph {
  /** Neighbours per point, the point itself included. */
  k: number;
  /** Numbers of points, row-major, `rows * k`; -1 where there is none. */
  indices: OwnInt32Array;
  /** Distances in the metric's units, row-major, `rows * k`. */
  distances: OwnFloat32Array;
}

/** Neighbours, and how they were found. */
export interface Neighbors extends KnnGraph {
  method: KnnMethod;
  /** Share of the true neighbours that were found, measured on a sample of rows; 1 if the search was exact. */
  recall: number;
  /** Whether the search ran on 7-bit rows; the distances are exact all the same. */
  quantized: boolean;
}

/** A sparse matrix by rows: of new points, in those of the model. */
export interface SparseMatrix extends SparseGraph {
  rows: number;
  cols: number;
}

/** What a fuzzy simplicial set was made with. */
export interface FuzzyScales {
  /** For each row the distance up to which its neighbours are fully connected. */
  rhos: OwnFloat32Array;
  /** For each row the scale of the distances beyond that. */
  sigmas: OwnFloat32Array;
}

/** How a fit went, and where it ran. */
export interface FitDiagnostics extends Diagnostics, Where {
  /** Size of the module's memory, all jobs counted; it never shrinks, so this is the most that was needed so far. */
  wasmMemoryBytes: number;
}

/** What a fit found. */
export interface Fitted {
  embedding: Embedding;
  /** Neighbours and graph are not in models that were saved without raw data. */
  knn?: KnnGraph;
  graph?: SparseGraph;
  /** Where `outputDens` asked for them. */
  radii?: Radii;
  diagnostics: FitDiagnostics;
}
