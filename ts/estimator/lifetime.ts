import { anyOf } from "../engine/abort.js";
import { type CallOptions, checkedCall } from "../engine/run.js";
import { UmapError } from "../errors.js";
import type { ErrorCode } from "../generated/index.js";

/** The life of an object that a user disposes of: calls end with it, and after it there are none. */
export class Lifetime {
  private readonly end = new AbortController();
  private readonly name: string;
  private readonly code: ErrorCode;
  private fits = 0;
  private latest: AbortController | undefined;

  /** `code` is that of calls that come too late. */
  constructor(name: string, code: ErrorCode = "not-fitted") {
    this.name = name;
    this.code = code;
  }

  /** Aborted when it is over. */
  get signal(): AbortSignal {
    return this.end.signal;
  }

  /** Ends it, and all calls. */
  dispose(): void {
    this.end.abort(this.disposed());
  }

  /** Options of a call, checked, which ends with the object; `more` as in `checkedCall`. */
  call<T extends CallOptions>(call: T, more: string[] = []): T {
    const { signal } = checkedCall(call, more);
    if (this.signal.aborted) throw this.disposed();
    return { ...call, signal: signal === undefined ? this.signal : anyOf(this.signal, signal) };
  }

  /** The same for a fit, which takes the place of one that runs: of two fits the later one counts. */
  fit<T extends CallOptions>(call: T, more: string[] = []): T {
    const checked = this.call(call, more);
    this.latest?.abort(new UmapError("cancelled", `a later fit of the same ${this.name} took its place`));
    this.latest = new AbortController();
    return { ...checked, signal: anyOf(checked.signal, this.latest.signal) };
  }

  /** A fit, during which there is no result yet. */
  async fitting<T>(fit: Promise<T>): Promise<T> {
    this.fits += 1;
    try {
      return await fit;
    } finally {
      this.fits -= 1;
    }
  }

  /** Why there is no result. */
  notFitted(why = "there is no result before fit"): UmapError {
    if (this.signal.aborted) return this.disposed();
    const running = "the fit has not ended: await it before you ask for its results";
    return new UmapError("not-fitted", this.fits > 0 ? running : why);
  }

  private disposed(): UmapError {
    return new UmapError(this.code, `the ${this.name} was disposed: make a new one, or load one that was saved`);
  }
}
