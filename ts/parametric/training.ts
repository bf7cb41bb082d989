/** What happens to the input and the result of a training on their way to Rust and back. */
import type { Resident } from "../engine/resident.js";
import { type CallOptions, type Job, runWhere } from "../engine/run.js";
import { knnArrays, matrixArrays, ranAt, startOf } from "../fit.js";
import {
  type LossReport,
  METRICS_PUT_INTO_FORM,
  type Metric,
  type MetricOptions,
  type TargetMetric,
} from "../generated/index.js";
import type { TrainingAnswer } from "../generated/operations.js";
import { checkedRows, type Points, pointsSource, rowsOf, sourceLike, type Values } from "../points.js";
import type { Where } from "../protocol.js";
import type { Embedding, FitDiagnostics, KnnGraph, SparseGraph } from "../results.js";
import type { Source } from "../sources.js";
import { copied } from "../taken.js";
import { type Target, targetArrays } from "../target.js";
import { type LandmarkChoice, type Landmarks, landmarkArrays, targetWithLandmarks } from "./landmarks.js";
import type { KnownNeighbors, ParametricOptions } from "./options.js";

/** What belongs to one training. */
export interface TrainingCall extends CallOptions {
  /** What to learn from besides the points, as in `UMAP`. */
  target?: Target;
  /** Where rows should be: rows x `nComponents`; rows with a NaN are free. Instead of those of `addLandmarks`. */
  landmarkPositions?: Values;
  /** Rows on which the decoder is measured at each report (`validation` in `history`). */
  validation?: Values;
}

/** What belongs to one call of `partialFit`. */
export interface PartialFitOptions extends TrainingCall {
  /** Options that differ from now on; those that the networks are made by cannot. */
  options?: ParametricOptions;
  /** Neighbours of these points that are known already. */
  precomputedKnn?: KnownNeighbors;
}

/** What belongs to one call of `addLandmarks`. */
export interface LandmarkOptions extends CallOptions {
  /** Which rows. Default: a hundredth of them, at least one. */
  rows?: LandmarkChoice;
}

/** How a training went: what `UMAP` reports of its fits, start and epochs of the layout only where one was learned. */
export type TrainingDiagnostics = Omit<FitDiagnostics, "init" | "nEpochs"> &
  Partial<Pick<FitDiagnostics, "init" | "nEpochs">> & {
    /** Steps in which the encoder learned from the graph. */
    trainingSteps: number;
  };

/** What a training gave. */
export interface Trained {
  /** Of the points; landmarks' rows that were added are left out. */
  embedding: Embedding;
  /** Of the points and, after them, the landmarks' rows. */
  knn: KnnGraph;
  graph: SparseGraph;
  diagnostics: TrainingDiagnostics;
  history: LossReport[];
}

export interface TrainingRequest {
  kind: "parametric-fit" | "parametric-partial-fit";
  points: Points;
  /** As they go to Rust: all of a fit, the changed ones of a partial fit. */
  options: Job["options"] & { init?: unknown };
  metric: Metric | undefined;
  targetMetric: TargetMetric | undefined;
  knn: KnownNeighbors | undefined;
  call: TrainingCall;
  landmarks: Landmarks | undefined;
  /** Code of the user's. */
  answer: Job["answer"];
  /** Where the networks stay, or are. */
  resident: { makes: Resident } | { on: Resident };
}

/** Whether the module keeps other rows than those that networks learn: weights of columns are a form too. */
function isPutIntoForm(metric: Metric, { metricOptions, metricKwds = metricOptions }: Job["options"]): boolean {
  return METRICS_PUT_INTO_FORM.includes(metric) || Boolean((metricKwds as MetricOptions | undefined)?.w);
}

/** Names of what only a training's calls have. */
export const TRAINING_CALL = ["target", "landmarkPositions", "validation"];

export async function train(request: TrainingRequest): Promise<Trained> {
  const { kind, points, metric, targetMetric, knn, call, answer, resident } = request;
  const { target, landmarkPositions, validation, signal, onProgress } = call;
  const { init, ...rest } = request.options;
  const start = startOf(init);
  const landmarks = landmarkPositions === undefined ? request.landmarks : undefined;
  const rows = landmarks ? checkedRows(points) : rowsOf(points);
  const learned = landmarks && target ? targetWithLandmarks(target, targetMetric, landmarks.rows.rows) : target;
  const job: Job<TrainingRequest["kind"]> = {
    kind,
    capability: "parametric",
    points,
    morePoints: landmarks?.rows,
    options: { ...rest, ...start.options },
    arrays: {
      ...start.arrays,
      ...(knn && knnArrays(knn)),
      ...targetArrays(learned, targetMetric),
      ...(landmarkPositions && matrixArrays("landmarkPositions", landmarkPositions)),
      ...(landmarks && landmarkArrays(landmarks, rows)),
      ...(validation && matrixArrays("validation", validation)),
      ...(metric && isPutIntoForm(metric, rest) && { rows: rowsAsGiven(points, landmarks) }),
    },
    answer,
    ...resident,
  };
  return runTraining(job, rows, { signal, onProgress });
}

/** What a training reads beside the points, as it is now: it may have to wait. */
export function copiedInput<T extends TrainingCall>(call: T): T {
  const { target, landmarkPositions, validation } = call;
  return {
    ...call,
    target: copied(target),
    landmarkPositions: copied(landmarkPositions),
    validation: copied(validation),
  };
}

/** The encoder learns from rows as they are given, which metrics that put them into a form need twice. */
function rowsAsGiven(points: Points, landmarks: Landmarks | undefined): Source {
  const { source } = pointsSource(points);
  if (landmarks === undefined) return source;
  const more = sourceLike(source.dtype, landmarks.rows);
  function* pieces() {
    yield* source.pieces();
    yield* more.pieces();
  }
  return { dtype: source.dtype, count: source.count + more.count, pieces };
}

/** A fit that is to be gone on with if it is aborted. */
export interface InterruptedTraining {
  resident: Resident;
  rows: number;
  answer: Job["answer"];
  /** Options that stay once it is done. */
  changes: ParametricOptions;
}

/** Goes on with it. */
export function resumeTraining(
  { resident: on, rows, answer }: InterruptedTraining,
  call: CallOptions,
): Promise<Trained> {
  return runTraining({ kind: "parametric-resume", options: {}, on, answer }, rows, call);
}

async function runTraining(
  job: Job<"parametric-fit" | "parametric-partial-fit" | "parametric-resume">,
  rows: number,
  call: CallOptions,
): Promise<Trained> {
  const { value, where } = await runWhere(job, call);
  return trained(value, rows, where);
}

function trained({ wasmMemoryBytes, trainingSteps, ...found }: TrainingAnswer, rows: number, where: Where): Trained {
  const { data, cols } = found.embedding;
  const embedding = { data: data.length > rows * cols ? data.slice(0, rows * cols) : data, rows, cols };
  const { init, nEpochs, ...diagnostics } = found.diagnostics;
  const layout = nEpochs > 0 ? { init, nEpochs } : {};
  const more = { ...layout, trainingSteps };
  return { ...found, embedding, diagnostics: ranAt({ ...diagnostics, ...more }, where, wasmMemoryBytes) };
}
