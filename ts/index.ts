/** The public names. */
export { type Configuration, configure } from "./configure.js";
export type { CallOptions, Progress } from "./engine/run.js";
export { UmapError } from "./errors.js";
export type { ErrorCode, Stage } from "./generated/index.js";
export { nearestNeighbors } from "./nearest-neighbors.js";
export type { Matrix, Points, TypedArray } from "./points.js";
export { __provoke } from "./provoke.js";
