/** The worker that holds the module and drives its jobs, slice by slice, so that it hears messages in between. */
import { transfer } from "comlink";
import type { PlainError } from "../errors.js";
import type { Stage } from "../generated/index.js";
import type { Answer, Host } from "../protocol.js";
import type * as single from "../wasm/single/umap_wasm.js";
import { FrameQueue } from "./frame-queue.js";
import type { WorkerScope } from "./scope.js";

/**
 * Milliseconds of work between two looks at the messages, shared by the jobs that run: well under the 100 ms within
 * which an abort is promised.
 */
const SLICE = 30;

/** What the host needs of a module; both builds have it. */
export type Wasm = Pick<typeof single, "initialize" | "Job" | "release">;

/** Reports that the module ended. It must not be called again, not even to free. */
type Trapped = (thrown: unknown) => void;

interface Entry {
  job: single.Job;
  running: boolean;
  frames: FrameQueue;
  /** Called with the answer to the job's question, while there is one. */
  answered?: (values: Float32Array | undefined) => void;
}

export function createHost(wasm: Wasm, scope: WorkerScope, trapped: Trapped): Host {
  const jobs = new Map<number, Entry>();
  const entry = (id: number) => {
    const found = jobs.get(id);
    if (found === undefined) throw { code: "instance-lost", message: `there is no job ${id}` } satisfies PlainError;
    return found;
  };

  function forget(id: number): void {
    const { job, frames } = entry(id);
    jobs.delete(id);
    frames.end();
    job.free();
  }

  function cancel(id: number): void {
    const found = jobs.get(id);
    found?.job.cancel();
    found?.frames.end();
    if (found && !found.running) forget(id);
  }

  async function run(id: number, framesEvery: number): Promise<unknown> {
    const started = entry(id);
    started.running = true;
    started.job.requestFrames(framesEvery);
    try {
      started.job.start();
      const slice = () => SLICE / [...jobs.values()].filter(({ running }) => running).length;
      const result = await drive(id, started, scope, slice);
      forget(id);
      return result;
    } catch (thrown) {
      if (isPlainError(thrown)) forget(id);
      throw thrown;
    }
  }

  return {
    open: (id, operation, options, resident) =>
      answer(trapped, () => {
        jobs.set(id, { job: new wasm.Job(operation, options, resident), running: false, frames: new FrameQueue() });
      }),
    openPoints: (id, name, rows, cols, dtype) =>
      answer(trapped, () => entry(id).job.openPoints(name, rows, cols, dtype)),
    push: (id, name, { dtype, role }, bytes) =>
      answerLater(trapped, async () => {
        entry(id).job.push(name, dtype, role, bytes);
        return bytes;
      }),
    answer: (id, values) => answer(trapped, () => jobs.get(id)?.answered?.(values)),
    cancel: (id) => answer(trapped, () => cancel(id)),
    run: (id, framesEvery) => answerLater(trapped, () => run(id, framesEvery)),
    release: (resident) => answer(trapped, () => wasm.release(resident)),
    frame: (id) => answerLater(trapped, async () => jobs.get(id)?.frames.take()),
  };
}

/** As crates/umap-core/src/pulse.rs writes it. */
interface EndedStage {
  stage: Stage;
  slice: number | null;
}

async function drive(id: number, entry: Entry, scope: WorkerScope, slice: () => number): Promise<unknown> {
  const { job, frames } = entry;
  const now = () => ({ stage: job.stage() as Stage, epoch: job.epoch(), loss: job.loss() });
  let last = now();
  const step = () => {
    const result = job.step(slice());
    for (const { stage, slice } of job.takeEnded() as EndedStage[]) {
      // What the next stage has begun with is not this one's.
      const known = [now(), last].find((at) => at.stage === stage);
      const { epoch, loss } = known ?? { epoch: undefined, loss: undefined };
      scope.post({ type: "progress", job: id, stage, fraction: 1, epoch, loss, slice: slice ?? undefined });
    }
    return result;
  };
  let result = step();
  while (result === undefined) {
    last = now();
    scope.post({ type: "progress", job: id, ...last, fraction: job.fraction(), slice: job.slice() });
    const frame = job.takeFrame();
    // The layout goes on when the frame has been taken.
    if (frame !== undefined) await frames.offer(frame);
    const question = job.takeQuestion();
    if (question !== undefined) {
      const answered = new Promise<Float32Array | undefined>((resolve) => {
        entry.answered = resolve;
      });
      scope.post({ type: "question", job: id, ...question }, buffersIn(question));
      job.answer(await answered);
    }
    await scope.nextTurn();
    result = step();
  }
  return result;
}

function answer<T>(trapped: Trapped, call: () => T): Answer<T> {
  try {
    return { ok: true, value: call() };
  } catch (thrown) {
    return failure(trapped, thrown);
  }
}

/** The answer may come later, and what memory it holds is moved, not copied. */
async function answerLater<T>(trapped: Trapped, call: () => Promise<T>): Promise<Answer<T>> {
  try {
    const value = await call();
    return transfer({ ok: true, value }, buffersIn(value));
  } catch (thrown) {
    return failure(trapped, thrown);
  }
}

/** Errors of the mathematics are plain objects with a code; everything else that is thrown ended the module. */
function failure(trapped: Trapped, thrown: unknown): { ok: false; error: PlainError } {
  if (isPlainError(thrown)) return { ok: false, error: thrown };
  trapped(thrown);
  return { ok: false, error: { code: "panic", message: String(thrown) } };
}

function isPlainError(thrown: unknown): thrown is PlainError {
  return typeof thrown === "object" && thrown !== null && !(thrown instanceof Error) && "code" in thrown;
}

/** The buffers of the typed arrays in a result: they move to the supervisor, they are not copied. */
function buffersIn(value: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(buffersIn);
}
