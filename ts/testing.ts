import { Resident } from "./engine/resident.js";
import { runJob } from "./engine/run.js";

/**
 * Ends the module in a given way, so that tests can do it to the module that ships.
 */
export async function provoke(failure: string, nThreads?: number): Promise<void> {
  await runJob({ kind: "provoke", options: { failure, nThreads } });
}

/**
 * Something that stays in the module.
 */
export class Kept {
  private readonly resident = new Resident(this);

  async keep(nThreads: number): Promise<void> {
    await runJob({ kind: "provoke", options: { failure: "keep", nThreads }, makes: this.resident });
  }

  async recall(): Promise<void> {
    await runJob({ kind: "provoke", options: { failure: "recall" }, on: this.resident });
  }

  release(): Promise<void> {
    return this.resident.release();
  }
}
