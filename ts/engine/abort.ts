import { UmapError } from "../errors.js";

/** What an aborted call rejects with. */
export function aborted(signal: AbortSignal): UmapError {
  return new UmapError("cancelled", "the call was aborted", { cause: signal.reason });
}

/** What the promise gives, unless the signal is aborted before that. */
export function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(aborted(signal));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
