/** The worker that holds the module and drives its jobs, slice by slice, so that it hears messages in between. */
import { transfer } from "comlink";
import type { PlainError } from "../errors.js";
import type { Answer, Host, JobRequest } from "../protocol.js";
import type * as single from "../wasm/single/umap_wasm.js";
import type { WorkerScope } from "./scope.js";

/** Milliseconds of work between two looks at the messages: well under the 100 ms within which an abort is promised. */
const SLICE = 30;

/** What the host needs of a module; both builds have it. */
export type Wasm = Pick<typeof single, "initialize" | "Job" | "Points">;

/** Reports that the module ended. It must not be called again, not even to free. */
type Trapped = (thrown: unknown) => void;

export function createHost(wasm: Wasm, scope: WorkerScope, trapped: Trapped): Host {
  const points = new Map<number, single.Points>();
  const jobs = new Map<number, single.Job>();

  function take(id: number): single.Points | undefined {
    const taken = points.get(id);
    points.delete(id);
    return taken;
  }

  async function drive({ job: id, kind, points: input, options }: JobRequest): Promise<unknown> {
    const job = new wasm.Job(kind, input === undefined ? undefined : take(input), options);
    jobs.set(id, job);
    try {
      let result = job.step(SLICE);
      while (result === undefined) {
        scope.post({ type: "progress", job: id, fraction: job.fraction() });
        await scope.nextTurn();
        result = job.step(SLICE);
      }
      job.free();
      return result;
    } catch (thrown) {
      if (isPlainError(thrown)) job.free();
      throw thrown;
    } finally {
      jobs.delete(id);
    }
  }

  return {
    openPoints: (id, { rows, cols, dtype }) =>
      answer(trapped, () => void points.set(id, new wasm.Points(rows, cols, dtype))),
    appendPoints: (id, bytes) => answer(trapped, () => points.get(id)?.append(bytes)),
    closePoints: (id) => answer(trapped, () => take(id)?.free()),
    abort: (id) => answer(trapped, () => jobs.get(id)?.cancel()),
    run: async (request) => {
      try {
        const value = await drive(request);
        return transfer({ ok: true, value }, buffersIn(value));
      } catch (thrown) {
        return failed(trapped, thrown);
      }
    },
  };
}

function answer<T>(trapped: Trapped, call: () => T): Answer<T> {
  try {
    return { ok: true, value: call() };
  } catch (thrown) {
    return failed(trapped, thrown);
  }
}

/** Errors of the mathematics are plain objects with a code; everything else that is thrown ended the module. */
function failed(trapped: Trapped, thrown: unknown): { ok: false; error: PlainError } {
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
