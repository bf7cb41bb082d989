/** Runs one job on an engine: input up, progress and abort along the way, the result back. */
import { transfer } from "comlink";
import { described, nameOf } from "../describe.js";
import { UmapError } from "../errors.js";
import type { ErrorCode, Stage } from "../generated/index.js";
import type { OperationName, Operations } from "../operations.js";
import { checkedCallOptions } from "../options.js";
import { type Matrix, type Points, type PointsSource, pointsSource, type Source, sourceLike } from "../points.js";
import type { Capability, Piece, ProgressMessage, Question, Where } from "../protocol.js";
import { takenSource, takenSources } from "../taken.js";
import { aborted, onAbort, untilAborted } from "./abort.js";
import type { Engine } from "./engine.js";
import { using, withEngine } from "./engines.js";
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
  /** What it works on, where that is; `nThreads` has no say then. */
  on?: Resident;
}

let jobs = 0;

/** Frames that are asked for. */
export interface Watch {
  /** Epochs between two of them. */
  every: number;
  /** Called when the job runs: who takes them. */
  attend(engine: Engine, id: number): void;
}

/** What a job gave, and where it ran. */
export interface Ran<Name extends OperationName> {
  value: Operations[Name];
  where: Where;
}

/** Runs a job to its end. */
export async function runJob<Name extends OperationName>(
  job: Job<Name>,
  call: CallOptions = {},
): Promise<Operations[Name]> {
  return (await runWhere(job, call)).value;
}

/** Runs a job to its end, and says where that was. */
export async function runWhere<Name extends OperationName>(
  job: Job<Name>,
  call: CallOptions = {},
  watch?: Watch,
): Promise<Ran<Name>> {
  const { signal, onProgress } = checkedCall(call);
  if (signal?.aborted) throw aborted(signal);
  const input = inputOf(job);
  const file = job.file && takenSource("file", job.file);
  const arrays = takenSources(job.arrays ?? {});
  const options = optionsText(job.options);
  const run = async (engine: Engine, reason: string): Promise<Ran<Name>> => {
    job.makes?.settle(engine);
    const resident = (job.makes ?? job.on)?.id ?? 0;
    const id = ++jobs;
    const cancel = () => void engine.call((host) => host.cancel(id)).catch(() => {});
    const { listener, thrown, failed } = guarded(onProgress, cancel);
    const answering = (question: Question) => answered(engine, id, () => job.answer?.(question), { signal, failed });
    const unsubscribe = signal && onAbort(signal, cancel);
    engine.listen(id, (message) => (message.type === "progress" ? listener(message) : void answering(message)));
    try {
      await engine.call((host) => host.open(id, job.kind, options, resident));
      await upload(engine, id, { ...job, input, file, arrays }, { signal, listener });
      // What is aborted from here on reaches a job that runs.
      if (signal?.aborted) throw aborted(signal);
      if (job.makes) job.makes.begun = true;
      const result = engine.call((host) => host.run(id, watch?.every ?? 0));
      watch?.attend(engine, id);
      return { value: (await result) as Operations[Name], where: whereabouts(engine, reason) };
    } catch (error) {
      cancel();
      throw thrown() ?? (signal?.aborted ? aborted(signal) : error);
    } finally {
      engine.listen(id);
      unsubscribe?.();
    }
  };
  const there = job.on?.whereabouts();
  if (there !== undefined) return using(there, signal, () => run(there, "what the call works on is there"));
  const threads = job.options.nThreads ?? job.options.nJobs;
  const { capability = "umap" } = job;
  return withEngine({ capability, threads, signal, isSmall: capability === "umap" && isSmall(input) }, run);
}

function whereabouts({ backend, build, threads }: Engine, reason: string): Where {
  const count = backend === "threads" ? threads : 1;
  return { backend, backendReason: reason, threads: count, relaxedSimd: build === "relaxed" };
}

/** The points of a job by the names that Rust knows them by, as they are now. */
type Input = Record<string, Omit<PointsSource, "source"> & { source: Source; slice?: number }>;

function inputOf({ datasets = [], ...job }: Job): Input {
  // Also of points that are undefined.
  const input: Input = "points" in job ? { points: takenPoints("points", job.points as Points) } : {};
  for (const [slice, dataset] of datasets.entries()) {
    try {
      input[`points.${slice}`] = { slice, ...takenPoints("points", dataset) };
    } catch (error) {
      throw ofDataset(slice, error);
    }
  }
  return input;
}

function takenPoints(name: string, points: Points): Input[string] {
  const found = pointsSource(points);
  return { ...found, source: takenSource(name, found.source) };
}

/** Comparing all pairs so few takes some 10 ms. */
const FEW_MULTIPLICATIONS = 5e7;

function isSmall(input: Input): boolean {
  const all = Object.values(input).map(({ rows, cols }) => rows ** 2 * cols);
  return all.reduce((sum, some) => sum + some, 0) <= FEW_MULTIPLICATIONS;
}

/** Options of a call, checked; `more` has those that only this call has. What is meant for an estimator would be lost here. */
export function checkedCall<T extends CallOptions>(call: T, more: string[] = []): T {
  const names = [...more, "signal", "onProgress"];
  checkedCallOptions(call, `{ ${names.join(", ")} }`);
  const unknown = Object.keys(call).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const known = `the options are ${names.join(", ")}; options of the model are given when it is made`;
    throw new UmapError("unknown-option", `unknown option of a call: \`${unknown}\`, ${known}`);
  }
  const { signal, onProgress } = call;
  if (signal !== undefined && nameOf(signal) !== "AbortSignal") {
    const own = nameOf(signal) === "AbortController" ? ": pass its signal" : "";
    throw new UmapError("invalid-parameter", `signal: expected an AbortSignal, got ${described(signal)}${own}`);
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new UmapError("invalid-parameter", `onProgress: expected a function, got ${described(onProgress)}`);
  }
  return call;
}

