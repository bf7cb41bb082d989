/** umap-js's options, and what the module gets of them. */
import { UmapError } from "../errors.js";
import { cosine } from "./distances.js";

export type DistanceFn = (x: Vector, y: Vector) => number;
export type RandomFn = () => number;
// biome-ignore lint/suspicious/noConfusingVoidType: as umap-js declares it: callbacks need not return anything
export type EpochCallback = (epoch: number) => boolean | void;
export type Vector = number[];
export type Vectors = Vector[];
export type TargetMetric = "categorical" | "l1" | "l2";

export interface UMAPParameters {
  /** How far two rows are from each other. Default: `euclidean`, which like `cosine` runs in WebAssembly. */
  distanceFn?: DistanceFn;
  /** Scale of the layout's steps. Default: 1. */
  learningRate?: number;
  /** Number of nearest neighbours that count as fully connected. Default: 1. */
  localConnectivity?: number;
  /** How close points may come in the embedding; at most `spread`. Default: 0.1. */
  minDist?: number;
  /** Dimensions of the embedding, 1 to 256. Default: 2. */
  nComponents?: number;
  /** Epochs of the layout. Default: 500 up to 10,000 rows, 200 above. */
  nEpochs?: number;
  /** Neighbours per row, the row itself included. Default: 15. */
  nNeighbors?: number;
  /** Negative samples per positive one. Default: 5. */
  negativeSampleRate?: number;
  /** Weight of repulsion against attraction. Default: 1. */
  repulsionStrength?: number;
  /** Where the seed is drawn from, once per fit. Without it all fits have the same seed, and repeat bit for bit. */
  random?: RandomFn;
  /** Between intersection (0) and union (1) of the local fuzzy sets. Default: 1. */
  setOpMixRatio?: number;
  /** Scale of the embedding. Default: 1. */
  spread?: number;
  /** No effect here: the search for neighbours of new rows needs no such help. */
  transformQueueSize?: number;
}

export interface UMAPSupervisedParams {
  /** How far two targets are from each other: the same label or not, or their difference. Default: `"categorical"`. */
  targetMetric?: TargetMetric;
  /** From 0, the points alone, to 1, the targets alone. Default: 0.5. */
  targetWeight?: number;
  /** Neighbours among targets that are numbers. Default: `nNeighbors`. */
  targetNNeighbors?: number;
}

/** What crates/umap-js/src/options.rs reads. */
export interface ModuleOptions
  extends Required<Omit<UMAPParameters, "distanceFn" | "random" | "transformQueueSize" | "nEpochs">> {
  nEpochs: number | undefined;
  cosine: boolean;
  seed: number;
  categorical: boolean;
  targetWeight: number;
  targetNNeighbors: number;
}

const SEED = 42;

/** Checked; umap-js takes fractions where it counts, and rounds up in effect. */
export function moduleOptions(params: UMAPParameters, supervised: UMAPSupervisedParams): ModuleOptions {
  const number = (name: string, value: number | undefined, preset: number) => {
    if (value === undefined) return preset;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw new UmapError("invalid-parameter", `${name}: expected a finite number, got ${String(value)}`);
  };
  const count = (name: string, value: number | undefined, preset: number) => {
    const whole = Math.ceil(number(name, value, preset));
    if (whole >= 0 && whole < 2 ** 31) return whole;
    throw new UmapError("invalid-parameter", `${name}: expected an integer, at least 0, got ${whole}`);
  };
  return {
    nNeighbors: count("nNeighbors", params.nNeighbors, 15),
    nComponents: count("nComponents", params.nComponents, 2),
    nEpochs: count("nEpochs", params.nEpochs, 0) || undefined,
    learningRate: number("learningRate", params.learningRate, 1),
    minDist: number("minDist", params.minDist, 0.1),
    spread: number("spread", params.spread, 1),
    setOpMixRatio: number("setOpMixRatio", params.setOpMixRatio, 1),
    localConnectivity: number("localConnectivity", params.localConnectivity, 1),
    repulsionStrength: number("repulsionStrength", params.repulsionStrength, 1),
    negativeSampleRate: count("negativeSampleRate", params.negativeSampleRate, 5),
    cosine: params.distanceFn === cosine,
    seed: params.random === undefined ? SEED : (params.random() * 2 ** 32) >>> 0,
    categorical: (supervised.targetMetric ?? "categorical") === "categorical",
    targetWeight: number("targetWeight", supervised.targetWeight, 0.5),
    targetNNeighbors: number("targetNNeighbors", supervised.targetNNeighbors, -1),
  };
}
