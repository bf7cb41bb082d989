/** The package's files beside its scripts, in Node. */
import type { PackageFiles } from "./platform.js";

export const nodeFiles: PackageFiles = {
  // CommonJS: bundlers copy the script to where no package.json makes it a module.
  worker: () => new URL("./node-worker.cjs", import.meta.url),
  modules: {
    threads: () => new URL("./umap_wasm_threads.wasm", import.meta.url),
    relaxed: () => new URL("./umap_wasm_relaxed.wasm", import.meta.url),
    single: () => new URL("./umap_wasm_single.wasm", import.meta.url),
  },
};
