/** The public names of `umap-wasm/parametric`. */
export type { OwnFloat32Array, OwnUint8Array } from "../arrays.js";
export type { Values } from "../points.js";
export type { LandmarkChoice } from "./landmarks.js";
export type { KnownNeighbors, ParametricConstructorOptions, ParametricOptions } from "./options.js";
export type { Batch, LandmarkCost, LandmarkLossFunction, OwnEncoder } from "./own-code.js";
export { ParametricUMAP } from "./parametric-umap.js";
export type { LandmarkOptions, PartialFitOptions, TrainingCall, TrainingDiagnostics } from "./training.js";
export type { GivenWeights, Weights } from "./weights.js";
