import { UmapError } from "../errors.js";
import type { Engine } from "./engine.js";
import { endUnused } from "./engines.js";

let residents = 0;

/** An owner that nobody holds any more has no use for what it had in the module. */
const forgotten = new FinalizationRegistry<Resident>((resident) => void resident.release());

/**
 * A handle on something that stays in a module between calls: a fitted model, an index. A job that `makes` it fills it
 * (runJob), jobs `on` it run where it is. Its engine stays while there is one, but does not keep the process alive.
 */
export class Resident {
  /** Never 0, which stands for none. */
  readonly id = ++residents;
  /** Whether the job that makes it came to run; before that nothing is there. */
  begun = false;
  private engine: Engine | undefined;
  private released = false;

  constructor(owner?: object) {
    if (owner) this.belongTo(owner);
  }

  /** It is released when its owner is collected, at the latest. It must not hold its owner itself. */
  belongTo(owner: object): void {
    forgotten.register(owner, this, this);
  }

  /** Records where it is, before the job that makes it runs. */
  settle(engine: Engine): void {
    this.engine = engine;
    if (!this.released) engine.residents.add(this.id);
  }

  /** Where it is. */
  whereabouts(): Engine {
    if (this.engine?.alive && !this.released) return this.engine;
    const why = this.released ? "it was disposed" : "the module that held it has ended";
    throw new UmapError("instance-lost", `${why}: fit again, or load what was saved`);
  }

  /** What a job that makes it gives; of one that fails nothing stays. */
  async unlessFailed<T>(job: Promise<T>): Promise<T> {
    try {
      return await job;
    } catch (error) {
      await this.release();
      throw error;
    }
  }

  /** Frees its memory once the jobs on it have ended. */
  async release(): Promise<void> {
    forgotten.unregister(this);
    this.released = true;
    const { engine, id } = this;
    if (!engine?.residents.delete(id) || !engine.alive) return;
    engine.enter();
    // A module that ended meanwhile has freed it too.
    await engine.call("release", [id]).catch(() => {});
    engine.leave();
    endUnused();
  }
}
