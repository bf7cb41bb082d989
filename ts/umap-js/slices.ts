/**
 * Work that can be done at once or in slices: a generator that yields when its slice is used up. Whoever drives it decides
 * how long slices are and what happens between them; what is computed does not depend on it.
 */

/** Work with a result. */
export type Work<T> = Generator<void, T, void>;

/** How long a slice lasts: two of them fit into a frame of a page. */
const SLICE_MS = 8;

/** The time that work has before it should yield. */
export class Slice {
  #end: number;

  /** `ms` milliseconds from now; `Infinity` for work that is done at once. */
  constructor(private readonly ms: number) {
    this.#end = performance.now() + ms;
  }

  /** Milliseconds that are left. */
  get left(): number {
    return this.#end - performance.now();
  }

  /** Starts the next slice. */
  begin(): void {
    this.#end = performance.now() + this.ms;
  }
}

/** Does work at once. */
export function atOnce<T>(start: (slice: Slice) => Work<T>): T {
  const work = start(new Slice(Number.POSITIVE_INFINITY));
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}

/** Does work in slices; between them the thread is free for whatever else waits. */
export async function inSlices<T>(start: (slice: Slice) => Work<T>): Promise<T> {
  const slice = new Slice(SLICE_MS);
  const work = start(slice);
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    await nextTask();
    slice.begin();
  }
}

let channel: MessageChannel | undefined;
const waiting: (() => void)[] = [];

/** Resolves after all that waits already. Timers would wait 4 ms each in pages. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    if (channel === undefined) {
      channel = new MessageChannel();
      channel.port1.onmessage = () => waiting.shift()?.();
    }
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}
