/** What happens to the options and the result of a fit on their way to Rust and back. */
import { described } from "./describe.js";
import type { Resident } from "./engine/resident.js";
import { type CallOptions, type Job, runWhere, type Watch } from "./engine/run.js";
import { UmapError } from "./errors.js";
import type { UmapOptions } from "./generated/index.js";
import type { FitAnswer } from "./generated/operations.js";
import { checkedCount } from "./matrix.js";
import { checkedOptions } from "./options.js";
import { platform } from "./platform/platform.js";
import { arrayOf, type Points, type Values } from "./points.js";
import type { Where } from "./protocol.js";
import type { Fitted } from "./results.js";
import { arraySource, integerSource, type NumericArray, type Source } from "./sources.js";
import { type Target, targetArrays } from "./target.js";

/** Options of `UMAP`: those that Rust reads (see there), with the arrays that a user may bring. */
export interface UmapConstructorOptions extends Omit<UmapOptions, "init"> {
  /** How the initial layout is made, or the layout itself: rows x `nComponents`. */
  init?: UmapOptions["init"] | Values;
  /** Neighbours that are known already, at least `nNeighbors` for each point, the point itself counted. */
  precomputedKnn?: { indices: NumericArray; distances: NumericArray; k?: number };
}

/** What belongs to one call of `fit`. */
export interface FitOptions extends CallOptions {
  /**
   * What to learn from besides the points: for each a label or, with another `targetMetric` than `categorical`, one or
   * several numbers. Points of the same label, or with near numbers, come closer together.
   */
  target?: Target;
}

export interface FitRequest {
  options: UmapConstructorOptions;
  points: Points;
  target: Target | undefined;
  call: CallOptions;
  /** Where the model stays. */
  makes: Resident;
  /** With frames: how many epochs apart, and who takes them. */
  frames?: Watch;
}

export async function fit({ options, points, target, call, makes, frames }: FitRequest): Promise<Fitted> {
  const { init, precomputedKnn: knn, ...rest } = options;
  const start = startOf(init);
  const job: Job<"fit"> = {
    kind: "fit",
    points,
    makes,
    options: { ...rest, ...start.options },
    arrays: {
      ...start.arrays,
      ...(knn && knnArrays(knn)),
      ...targetArrays(target, rest.targetMetric),
    },
  };
  return runFit(job, call, frames);
}

/** Goes on with a fit that was interrupted. */
export function resumeFit(on: Resident, call: CallOptions): Promise<Fitted> {
  return runFit({ kind: "resume", options: {}, on }, call);
}

async function runFit(job: Job<"fit" | "resume">, call: CallOptions, frames?: FitRequest["frames"]): Promise<Fitted> {
  const { value, where } = await runWhere(job, call, frames);
  return fitted(value, where);
}

export function fitted({ wasmMemoryBytes, ...found }: FitAnswer, where: Where): Fitted {
  return { ...found, diagnostics: ranAt(found.diagnostics, where, wasmMemoryBytes) };
}

/** Diagnostics with where the work ran, and what a user should know of that. */
export function ranAt<T extends { notes: string[] }>(diagnostics: T, where: Where, wasmMemoryBytes: number) {
  const notes = [...diagnostics.notes, ...threadNotes(where)];
  return { ...diagnostics, notes, ...where, wasmMemoryBytes };
}

function threadNotes({ threads }: Where): string[] {
  const processors = platform().processors();
  if (threads <= processors) return [];
  return [`nThreads ${threads} is more than the ${processors} processors there are: more than those are no faster`];
}

/** An initial layout: its name, which is an option, or its arrays. */
export function startOf(init: unknown): { options: { init?: unknown }; arrays: Record<string, Source | undefined> } {
  const isGiven = typeof init === "object" && init !== null;
  if (isGiven) return { options: {}, arrays: matrixArrays("init", init as Values) };
  return { options: init === undefined ? {} : { init }, arrays: {} };
}

/** Rows of numbers, with how many there are in a row if that is known. */
export function matrixArrays(name: string, matrix: Values): Record<string, Source | undefined> {
  const { data, cols } = arrayOf(name, matrix);
  return { [name]: arraySource(name, data), [`${name}.cols`]: numberSource(`${name}.cols`, cols) };
}

export function knnArrays(
  knn: NonNullable<UmapConstructorOptions["precomputedKnn"]>,
): Record<string, Source | undefined> {
  const { indices, distances, k } = checkedOptions(knn, "{ indices, distances, k }", "precomputedKnn");
  return {
    "precomputedKnn.indices": integerSource("precomputedKnn.indices", indices),
    "precomputedKnn.distances": arraySource("precomputedKnn.distances", distances),
    "precomputedKnn.k": numberSource(
      "precomputedKnn.k",
      k === undefined ? arrayOf("precomputedKnn.indices", indices).cols : checkedCount("precomputedKnn.k", k),
    ),
  };
}

function numberSource(name: string, value: number | undefined): Source | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number") return integerSource(name, [value]);
  throw new UmapError("invalid-parameter", `${name}: expected an integer, got ${described(value)}`);
}
