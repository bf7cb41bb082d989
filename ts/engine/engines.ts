/** The engines of this thread: all estimators with the same number of threads share one. */
import { configuration } from "../configure.js";
import { MAX_THREADS } from "../generated/index.js";
import { platform } from "../platform/platform.js";
import type { Backend } from "../protocol.js";
import { untilAborted } from "./abort.js";
import { Engine } from "./engine.js";

const engines = new Set<Engine>();
let latest: Engine | undefined;

/** Runs `use` with an engine that is started, keeping it from being ended meanwhile. */
export async function withEngine<T>(
  { threads, signal }: { threads: unknown; signal?: AbortSignal },
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = engineFor(chosenBackend().backend, poolSize(threads));
  latest = engine;
  endUnused();
  engine.enter();
  try {
    await untilAborted(engine.ready, signal);
    return await use(engine);
  } finally {
    engine.leave();
    endUnused();
  }
}

/** Which build runs here, and why. */
export function chosenBackend(): { backend: Backend; reason: string } {
  const wanted = configuration.backend ?? "auto";
  if (wanted !== "auto") return { backend: wanted, reason: "configured" };
  const obstacle = platform().noThreads();
  return obstacle === undefined
    ? { backend: "threads", reason: "shared memory is available" }
    : { backend: "single", reason: obstacle };
}

/** A number that cannot be is left to the options' own check, which says what is accepted. */
function poolSize(threads: unknown): number {
  const fits = Number.isInteger(threads) && Number(threads) > 0 && Number(threads) <= MAX_THREADS;
  return fits ? Number(threads) : Math.min(platform().processors(), MAX_THREADS);
}

function engineFor(backend: Backend, threads: number): Engine {
  for (const engine of engines) {
    if (engine.alive && engine.backend === backend && (backend === "single" || engine.threads === threads))
      return engine;
  }
  const engine = new Engine(backend, threads);
  engines.add(engine);
  return engine;
}

/** Every engine reserves gigabytes of addresses: only the latest stays when it is idle. */
function endUnused(): void {
  for (const engine of engines) {
    if (engine.idle && engine !== latest) engine.end("instance-lost", "the engine was ended because it was idle");
    if (!engine.alive) engines.delete(engine);
  }
}
