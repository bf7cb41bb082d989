/** Runs one job on an engine: input up, progress and abort along the way, the result back. */
import { described, nameOf } from "../describe.js";
import { UmapError } from "../errors.js";
import type { TransformMode } from "../generated/index.js";
import type { OperationName, Operations } from "../generated/operations.js";
import { checkedCallOptions } from "../options.js";
import type { ProgressMessage, Question, Where } from "../protocol.js";
import { takenSource, takenSources } from "../taken.js";
import { aborted, onAbort, untilAborted } from "./abort.js";
import type { Engine } from "./engine.js";
import { using, withEngine } from "./engines.js";
import type { CallOptions, Job } from "./job.js";
import { type Input, inputOf, upload } from "./upload.js";

export type { CallOptions, Job, Progress } from "./job.js";

let jobs = 0;

/** Frames that are wanted. */
export interface Watch {
  /** Epochs between two of them. */
  every: number;
  /** Called when the job runs: who takes them. */
  attend(engine: Engine, id: number): void;
}

/** What a job gave, and where it ran. */
export interface Ran<Name extends OperationName, Mode extends TransformMode = TransformMode> {
  value: Operations<Mode>[Name]["result"];
  where: Where;
}

/** Runs a job to its end. */
export async function runJob<Name extends OperationName, Mode extends TransformMode = TransformMode>(
  job: Job<Name>,
  call: CallOptions = {},
): Promise<Operations<Mode>[Name]["result"]> {
  return (await runWhere<Name, Mode>(job, call)).value;
}

/** Runs a job to its end; returns where that was too. */
export async function runWhere<Name extends OperationName, Mode extends TransformMode = TransformMode>(
  job: Job<Name>,
  call: CallOptions = {},
  watch?: Watch,
): Promise<Ran<Name, Mode>> {
  const { signal, onProgress } = checkedCall(call);
  if (signal?.aborted) throw aborted(signal);
  const input = inputOf(job);
  const file = job.file && takenSource("file", job.file);
  const arrays = takenSources(job.arrays ?? {});
  const options = optionsText(job.options);
  const run = async (engine: Engine, reason: string): Promise<Ran<Name, Mode>> => {
    job.makes?.settle(engine);
    const resident = (job.makes ?? job.on)?.id ?? 0;
    const id = ++jobs;
    const cancel = () => void engine.call("cancel", [id]).catch(() => {});
    const { listener, thrown, failed } = guarded(onProgress, cancel);
    const answering = (question: Question) => answered(engine, id, () => job.answer?.(question), { signal, failed });
    const unsubscribe = signal && onAbort(signal, cancel);
    engine.listen(id, (message) => (message.type === "progress" ? listener(message) : void answering(message)));
    try {
      await engine.call("open", [id, job.kind, options, resident]);
      await upload(engine, id, { ...job, input, file, arrays }, { signal, listener });
      // What is aborted from here on reaches a job that runs.
      if (signal?.aborted) throw aborted(signal);
      if (job.makes) job.makes.begun = true;
      const result = engine.call("run", [id, watch?.every ?? 0]);
      watch?.attend(engine, id);
      return { value: (await result) as Operations<Mode>[Name]["result"], where: whereabouts(engine, reason) };
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

/** Options of a function: those of the call, checked, and the others, which Rust checks. */
export function parted<T extends CallOptions>(
  options: T,
  example: string,
): { call: CallOptions; params: Omit<T, keyof CallOptions> } {
  const { signal, onProgress, ...params } = checkedCallOptions(options, example);
  return { call: { signal, onProgress }, params };
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
  const moved = values && [values.buffer as ArrayBuffer];
  await engine.call("answer", [id, values], moved).catch(() => {});
}

/** Code of the user's that throws ends the job, and the call rejects with what it threw. */
function guarded(onProgress: CallOptions["onProgress"], cancel: () => void) {
  let error: unknown;
  const failed = (thrown: unknown) => {
    error ??= thrown ?? new UmapError("invalid-parameter", `a callback threw ${thrown} instead of an Error`);
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

/** JSON cannot express these, and dropping them would hide a mistake: Rust reports what it expects instead. */
function optionsText(options: object): string {
  try {
    return JSON.stringify(options, (_key, value) => {
      // JSON has no typed arrays, which parameters of metrics may be.
      if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Float64Array);
      return isWritable(value) ? value : `\0${described(value)}`;
    });
  } catch (cause) {
    throw new UmapError("invalid-parameter", `options: expected plain values, got ${cause}`, { cause });
  }
}

function isWritable(value: unknown): boolean {
  return (
    !["bigint", "symbol", "function"].includes(typeof value) && (typeof value !== "number" || Number.isFinite(value))
  );
}
