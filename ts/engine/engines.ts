/** The engines of this thread: all estimators that need the same of the module, with the same number of threads, share one. */
import { configuration } from "../configure.js";
import { UmapError } from "../errors.js";
import { DEFAULT_THREADS, MAX_THREADS } from "../generated/index.js";
import { platform } from "../platform/platform.js";
import type { Backend, Capability } from "../protocol.js";
import { untilAborted } from "./abort.js";
import { Engine } from "./engine.js";

const engines = new Set<Engine>();
let latest: Engine | undefined;

interface Wanted {
  capability: Capability;
  threads: unknown;
  signal: AbortSignal | undefined;
  isSmall: boolean;
}

/** Runs `use` with an engine that is started, keeping it from being ended meanwhile. */
export async function withEngine<T>(
  { capability, threads, signal, isSmall }: Wanted,
  use: (engine: Engine, reason: string) => Promise<T>,
): Promise<T> {
  if (typeof WebAssembly === "undefined") {
    const message =
      "this engine has no WebAssembly, which umap-wasm needs: run Node without --jitless, or the page where it is allowed";
    throw new UmapError("worker-start", message);
  }
  // An explicit number of threads is honoured.
  const { backend, reason } = chosenBackend(capability, isSmall && (threads === undefined || threads === -1));
  const engine = engineFor(backend, capability, poolSize(threads));
  latest = engine;
  endUnused();
  return using(engine, signal, () => use(engine, reason));
}

/** The same with an engine that is there already. */
export async function using<T>(engine: Engine, signal: AbortSignal | undefined, use: () => Promise<T>): Promise<T> {
  engine.enter();
  try {
    await untilAborted(engine.ready, signal);
    return await use();
  } finally {
    engine.leave();
    endUnused();
  }
}

/**
 * Which build runs a call, and why.
 *
 * Starting a pool costs 80 ms (2 processors, Node 20; 500 x 64: 258 ms in all against 177), more than it saves on few
 * points, and the results are equal; a pool that runs already serves them too.
 */
function chosenBackend(capability: Capability, isSmall: boolean): { backend: Backend; reason: string } {
  const wanted = configuration.backend ?? "auto";
  if (wanted !== "auto") return { backend: wanted, reason: "configured" };
  const obstacle = platform().noThreads();
  if (obstacle !== undefined) return { backend: "single", reason: obstacle };
  if (isSmall && !hasPool(capability)) {
    return { backend: "single", reason: "few points: starting threads takes longer than they save" };
  }
  return { backend: "threads", reason: "shared memory is available" };
}

function hasPool(capability: Capability): boolean {
  return [...engines].some(
    (engine) => engine.alive && engine.backend === "threads" && engine.capability === capability,
  );
}

/** A number that cannot be is left to the options' own check, whose message lists what is accepted. */
function poolSize(threads: unknown): number {
  const fits = Number.isInteger(threads) && Number(threads) > 0 && Number(threads) <= MAX_THREADS;
  return fits ? Number(threads) : Math.min(platform().processors(), DEFAULT_THREADS);
}

function engineFor(backend: Backend, capability: Capability, threads: number): Engine {
  for (const engine of engines) {
    const fits = engine.backend === backend && engine.capability === capability;
    if (engine.alive && fits && (backend === "single" || engine.threads === threads)) return engine;
  }
  const engine = new Engine(backend, capability, threads);
  engines.add(engine);
  return engine;
}

/** Every engine reserves gigabytes of addresses: only the latest, and those that hold something, stay when idle. */
export function endUnused(): void {
  for (const engine of engines) {
    if (engine.unused && engine !== latest) engine.end("instance-lost", "the engine was ended because it was idle");
    if (!engine.alive) engines.delete(engine);
  }
}
