import { type CallOptions, runJob } from "./engine/run.js";
import type { Points } from "./points.js";

/** The nearest neighbours of every point, the point itself first. */
export interface Neighbors {
  /** Neighbours per point. */
  k: number;
  /** Numbers of points, row-major. */
  indices: Int32Array;
  /** Distances, row-major. */
  distances: Float32Array;
}

export function nearestNeighbors(
  points: Points,
  options: { nThreads?: number } = {},
  call: CallOptions = {},
): Promise<Neighbors> {
  return runJob({ kind: "nearest-neighbors", points, options }, call);
}
