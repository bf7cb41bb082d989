/** What a worker needs of the platform it runs on. */
import type { Endpoint } from "comlink";
import type { WorkerMessage } from "../protocol.js";

export interface WorkerScope {
  /** The supervisor. */
  endpoint: Endpoint;
  post(message: WorkerMessage, moved?: ArrayBuffer[]): void;
  /** Calls back for every message that is not a comlink call. */
  listen(callback: (message: unknown) => void): void;
  /** Resolves after waiting messages were delivered. */
  nextTurn(): Promise<void>;
}
