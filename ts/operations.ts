/** The operations of the modules by name, with what each gives: crates/umap-wasm/src/operations, crates/umap-networks. */
import type { OwnUint8Array } from "./arrays.js";
import type {
  AlignedDiagnostics,
  AlignmentOptions,
  Diagnostics,
  Evaluation,
  IndexDiagnostics,
  LossReport,
  ParametricUmapOptions,
  Similarity,
  UmapOptions,
} from "./generated/index.js";
import type {
  Embedding,
  Fitted,
  FuzzyScales,
  KnnGraph,
  Neighbors,
  Radii,
  SparseGraph,
  SparseMatrix,
} from "./results.js";

export interface Operations {
  fit: FitAnswer;
  resume: FitAnswer;
  transform: Embedding | SparseMatrix;
  save: OwnUint8Array;
  load: { options: UmapOptions; fitted?: FitAnswer };
  "fuzzy-graph": FuzzyGraphAnswer;
  "from-graph": FitAnswer;
  "layout-from": FitAnswer;
  "nearest-neighbors": Neighbors;
  evaluate: Evaluation;
  "index-build": IndexDiagnostics;
  "index-query": KnnGraph;
  "index-add": IndexDiagnostics;
  "index-save": OwnUint8Array;
  "index-load": IndexDiagnostics;
  "aligned-fit": AlignedAnswer;
  "aligned-update": AlignedAnswer;
  "aligned-transform": Embedding | SparseMatrix;
  "aligned-save": OwnUint8Array;
  "aligned-load": AlignedAnswer & { options: UmapOptions[]; alignment: AlignmentOptions; ids: Uint8Array };
  register: { embedding: Embedding; transformation: Similarity; deviation: number };
  "parametric-fit": TrainingAnswer;
  "parametric-partial-fit": TrainingAnswer;
  "parametric-resume": TrainingAnswer;
  "parametric-transform": Embedding;
  "parametric-inverse-transform": Embedding;
  "parametric-weights": Record<string, { data: Float32Array<ArrayBuffer>; shape: number[] }>;
  "parametric-set-weights": null;
  "parametric-save": OwnUint8Array;
  "parametric-onnx": OwnUint8Array;
  "parametric-load": LoadedNetworks;
  provoke: null;
}

export type OperationName = keyof Operations;

/** Of a fit: without neighbours and graph where the file of a model had none. */
export type FitAnswer = Omit<Fitted, "diagnostics"> & { diagnostics: Diagnostics; wasmMemoryBytes: number };

/** Of a graph alone. */
export interface FuzzyGraphAnswer extends FuzzyScales {
  graph: SparseGraph;
  knn: KnnGraph;
  diagnostics: Diagnostics;
  wasmMemoryBytes: number;
}

/** Of datasets: all of them, or the one that was added. */
export interface AlignedAnswer {
  slices: { embedding: Embedding; diagnostics: Diagnostics; radii?: Radii }[];
  diagnostics: AlignedDiagnostics;
  /** How many of the last datasets the window of a further one reaches. */
  reach: number;
  /** How the targets of a further dataset are compared, unless it says otherwise. */
  targetMetric: UmapOptions["targetMetric"];
  wasmMemoryBytes: number;
}

/** Of a training. */
export interface TrainingAnswer {
  embedding: Embedding;
  knn: KnnGraph;
  graph: SparseGraph;
  diagnostics: Diagnostics;
  trainingSteps: number;
  history: LossReport[];
  wasmMemoryBytes: number;
}

/** Of a file of networks. */
export interface LoadedNetworks {
  options: ParametricUmapOptions;
  history: LossReport[];
  /** Rows of a fit that was interrupted. */
  interruptedRows: number | null;
}
