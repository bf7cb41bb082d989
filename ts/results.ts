/** What calls give. */
import type { Diagnostics } from "./generated/index.js";
import type { Embedding, FuzzyGraphAnswer, KnnGraph, Radii, SparseGraph } from "./generated/operations.js";
import type { Where } from "./protocol.js";

export type {
  Embedding,
  Frame,
  KnnGraph,
  Neighbors,
  Radii,
  SparseGraph,
  SparseMatrix,
  Transformed,
} from "./generated/operations.js";

/** What a fuzzy simplicial set was made with. */
export type FuzzyScales = Pick<FuzzyGraphAnswer, "rhos" | "sigmas">;

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
  /** With `outputDens`. */
  radii?: Radii;
  diagnostics: FitDiagnostics;
}
