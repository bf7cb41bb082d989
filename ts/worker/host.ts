/** The worker that holds the module and drives its jobs, slice by slice, so that it hears messages in between. */
import type { PlainError } from "../errors.js";
import type { JobProgress } from "../generated/operations.js";
import type { Host } from "../protocol.js";
import { buffersIn, isPlainError } from "./answers.js";
import { FrameQueue } from "./frame-queue.js";
import type { Glue } from "./glue.js";
import type { WorkerScope } from "./scope.js";

/**
 * Milliseconds of work between two looks at the messages, shared by the jobs that run: well under the 100 ms within
 * which an abort is promised.
 */
const SLICE = 30;

interface Entry {
  job: InstanceType<Glue["Job"]>;
  running: boolean;
  frames: FrameQueue;
  /** Called with the answer to the job's question, while there is one. */
  answered?: (values: Float32Array | undefined) => void;
}

export function createHost(glue: Glue, scope: WorkerScope): Host {
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
    open: (id, operation, options, resident) => {
      jobs.set(id, { job: new glue.Job(operation, options, resident), running: false, frames: new FrameQueue() });
    },
    openPoints: (id, name, rows, cols, dtype) => entry(id).job.openPoints(name, rows, cols, dtype),
    push: (id, name, dtype, bytes) => {
      entry(id).job.push(name, dtype, bytes);
      return bytes;
    },
    run,
    frame: async (id) => jobs.get(id)?.frames.take(),
    answer: (id, values) => jobs.get(id)?.answered?.(values),
    cancel,
    release: (resident) => glue.release(resident),
  };
}

async function drive(id: number, entry: Entry, scope: WorkerScope, slice: () => number): Promise<unknown> {
  const { job, frames } = entry;
  const progress = (): JobProgress => job.progress();
  let now = progress();
  const step = () => {
    const result = job.step(slice());
    const last = now;
    now = progress();
    for (const { stage, slice } of now.ended) {
      // What the next stage has begun with is not this one's.
      const { epoch, loss } = [now, last].find((at) => at.stage === stage) ?? {};
      scope.post({ type: "progress", job: id, stage, fraction: 1, epoch, loss, slice });
    }
    return result;
  };
  let result = step();
  while (result === undefined) {
    const { stage, fraction, epoch, loss, slice } = now;
    scope.post({ type: "progress", job: id, stage, fraction, epoch, loss, slice });
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
