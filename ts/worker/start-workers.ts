/**
 * Takes the place of wasm-bindgen-rayon's `workerHelpers.js` (see scripts/bundle.mjs). The host does not start the
 * pool itself: it may sleep in `Atomics.wait` while a pool worker dies, and then nobody would hear of it. The
 * supervisor starts the workers and hears of everything.
 */
interface PoolBuilder {
  numThreads(): number;
  receiver(): number;
  build(): void;
}

let askSupervisor: ((receiver: number) => Promise<void>) | undefined;

/** Sets how the pool's workers are requested; before the pool is started. */
export function onPoolNeeded(ask: (receiver: number) => Promise<void>): void {
  askSupervisor = ask;
}

/** Called by the module. */
export async function startWorkers(
  _module: WebAssembly.Module,
  _memory: WebAssembly.Memory,
  builder: PoolBuilder,
): Promise<void> {
  await askSupervisor?.(builder.receiver());
  builder.build();
}
