import type { Backend, Build } from "./protocol.js";

/** Settings of the package as a whole; they hold for what is started after the call. */
export interface Configuration {
  /** `auto` (default): threads where they are possible, otherwise the single-threaded build; the results are equal. */
  backend?: "auto" | Backend;
  /** Where the worker's script is, if not beside the package. */
  workerUrl?: string | URL;
  /** Where the modules are, if not beside the package; without `relaxed`, `threads` serves all engines. */
  wasmUrl?: Partial<Record<Build, string | URL>>;
  /** Milliseconds that the workers may take to start. */
  startTimeout?: number;
}

export const configuration: Configuration & { startTimeout: number } = { startTimeout: 30_000 };

/** Sets how workers are started. Not needed where one import is enough: Node, bundlers, a page's module script. */
export function configure(changes: Configuration): void {
  Object.assign(configuration, changes);
}