interface Uploading {
  signal: AbortSignal | undefined;
  listener: (progress: ProgressMessage) => void;
}

async function upload(
  engine: Engine,
  id: number,
  { input, morePoints, file, arrays = {} }: Job & { input: Input },
  uploading: Uploading,
): Promise<void> {
  const { signal } = uploading;
  const reporting = (stage: Stage, slice?: number) => (fraction: number) =>
    uploading.listener({ type: "progress", job: id, stage, fraction, epoch: undefined, loss: undefined, slice });
  const uploadPoints = async (name: string, { rows, cols, source, slice }: Input[string]) => {
    await engine.call((host) => host.openPoints(id, name, rows + (morePoints?.rows ?? 0), cols, source.dtype));
    await uploadArray(engine, id, { name, source, signal, report: reporting("points", slice) });
    if (morePoints === undefined) return;
    await uploadArray(engine, id, { name, source: sourceLike(source.dtype, morePoints), signal });
  };
  for (const [name, points] of Object.entries(input)) {
    await uploadPoints(name, points).catch((error) => {
      throw ofDataset(points.slice, error);
    });
  }
  if (file !== undefined) {
    await uploadArray(engine, id, { name: "file", source: file, signal, report: reporting("load") });
  }
  for (const [name, source] of Object.entries(arrays)) {
    if (source) await uploadArray(engine, id, { name, source, signal });
  }
}

/** Says which dataset an error is about. */
export function ofDataset(slice: number | undefined, error: unknown): unknown {
  if (slice === undefined || !(error instanceof UmapError) || !ABOUT_POINTS.includes(error.code)) return error;
  return new UmapError(error.code, `datasets[${slice}]: ${error.message}`, { cause: error });
}

const ABOUT_POINTS: ErrorCode[] = ["shape-mismatch", "not-finite", "empty-input", "invalid-parameter"];

interface Upload {
  name: string;
  source: Source;
  signal: AbortSignal | undefined;
  report?: (fraction: number) => void;
}

/**
 * Copies an array to the host piece by piece; while one is read the next is copied. What is read may be silent for ever: an
 * abort, or a piece that the host refuses, ends it.
 */
async function uploadArray(engine: Engine, id: number, { name, source, signal, report }: Upload): Promise<void> {
  const { dtype, role = "floats", count } = source;
  const pieces = source.pieces();
  const send = (piece: Piece) =>
    engine.call((host) => host.push(id, name, { dtype, role }, transfer(piece, [piece.buffer])));
  let sent: Promise<Piece | undefined> = Promise.resolve(undefined);
  const next = async (spare?: Piece) => {
    const refused = sent.then(() => new Promise<never>(() => {}));
    return (await untilAborted(Promise.race([pieces.next(spare), refused]), signal)).value;
  };
  try {
    let done = -1;
    for (let piece = await next(); piece; ) {
      const spare = await sent;
      done += 1;
      if (done > 0) report?.(done / count);
      sent = send(piece);
      piece = await next(spare);
    }
    await sent;
  } catch (error) {
    void pieces.return?.();
    throw error;
  }
  report?.(1);
}

interface Answering {
  signal: AbortSignal | undefined;
  failed: (error: unknown) => void;
}

/** Hands a job what code of the user's computes. If that throws the job ends, and the call rejects with what it threw. */
async function answered(
  engine: Engine,
  id: number,
  compute: () => Promise<Float32Array> | undefined,
  { signal, failed }: Answering,
): Promise<void> {
  const values = await untilAborted(Promise.resolve().then(compute), signal).catch((error) => {
    if (!signal?.aborted) failed(error);
    return undefined;
  });
  // An engine that ended rejects the job's own call.
  await engine.call((host) => host.answer(id, values && transfer(values, [values.buffer]))).catch(() => {});
}

/** Code of the user's that throws ends the job, and the call rejects with what it threw. */
function guarded(onProgress: CallOptions["onProgress"], cancel: () => void) {
  let error: unknown;
  const failed = (thrown: unknown) => {
    error ??= thrown ?? new UmapError("invalid-parameter", `the caller's code failed with ${thrown}, without an error`);
    cancel();
  };
  const listener = ({ stage, fraction, epoch, loss, slice }: ProgressMessage) => {
    const known = Object.entries({ epoch, loss, slice }).filter(([, value]) => value !== undefined);
    try {
      if (error === undefined) onProgress?.({ stage, fraction, ...Object.fromEntries(known) });
    } catch (thrown) {
      failed(thrown);
    }
  };
  return { listener, failed, thrown: () => error };
}

/** JSON has no place for these, and dropping them would hide a mistake: Rust is to say what it expects in their place. */
function optionsText(options: object): string {
  try {
    return JSON.stringify(options, (_key, value) => (isWritable(value) ? value : `\0${described(value)}`));
  } catch (cause) {
    throw new UmapError("invalid-parameter", `options: expected plain values, got ${cause}`, { cause });
  }
}

function isWritable(value: unknown): boolean {
  return (
    !["bigint", "symbol", "function"].includes(typeof value) && (typeof value !== "number" || Number.isFinite(value))
  );
}
