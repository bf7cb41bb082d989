import { runJob } from "./engine/run.js";

/**
 * Ends the module in the way that is asked for, so that tests can do it to the module that ships.
 * @internal
 */
export function __provoke(failure: string, nThreads?: number): Promise<void> {
  return runJob({ kind: "provoke", options: { failure, nThreads } });
}
