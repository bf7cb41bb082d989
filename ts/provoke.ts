import { runJob } from "./engine/run.js";

/**
 * Ends the module in the way that is asked for, so that tests can do it to the module that ships.
 * @internal
 */
export async function __provoke(kind: string, nThreads?: number): Promise<void> {
  await runJob({ kind: "provoke", options: { kind }, nThreads });
}
