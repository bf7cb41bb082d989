/** A call, and the job that it becomes. */
import type { Stage } from "../generated/index.js";
import type { OperationName } from "../generated/operations.js";
import type { Matrix, Points } from "../points.js";
import type { Capability, Question } from "../protocol.js";
import type { Source } from "../sources.js";
import type { Resident } from "./resident.js";

/** How far a call is. */
export interface Progress {
  stage: Stage;
  /** How much of the stage is done, 0 to 1; never falls within a stage (of a dataset). */
  fraction: number;
  /** Epochs done, in the stage that counts them; of a network's training the steps. */
  epoch?: number;
  /** The loss of a network at the last report. */
  loss?: number;
  /** Of several datasets (`AlignedUMAP`) the one at work, counted from 0; absent where all are worked on together. */
  slice?: number;
}

/** What belongs to one call. */
export interface CallOptions {
  /** Stops the work within 100 ms; the call then rejects with the code `cancelled`. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

export interface Job<Name extends OperationName = OperationName> {
  /** Which operation. */
  kind: Name;
  /** As they go to Rust, which checks them. */
  options: { nThreads?: unknown; nJobs?: unknown; [name: string]: unknown };
  points?: Points;
  /** Rows that follow the points'. */
  morePoints?: Matrix;
  /** What the module has to be able to do; by default `umap`. */
  capability?: Capability;
  /** Several of them. */
  datasets?: readonly Points[];
  /** A file that it reads. */
  file?: Source;
  /** Further arrays, by the names that Rust knows them by. */
  arrays?: Record<string, Source | undefined>;
  /** Computes what only code of the user's can. */
  answer?: (question: Question) => Promise<Float32Array>;
  /** Where its result stays; on failure too, until it is released. */
  makes?: Resident;
  /** What it works on, where that is; `nThreads` has no effect then. */
  on?: Resident;
}
