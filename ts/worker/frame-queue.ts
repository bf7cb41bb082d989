import type { Frame } from "../generated/operations.js";

/** Frames of one job: at most one waits, and the job waits with it until somebody takes it. */
export class FrameQueue {
  private frame: Frame | undefined;
  private taken: (() => void) | undefined;
  private arrived: ((frame: Frame | undefined) => void) | undefined;
  private ended = false;

  /** Resolves when the frame was taken, or the queue has ended. */
  offer(frame: Frame): Promise<void> {
    if (this.ended) return Promise.resolve();
    if (this.arrived) {
      this.arrived(frame);
      this.arrived = undefined;
      return Promise.resolve();
    }
    this.frame = frame;
    return new Promise((resolve) => {
      this.taken = resolve;
    });
  }

  /** The next frame, or undefined at the end. */
  take(): Promise<Frame | undefined> {
    const frame = this.frame;
    this.frame = undefined;
    this.taken?.();
    if (frame !== undefined || this.ended) return Promise.resolve(frame);
    return new Promise((resolve) => {
      this.arrived = resolve;
    });
  }

  end(): void {
    this.ended = true;
    this.taken?.();
    this.arrived?.(undefined);
  }
}
