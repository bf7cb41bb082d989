/** What a worker needs of the platform it runs on. */
import type { FromWorker, ToWorker } from "../protocol.js";

export interface WorkerScope {
  /** Sends a message to the supervisor; memory in `moved` goes with it. */
  post(message: FromWorker, moved?: ArrayBuffer[]): void;
  listen(callback: (message: ToWorker) => void): void;
  /** Resolves after waiting messages were delivered. */
  nextTurn(): Promise<void>;
}
