import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { Platform, WorkerHandle } from "./platform.js";

export const node: Platform = {
  workerFile: "node-worker.cjs",
  resolve: (setting) => (URL.canParse(setting) ? new URL(setting) : pathToFileURL(String(setting))),
  spawn,
  compile: async (url) => WebAssembly.compile(await readFile(real(url))),
  advice: () =>
    'If umap-wasm was bundled, leave it out of the bundle (Next.js: serverExternalPackages: ["umap-wasm"]; esbuild and webpack: as an external), import "umap-wasm/inline" instead, which has its files inside, or call configure({ baseUrl }) with the path of a copy of its folder dist.',
  noThreads: () => undefined,
  processors: availableParallelism,
};

function spawn(url: URL): WorkerHandle {
  // Loaders and flags of the program are not for this worker: it is plain JavaScript and imports nothing.
  const worker = new Worker(real(url), { name: "umap-wasm", execArgv: [] });
  let terminated = false;
  return {
    post: (message, moved = []) => worker.postMessage(message, moved),
    listen: (callback) => worker.on("message", callback),
    onFailure: (callback) => {
      worker.on("error", (error) => callback(String(error)));
      worker.on("exit", (code) => terminated || callback(`it exited with code ${code}`));
    },
    keepAlive: (alive) => (alive ? worker.ref() : worker.unref()),
    terminate: () => {
      terminated = true;
      void worker.terminate();
    },
  };
}

/** webpack's URLs are objects that Node does not take for URLs. */
function real({ href }: URL): URL {
  return new URL(href);
}
