/** What the supervisor needs of the platform it runs on; the entry points install theirs. */
import type { Endpoint } from "comlink";
import type { Build } from "../protocol.js";

export interface WorkerHandle {
  /** Calls and messages, as comlink speaks them on every platform. */
  endpoint: Endpoint;
  listen(callback: (message: unknown) => void): void;
  /** Calls back if the worker cannot be loaded, throws, or ends by itself. */
  onFailure(callback: (reason: string) => void): void;
  /** Whether the worker keeps the process alive. */
  keepAlive(alive: boolean): void;
  terminate(): void;
}

export interface Platform {
  workerUrl: URL;
  wasmUrl: Record<Build, URL>;
  spawn(url: URL): WorkerHandle;
  compile(url: URL): Promise<WebAssembly.Module>;
  /** Why there can be no threads here, if so. */
  noThreads(): string | undefined;
  /** How many threads the machine runs at once. */
  processors(): number;
}

let installed: Platform | undefined;

export function installPlatform(platform: Platform): void {
  installed = platform;
}

export function platform(): Platform {
  if (installed === undefined) throw new Error("no platform installed: import umap-wasm by its package name");
  return installed;
}
