import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import nodeEndpoint from "comlink/dist/esm/node-adapter.mjs";
import type { Platform, WorkerHandle } from "./platform.js";

export const node: Platform = {
  workerUrl: new URL("./worker.js", import.meta.url),
  wasmUrl: {
    threads: new URL("../umap_wasm_threads.wasm", import.meta.url),
    relaxed: new URL("../umap_wasm_relaxed.wasm", import.meta.url),
    single: new URL("../umap_wasm_single.wasm", import.meta.url),
    "parametric-threads": new URL("../umap_wasm_parametric_threads.wasm", import.meta.url),
    "parametric-single": new URL("../umap_wasm_parametric_single.wasm", import.meta.url),
  },
  spawn,
  compile: async (url) => WebAssembly.compile(await readFile(url)),
  noThreads: () => undefined,
  processors: availableParallelism,
};

function spawn(url: URL): WorkerHandle {
  // Loaders and flags of the program are not for this worker: it is plain JavaScript and imports nothing.
  const worker = new Worker(url, { name: "umap-wasm", execArgv: [] });
  let terminated = false;
  return {
    endpoint: nodeEndpoint(worker),
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
