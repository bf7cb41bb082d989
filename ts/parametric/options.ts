/** Options of `ParametricUMAP` as a user writes them. */
import type { LandmarkLoss, OptimizerParams, ParametricUmapOptions } from "../generated/index.js";
import type { Matrix, NumericArray } from "../points.js";

/** Neighbours, as in `UMAP`. */
export interface KnownNeighbors {
  indices: NumericArray;
  distances: NumericArray;
  k?: number;
}

/** Options that may differ from training to training; those that the networks are made by cannot. */
export interface ParametricOptions extends Omit<ParametricUmapOptions, "init" | "optimizer" | "landmarkLoss"> {
  /** How derivatives become steps; a name alone stands for it with its defaults. */
  optimizer?: OptimizerParams | OptimizerParams["type"];
  /** What a landmark costs that is not at its place. */
  landmarkLoss?: LandmarkLoss | "euclidean" | "squared";
}

/** Options of `ParametricUMAP`: those that Rust reads (see there), with the arrays that a user may bring. */
export interface ParametricConstructorOptions extends ParametricOptions {
  /** How the layout that the encoder may learn first is started, or that start itself: rows x `nComponents`. */
  init?: ParametricUmapOptions["init"] | NumericArray | Pick<Matrix, "data">;
  /** Neighbours that are known already, at least `nNeighbors` for each point, the point itself counted. For `fit` alone. */
  precomputedKnn?: KnownNeighbors;
}

/** Names as Rust reads them. */
export function spelledOut<T extends ParametricOptions>(options: T): T {
  const named = (["optimizer", "landmarkLoss"] as const).filter((name) => typeof options[name] === "string");
  return { ...options, ...Object.fromEntries(named.map((name) => [name, { type: options[name] }])) };
}
