/**
 * The drop-in for umap-js 1.4.0: the same class, with the same options and methods, on the caller's thread.
 *
 * ```js
 * import { UMAP } from "umap-wasm/umap-js"; // was: "umap-js"
 *
 * const embedding = new UMAP({ nNeighbors: 15 }).fit(rows); // number[][]
 * ```
 */
export { UmapError } from "../errors.js";
export { cosine, euclidean } from "./distances.js";
export type {
  DistanceFn,
  EpochCallback,
  RandomFn,
  TargetMetric,
  UMAPParameters,
  UMAPSupervisedParams,
  Vector,
  Vectors,
} from "./options.js";
export { UMAP } from "./umap.js";
