/** Fuzzy simplicial sets without a layout, and layouts of graphs without points. */
import { described } from "./describe.js";
import type { Resident } from "./engine/resident.js";
import { type CallOptions, parted, runWhere } from "./engine/run.js";
import { UmapError } from "./errors.js";
import { type FitOptions, fitted, knnArrays, ranAt, startOf, type UmapConstructorOptions } from "./fit.js";
import type { FuzzyGraphOptions, GraphLayoutOptions, UmapOptions } from "./generated/index.js";
import type { Points, Values } from "./points.js";
import type { FitDiagnostics, Fitted, FuzzyScales, KnnGraph, SparseGraph } from "./results.js";
import { arraySource, integerSource, type NumericArray, type Source } from "./sources.js";
import { targetArrays } from "./target.js";

/** The fuzzy simplicial set of points: how strongly they belong together. */
export interface FuzzyGraph extends SparseGraph, FuzzyScales {
  /** The neighbours that it was made of. */
  knn: KnnGraph;
  diagnostics: Omit<FitDiagnostics, "init" | "nEpochs" | "a" | "b">;
}

/** A square matrix by rows: entries `indptr[i]` to `indptr[i + 1]` are those of row i. */
export interface GraphMatrix {
  indptr: NumericArray;
  /** Columns, in any order, each once. */
  indices: NumericArray;
  /** Weights, 0 to 1. */
  data: NumericArray;
}

/** Options of `fuzzyGraph`. */
export type FuzzyGraphCall = FuzzyGraphOptions & Pick<UmapConstructorOptions, "precomputedKnn"> & FitOptions;

/** Options of `UMAP.fromGraph`. */
export type FromGraphOptions = Omit<GraphLayoutOptions, "init"> & {
  /** How the initial layout is made, or the layout itself: rows x `nComponents`. */
  init?: UmapOptions["init"] | Values;
  /**
   * What becomes of an edge that has another weight one way than the other: by default it is an error; with true both weights
   * become one, by `setOpMixRatio` (1, the default, is their fuzzy union).
   * @default false
   */
  symmetrize?: boolean;
} & CallOptions;

/**
 * The fuzzy simplicial set of points (McInnes, Healy and Melville 2018, section 3.1), which `fit` lays out: for clustering,
 * for graphs of your own making, or to be laid out several times (`UMAP.fromGraph`).
 */
export async function fuzzyGraph(points: Points, options: FuzzyGraphCall = {}): Promise<FuzzyGraph> {
  const { call, params } = parted(options, "{ nNeighbors: 15 }");
  const { target, precomputedKnn, ...rest } = params;
  const arrays = {
    ...(precomputedKnn && knnArrays(precomputedKnn)),
    ...targetArrays(target, rest.targetMetric),
  };
  const job = { kind: "fuzzy-graph" as const, points, arrays, options: rest };
  const { value, where } = await runWhere(job, call);
  const { graph, wasmMemoryBytes, diagnostics, ...found } = value;
  const { init, nEpochs, a, b, ...known } = diagnostics;
  return { ...graph, ...found, diagnostics: ranAt(known, where, wasmMemoryBytes) };
}

/** Lays out a graph; its model stays at `makes`. */
export async function layOutGraph(
  graph: GraphMatrix,
  options: Omit<FromGraphOptions, keyof CallOptions>,
  call: CallOptions,
  makes: Resident,
): Promise<Fitted> {
  const { init, ...rest } = options;
  const start = startOf(init);
  const job = {
    kind: "from-graph" as const,
    options: { ...rest, ...start.options },
    arrays: { ...graphArrays(graph), ...start.arrays },
    makes,
  };
  const { value, where } = await runWhere(job, call);
  return fitted(value, where);
}

/** Lays out the graph of a model from another start; the model that stays is that of the new layout. */
export async function layOutFrom(init: UmapOptions["init"] | Values, call: CallOptions, on: Resident): Promise<Fitted> {
  const { value, where } = await runWhere({ kind: "layout-from", ...startOf(init), on }, call);
  return fitted(value, where);
}

function graphArrays(graph: GraphMatrix): Record<string, Source> {
  const { indptr, indices, data } = Object(graph) as Partial<GraphMatrix>;
  if (indptr === undefined || indices === undefined || data === undefined) {
    const instead = "graph" in Object(graph) ? ": pass its `graph`" : "";
    const got = described(graph) + instead;
    throw new UmapError("shape-mismatch", `graph: expected { indptr, indices, data }, got ${got}`);
  }
  return {
    "graph.indptr": integerSource("graph.indptr", indptr),
    "graph.indices": integerSource("graph.indices", indices),
    "graph.data": arraySource("graph.data", data),
  };
}
