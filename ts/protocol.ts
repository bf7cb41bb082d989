/** What crosses between the user's thread (the supervisor) and the workers. */
import type { PlainError } from "./errors.js";

export type Backend = "threads" | "single";

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
  | ProgressMessage;

export interface ProgressMessage {
  type: "progress";
  job: number;
  fraction: number;
}

/** Errors cross as data: an exception would arrive without its code. */
export type Answer<T> = { ok: true; value: T } | { ok: false; error: PlainError };

export type Dtype = "f16" | "f32" | "f64" | "i8" | "i16" | "i32" | "u8" | "u16" | "u32";

export interface PointsShape {
  rows: number;
  cols: number;
  dtype: Dtype;
}

export interface JobRequest {
  job: number;
  kind: string;
  /** Points that were opened under this number; the job takes them. */
  points: number | undefined;
  options: string;
}

/** The calls that the host answers. Numbers of points and jobs are chosen by the caller. */
export interface Host {
  openPoints(points: number, shape: PointsShape): Answer<void>;
  appendPoints(points: number, bytes: Uint8Array): Answer<void>;
  closePoints(points: number): Answer<void>;
  run(request: JobRequest): Promise<Answer<unknown>>;
  abort(job: number): Answer<void>;
}
