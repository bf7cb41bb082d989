/** What crosses between the user's thread (the supervisor) and the workers. */
import type { OwnFloat32Array } from "./arrays.js";
import type { PlainError } from "./errors.js";
import type { Stage } from "./generated/index.js";
import type { Frame } from "./generated/operations.js";
import type { PointsForm } from "./points/types.js";

export type Backend = "threads" | "single";

/** What a module is for: `parametric` trains networks, `umap` is for everything else. */
export type Capability = "umap" | "parametric";

/** The modules: `relaxed` is `threads` for engines with relaxed SIMD, with the same results. */
export type Build = Backend | "relaxed" | `parametric-${Backend}`;

/** Where a call ran. */
export interface Where {
  backend: Backend;
  /** Why this build ran. */
  backendReason: string;
  threads: number;
  /** Whether the search used relaxed SIMD, which is faster; the results are the same. */
  relaxedSimd: boolean;
}

/** What the supervisor sends to a worker; the first message is a start. */
export type ToWorker = StartHost | StartPool | PoolReady | CallMessage;

export interface StartHost {
  type: "start-host";
  /** Whose glue it takes. */
  build: Build;
  module: WebAssembly.Module;
  /** The shared memory; the single-threaded module makes its own. */
  memory: WebAssembly.Memory | undefined;
  threads: number;
}

export interface StartPool {
  type: "start-pool";
  build: Build;
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Where in memory the worker finds its work (wasm-bindgen-rayon). */
  receiver: number;
}

/** The pool that the host requested is there. */
export interface PoolReady {
  type: "pool-ready";
}

/** A call of one of the host's methods. */
export interface CallMessage {
  type: "call";
  call: number;
  method: keyof Host;
  values: unknown[];
}

/** What a worker sends to the supervisor. */
export type FromWorker =
  | { type: "ready" }
  | { type: "need-pool"; receiver: number }
  | { type: "trap"; error: PlainError }
  | AnswerMessage
  | JobMessage;

/** What became of a call. Errors cross as data: an exception would arrive without its code. */
export interface AnswerMessage {
  type: "answer";
  call: number;
  answer: { ok: true; value: unknown } | { ok: false; error: PlainError };
}

/** What a job tells while it runs. */
export type JobMessage = ProgressMessage | QuestionMessage;

export interface ProgressMessage {
  type: "progress";
  job: number;
  stage: Stage;
  fraction: number;
  epoch: number | undefined;
  loss: number | undefined;
  /** The dataset at work, where there are several and they are worked on one by one. */
  slice?: number | undefined;
}

/** What code of the user's is to compute. The job waits for the answer. */
export interface QuestionMessage extends Question {
  type: "question";
  job: number;
}

export interface Question {
  /** Which code is asked, as Rust calls it. */
  kind: string;
  matrices: Record<string, { data: OwnFloat32Array; rows: number; cols: number }>;
}

/** Bytes with memory of their own, which can be moved to the host and back. */
export type Piece = Uint8Array<ArrayBuffer>;

export type Dtype = "f16" | "f32" | "f64" | "i8" | "i16" | "i32" | "u8" | "u16" | "u32";

/** The methods of the host. The caller chooses the numbers of jobs. */
export interface Host {
  /**
   * Starts a job's input; its options are checked before data is moved. `resident` is the number of what it makes or
   * works on and what stays after it; 0 for none.
   */
  open(job: number, operation: string, options: string, resident: number): void;
  /** Allocates memory for points, whose pieces will all be of one type. */
  openPoints(job: number, name: string, rows: number, cols: number, dtype: Dtype | PointsForm): void;
  /** Appends a piece of an array that the operation takes; hands its memory back, for the next piece. */
  push(job: number, name: string, dtype: Dtype, bytes: Piece): Piece;
  /** Runs the job to its end; offering a frame every so many epochs, unless that is 0. */
  run(job: number, framesEvery: number): Promise<unknown>;
  /** The next frame, or undefined once the job has ended. */
  frame(job: number): Promise<Frame | undefined>;
  /** Answers a job's question; undefined if there will be no answer, which ends the job. */
  answer(job: number, values: Float32Array | undefined): void;
  /** Ends the job: one that runs rejects with the error `cancelled`, one that does not is forgotten. */
  cancel(job: number): void;
  /** Frees what stayed. */
  release(resident: number): void;
}

/** What a method of the host returns, once it is there. */
export type Returned<Method extends keyof Host> = Awaited<ReturnType<Host[Method]>>;
