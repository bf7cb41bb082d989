import { untilAborted } from "../engine/abort.js";

/** The order of calls on one thing: a change waits for all calls before it, what only reads waits for the changes before it. */
export class Turns {
  /** The last change; it never rejects. */
  private changed: Promise<unknown> = Promise.resolve();
  /** What reads now; none of them rejects. */
  private readonly reading = new Set<Promise<unknown>>();

  /** Does what changes the thing, after everything before it. Later calls wait for those before, also if this one is aborted. */
  change<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const before = Promise.all([this.changed, ...this.reading]);
    const changing = untilAborted(before, signal).then(work);
    this.changed = Promise.all([before, settled(changing)]);
    return changing;
  }

  /** Does what leaves the thing as it is. */
  read<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const reading = untilAborted(this.changed, signal).then(work);
    const ended = settled(reading).finally(() => this.reading.delete(ended));
    this.reading.add(ended);
    return reading;
  }

  /** Resolves when the changes so far have ended. */
  async idle(): Promise<void> {
    await this.changed;
  }
}

function settled(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch(() => {});
}
