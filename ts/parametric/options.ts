/** Options of `ParametricUMAP` as a user writes them. */
import type { LandmarkLoss, NetworkParams, OptimizerParams, ParametricUmapOptions } from "../generated/index.js";
import type { Values } from "../points.js";
import type { NumericArray } from "../sources.js";
import { isOwnEncoder, type LandmarkLossFunction, type OwnEncoder } from "./own-code.js";

/** Neighbours, as in `UMAP`. */
export interface KnownNeighbors {
  indices: NumericArray;
  distances: NumericArray;
  k?: number;
}

/** Options that may differ from training to training; those that the networks are made by cannot. */
export interface ParametricOptions
  extends Omit<ParametricUmapOptions, "init" | "encoder" | "optimizer" | "landmarkLoss"> {
  /** From the data to the embedding: layers (default: three dense ones of 100 units with relu), or a model of your own. */
  encoder?: NetworkParams | OwnEncoder;
  /** How derivatives become steps; a name alone stands for it with its defaults. */
  optimizer?: OptimizerParams | OptimizerParams["type"];
  /** What a landmark costs that is not at its position, or a function that computes it for a batch. */
  landmarkLoss?: LandmarkLoss | "euclidean" | "squared" | LandmarkLossFunction;
}

/** Options of `ParametricUMAP`: those that Rust reads (see there), with the arrays that a user may bring. */
export interface ParametricConstructorOptions extends ParametricOptions {
  /** How the layout that the encoder may learn first is started, or that start itself: rows x `nComponents`. */
  init?: ParametricUmapOptions["init"] | Values;
  /** Neighbours that are known already, at least `nNeighbors` for each point, the point itself counted. For `fit` alone. */
  precomputedKnn?: KnownNeighbors;
}

/** Names and code of the user's as Rust reads them. A model of the user's gets rows as they are, unless it wants another. */
export function spelledOut<T extends ParametricOptions>({ ...options }: T): T {
  const named = (["optimizer", "landmarkLoss"] as const).filter((name) => typeof options[name] === "string");
  const spelled: Record<string, object> = Object.fromEntries(named.map((name) => [name, { type: options[name] }]));
  if (typeof options.landmarkLoss === "function") spelled.landmarkLoss = { type: "function" };
  if (!isOwnEncoder(options.encoder)) return { ...options, ...spelled };
  return { inputScaling: "none", ...options, ...spelled, encoder: { callers: true } };
}
