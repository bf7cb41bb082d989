import { described } from "./describe.js";
import { anyOf } from "./engine/abort.js";
import type { Engine } from "./engine/engine.js";
import { UmapError } from "./errors.js";
import { type FitRequest, fit } from "./fit.js";
import type { Fitted, Frame } from "./results.js";

/**
 * Fits, yielding the layout every so many epochs. The layout waits for its frames to be taken; leaving the loop early
 * stops the work. `finish` takes what the fit finds, or what is left of it.
 */
export async function* frames(
  request: FitRequest,
  every: number,
  finish: (fit: Promise<Fitted>) => Promise<unknown>,
): AsyncGenerator<Frame> {
  if (!Number.isInteger(every) || every < 1) {
    throw new UmapError("invalid-parameter", `every: expected an integer, at least 1, got ${described(every)}`);
  }
  const stop = new AbortController();
  const call = { ...request.call, signal: anyOf(stop.signal, request.call.signal) };
  let started: (job: [Engine, number]) => void;
  const running = new Promise<[Engine, number]>((resolve) => {
    started = resolve;
  });
  const fitted = finish(fit({ ...request, call, frames: { every, attend: (...job) => started(job) } }));
  try {
    // A fit that fails before it runs rejects here.
    const [engine, job] = await Promise.race([running, fitted.then(() => running)]);
    for (;;) {
      const frame = await engine.call("frame", [job]);
      if (frame === undefined) break;
      // Whoever has the frame may never come back: that is no reason for the process to stay.
      engine.leave();
      try {
        yield frame;
      } finally {
        engine.enter();
      }
    }
    await fitted;
  } finally {
    stop.abort();
    await fitted.catch(() => {});
  }
}
