import { type CallOptions, runJob } from "./engine/run.js";
import type { Points } from "./points.js";

export async function nearestNeighbors(
  points: Points,
  options: { nThreads?: number } = {},
  call: CallOptions = {},
): Promise<Float32Array> {
  return (await runJob({ kind: "nearest-neighbors", points, options, nThreads: options.nThreads }, call)) as Float32Array;
}
