import { UmapError } from "../errors.js";

/** What an aborted call rejects with. */
export function aborted({ reason }: AbortSignal): UmapError {
  const why = reason instanceof UmapError ? `: ${reason.message}` : "";
  return new UmapError("cancelled", `the call was aborted${why}`, { cause: reason });
}

/** What the promise gives, unless the signal is aborted before that. */
export function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(aborted(signal));
    // Nobody else may hear of what becomes of it.
    promise.catch(() => {});
    if (signal.aborted) return stop();
    const unsubscribe = onAbort(signal, stop);
    promise.then(resolve, reject).finally(unsubscribe);
  });
}

/** What waits for a signal: one listener calls all. Node warns of more than ten listeners, as if nobody removed them. */
interface Waiting {
  callbacks: Set<() => void>;
  listener: () => void;
}

const waiting = new WeakMap<AbortSignal, Waiting>();

/** Calls back when a signal is aborted, until the function that it gives is called. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, listener } = waiting.get(signal) ?? listenTo(signal);
  callbacks.add(callback);
  return () => {
    if (!callbacks.delete(callback) || callbacks.size > 0) return;
    signal.removeEventListener("abort", listener);
    waiting.delete(signal);
  };
}

function listenTo(signal: AbortSignal): Waiting {
  const callbacks = new Set<() => void>();
  const listener = () => {
    waiting.delete(signal);
    for (const callback of callbacks) callback();
  };
  signal.addEventListener("abort", listener, { once: true });
  waiting.set(signal, { callbacks, listener });
  return { callbacks, listener };
}

/** Aborted when one of them is. */
export function anyOf(...signals: (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined).map(ofThisRealm));
}

/** A signal of another frame or a library is none to `AbortSignal.any`. */
function ofThisRealm(signal: AbortSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  const { reason, aborted } = signal as AbortSignal;
  if (aborted) return AbortSignal.abort(reason);
  const controller = new AbortController();
  onAbort(signal, () => controller.abort((signal as AbortSignal).reason));
  return controller.signal;
}
