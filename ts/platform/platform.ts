/** What the supervisor needs of the platform it runs on; the entry points install theirs. */
import type { Build, FromWorker, ToWorker } from "../protocol.js";

export interface WorkerHandle {
  /** Sends a message; memory in `moved` goes with it. */
  post(message: ToWorker, moved?: ArrayBuffer[]): void;
  listen(callback: (message: FromWorker) => void): void;
  /** Calls back if the worker cannot be loaded, throws, or ends by itself. */
  onFailure(callback: (reason: string) => void): void;
  /** Whether the worker keeps the process alive. */
  keepAlive(alive: boolean): void;
  terminate(): void;
}

export interface Platform {
  /** The name of the worker's script among the package's files. */
  workerFile: string;
  /** The URL that a setting of the user's means: relative to the page, in Node to the working directory. */
  resolve(setting: string | URL): URL;
  spawn(url: URL): WorkerHandle;
  compile(url: URL): Promise<WebAssembly.Module>;
  /** What helps where a file of the package is not found. */
  advice(): string;
  /** Why there can be no threads here, if so. */
  noThreads(): string | undefined;
  /** How many threads the machine runs at once. */
  processors(): number;
}

/** Where a module is, or what unpacks it where it is part of the script. */
export type ModuleSource = URL | (() => Promise<Uint8Array<ArrayBuffer>>);

/**
 * The package's files, as an entry point knows them. They are functions because some bundles do not know where they are, and
 * such a bundle must be importable nevertheless: `configure` may set it.
 */
export interface PackageFiles {
  worker(): URL;
  modules: Partial<Record<Build, () => ModuleSource>>;
}

let installed: (PackageFiles & { platform: Platform }) | undefined;

/** Called by every entry point; later ones add modules. */
export function install(platform: Platform, { worker, modules }: PackageFiles): void {
  installed = { platform, worker, modules: { ...installed?.modules, ...modules } };
}

export function platform(): Platform {
  return there().platform;
}

export function packageFiles(): PackageFiles {
  return there();
}

function there() {
  if (installed === undefined) throw new Error("no platform installed: import umap-wasm by its package name");
  return installed;
}
