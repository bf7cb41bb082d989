import type { OwnFloat32Array, OwnInt32Array } from "./arrays.js";
import { type CallOptions, runJob } from "./engine/run.js";
import type { KnnMethod, KnnOptions } from "./generated/index.js";
import { checkedCallOptions } from "./options.js";
import type { Points } from "./points.js";

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

/** Finds the `k` nearest neighbours of every point. */
export async function nearestNeighbors(points: Points, options: KnnOptions & CallOptions = {}): Promise<Neighbors> {
  const { signal, onProgress, ...params } = checkedCallOptions(options, "{ k: 15 }");
  return runJob({ kind: "nearest-neighbors", points, options: params }, { signal, onProgress });
}
