import type { Resident } from "../engine/resident.js";

/** The fit of an instance that was aborted last, as far as it came: another can go on from it, or be saved. */
export class Interrupted<Fit extends { resident: Resident }> {
  private kept: Fit | undefined;
  private done = false;
  private fits = 0;
  private readonly end: AbortSignal;

  /** `end` is when the instance has no use for it any more. */
  constructor(end: AbortSignal) {
    this.end = end;
  }

  /** Where it is. */
  get resident(): Resident | undefined {
    return this.kept?.resident;
  }

  /** Whether the last fit came to its end: there is nothing to go on with, and nothing missing. */
  get isDone(): boolean {
    return this.done;
  }

  /** To be called when a fit is requested. */
  begin(): void {
    this.done = false;
    this.fits += 1;
  }

  /** To be called when the last one came to its end; what was kept before it is of no use any more. */
  finish(): void {
    this.done = true;
    void this.drop();
  }

  /** Hands it over to a call that goes on with it. */
  take(): Fit | undefined {
    const { kept } = this;
    this.kept = undefined;
    return kept;
  }

  /** Takes it over, in the place of the one before. */
  put(fit: Fit): void {
    void this.drop();
    this.kept = fit;
  }

  /** What a fit gives. One that is aborted while it runs is kept; of one that fails nothing stays. */
  async unlessDone<T>(result: Promise<T>, fit: Fit): Promise<T> {
    this.begin();
    const { fits } = this;
    try {
      return await result;
    } catch (error) {
      const { code } = error as { code?: unknown };
      // Of one whose place another took nothing is wanted either.
      const isLast = fits === this.fits && !this.end.aborted;
      if (code === "cancelled" && fit.resident.begun && isLast) this.put(fit);
      else await fit.resident.release();
      throw error;
    }
  }

  /** What a training gives that is no fit: one that fails can not be gone on with, one that does not leaves all as it was. */
  async beside<T>(training: Promise<T>): Promise<T> {
    const { done } = this;
    this.begin();
    const result = await training;
    this.done = done;
    return result;
  }

  /** Frees it. */
  async drop(): Promise<void> {
    await this.take()?.resident.release();
  }
}
