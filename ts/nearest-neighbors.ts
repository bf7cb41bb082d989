import { type CallOptions, parted, runJob } from "./engine/run.js";
import type { KnnOptions } from "./generated/index.js";
import type { Points } from "./points.js";
import type { Neighbors } from "./results.js";

/** Finds the `k` nearest neighbours of every point. */
export async function nearestNeighbors(points: Points, options: KnnOptions & CallOptions = {}): Promise<Neighbors> {
  const { call, params } = parted(options, "{ k: 15 }");
  return runJob({ kind: "nearest-neighbors", points, options: params }, call);
}
