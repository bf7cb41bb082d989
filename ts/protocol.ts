/** What crosses between the user's thread (the supervisor) and the workers. */
import type { OwnFloat32Array } from "./arrays.js";
import type { PlainError } from "./errors.js";
import type { Stage } from "./generated/index.js";

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

/** The first message to a worker says what it is to be. */
export type Start = StartHost | StartPool;

export interface StartHost {
  type: "start-host";
  backend: Backend;
  module: WebAssembly.Module;
  /** The shared memory; the single-threaded module makes its own. */
  memory: WebAssembly.Memory | undefined;
  threads: number;
}

export interface StartPool {
  type: "start-pool";
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Where in memory the worker finds its work (wasm-bindgen-rayon). */
  receiver: number;
}

/** The pool that the host asked for is there. */
export interface PoolReady {
  type: "pool-ready";
}

/** Messages of workers outside the calls; comlink ignores them because they have no id. */
export type WorkerMessage =
  | { type: "ready" }
  | { type: "need-pool"; receiver: number }
  | { type: "trap"; error: PlainError }
  | JobMessage;

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

/** Errors cross as data: an exception would arrive without its code. */
export type Answer<T> = { ok: true; value: T } | { ok: false; error: PlainError };

/** Bytes with memory of their own, which can be moved to the host and back. */
export type Piece = Uint8Array<ArrayBuffer>;

/** What the values of an array are for the module, as crates/umap-wasm/src/input.rs has it. */
export type Role = "floats" | "doubles" | "integers" | "file" | "bytes";

/** How the values of an array come, and what they are. */
export interface ArrayType {
  dtype: Dtype;
  role: Role;
}

export type Dtype = "f16" | "f32" | "f64" | "i8" | "i16" | "i32" | "u8" | "u16" | "u32";

/** A layout in the making: row-major coordinates after so many epochs. */
export interface Frame {
  epoch: number;
  data: OwnFloat32Array;
  rows: number;
  cols: number;
}

/** The calls that the host answers. The caller chooses the numbers of jobs. */
export interface Host {
  /**
   * Starts a job's input; its options are checked before data is moved. `resident` is the number of what it makes or
   * works on and what stays after it; 0 for none.
   */
  open(job: number, operation: string, options: string, resident: number): Answer<void>;
  /** Makes room for points, whose pieces will all be of one type. */
  openPoints(job: number, name: string, rows: number, cols: number, dtype: Dtype): Answer<void>;
  /** Appends a piece of an array of the job's; hands its memory back, for the next piece. */
  push(job: number, name: string, as: ArrayType, bytes: Piece): Promise<Answer<Piece>>;
  /** Runs the job to its end; offering a frame every so many epochs, unless that is 0. */
  run(job: number, framesEvery: number): Promise<Answer<unknown>>;
  /** The next frame, or undefined once the job has ended. */
  frame(job: number): Promise<Answer<Frame | undefined>>;
  /** Answers a job's question; undefined if there will be no answer, which ends the job. */
  answer(job: number, values: Float32Array | undefined): Answer<void>;
  /** Ends the job: one that runs answers with the error `cancelled`, one that does not is forgotten. */
  cancel(job: number): Answer<void>;
  /** Lets go of what stayed. */
  release(resident: number): Answer<void>;
}
