/** Runs one job on an engine: points up, progress and abort along the way, the result back. */
import { type Remote, transfer } from "comlink";
import { UmapError } from "../errors.js";
import { type Points, pointsSource } from "../points.js";
import type { Host, ProgressMessage } from "../protocol.js";
import type { Engine } from "./engine.js";
import { withEngine } from "./engines.js";

/** What a caller hears while a job runs. */
export interface Progress {
  /** Between 0 and 1; never falls within a stage. */
  fraction: number;
}

export interface CallOptions {
  /** Stops the job within 100 ms; the call then rejects with the code `cancelled`. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

export interface Job {
  kind: string;
  points?: Points;
  options: object;
  nThreads?: unknown;
}

let numbers = 0;

export function runJob(job: Job, { signal, onProgress }: CallOptions = {}): Promise<unknown> {
  throwIfAborted(signal);
  return withEngine(job.nThreads, async (engine) => {
    const points = job.points === undefined ? undefined : await upload(engine, job.points, signal);
    throwIfAborted(signal);
    const id = ++numbers;
    const abort = () => void engine.call((host) => host.abort(id)).catch(() => {});
    const { listener, thrown } = guarded(onProgress, abort);
    signal?.addEventListener("abort", abort, { once: true });
    engine.listen(id, listener);
    try {
      const options = optionsText(job.options);
      return await engine.call((host) => host.run({ job: id, kind: job.kind, points, options }));
    } catch (error) {
      throw thrown() ?? (isCancelled(error) ? aborted(signal) : error);
    } finally {
      engine.listen(id);
      signal?.removeEventListener("abort", abort);
    }
  });
}

/** Copies the points to the host piece by piece; while one is read the next is copied. */
async function upload(engine: Engine, points: Points, signal: AbortSignal | undefined): Promise<number> {
  const { shape, pieces } = pointsSource(points);
  const id = ++numbers;
  await engine.call((host) => host.openPoints(id, shape));
  try {
    let sent: Promise<void> = Promise.resolve();
    for (const piece of pieces()) {
      await sent;
      throwIfAborted(signal);
      sent = engine.call((host) => append(host, id, piece));
    }
    await sent;
    return id;
  } catch (error) {
    await engine.call((host) => host.closePoints(id)).catch(() => {});
    throw error;
  }
}

function append(host: Remote<Host>, id: number, piece: Uint8Array<ArrayBuffer>) {
  return host.appendPoints(id, transfer(piece, [piece.buffer]));
}

/** A listener of the user's that throws ends the job, and the call rejects with what it threw. */
function guarded(onProgress: CallOptions["onProgress"], abort: () => void) {
  let error: unknown;
  const listener = ({ fraction }: ProgressMessage) => {
    try {
      if (error === undefined) onProgress?.({ fraction });
    } catch (thrown) {
      error = thrown ?? new Error("onProgress threw nothing");
      abort();
    }
  };
  return { listener, thrown: () => error };
}

/** JSON has no place for these, and dropping them would hide a mistake: Rust's check is to see them. */
function optionsText(options: object): string {
  return JSON.stringify(options, (_key, value) => {
    if (typeof value === "number" && !Number.isFinite(value)) return String(value);
    if (typeof value === "function") return `[function ${value.name}]`;
    return value;
  });
}

function isCancelled(error: unknown): boolean {
  return error instanceof UmapError && error.code === "cancelled";
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal);
}

function aborted(signal: AbortSignal | undefined): UmapError {
  return new UmapError("cancelled", "the call was aborted", { cause: signal?.reason });
}
