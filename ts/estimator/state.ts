import type { Resident } from "../engine/resident.js";
import { Lifetime } from "./lifetime.js";

/** What every estimator has: a life, what the last fit found, and the model of it that stays in the module. */
export class State<Found> extends Lifetime {
  private found: Found | undefined;
  private kept: Resident | undefined;

  /** What the last fit found; before there is one it throws, saying `why`. */
  result(why?: string): Found {
    if (this.found !== undefined) return this.found;
    throw this.notFitted(why);
  }

  /** Where the model is; before there is one it throws. */
  model(): Resident {
    if (this.kept !== undefined) return this.kept;
    throw this.notFitted();
  }

  /** The same, undefined before there is one. */
  get modelIfAny(): Resident | undefined {
    return this.kept;
  }

  /** Takes over what a fit found, and its model in the place of the one before. */
  settle(found: Found | undefined, model: Resident): void {
    this.found = found;
    if (this.kept !== model) void this.kept?.release();
    this.kept = model;
  }

  /** Ends it: calls, results and the model, once what `before` waits for has ended. */
  async close(...before: Promise<unknown>[]): Promise<void> {
    this.dispose();
    const { kept } = this;
    [this.found, this.kept] = [undefined, undefined];
    await Promise.all(before);
    await kept?.release();
  }
}
