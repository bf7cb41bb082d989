/** The public names. */
export { type Configuration, configure } from "./configure.js";
export { type CallOptions, type Progress } from "./engine/run.js";
export { type ErrorCode, UmapError } from "./errors.js";
export { nearestNeighbors } from "./nearest-neighbors.js";
export type { Matrix, Points, TypedArray } from "./points.js";
export { __provoke } from "./provoke.js";
