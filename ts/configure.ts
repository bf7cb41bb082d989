import type { Backend, Build } from "./protocol.js";

/** Settings of the package as a whole; they hold for what is started after the call. */
export interface Configuration {
  /** `auto` (default): threads where they are possible, otherwise the single-threaded build; the results are equal. */
  backend?: "auto" | Backend;
  /**
   * Where a copy of the package's folder `dist` is, if the files are not where the package looks for them. This and the
   * following are relative to the page, in Node to the working directory.
   */
  baseUrl?: string | URL;
  /** Where the worker's script is, if it is somewhere else. */
  workerUrl?: string | URL;
  /** Where the modules are, if they are somewhere else; without `relaxed`, `threads` serves all engines. */
  wasmUrl?: Partial<Record<Build, string | URL>>;
  /** Milliseconds that the workers may take to start. */
  startTimeout?: number;
}

export const configuration: Configuration & { startTimeout: number } = { startTimeout: 30_000 };

/** Sets how workers are started; later calls add to earlier ones. Not needed in Node, in a page, or with a bundler that copies assets. */
export function configure(changes: Configuration): void {
  Object.assign(configuration, changes);
}
