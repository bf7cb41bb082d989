/** The modules of ParametricUMAP, in Node. */
import type { PackageFiles } from "./platform.js";

export const nodeParametricFiles: PackageFiles["modules"] = {
  "parametric-threads": () => new URL("./umap_wasm_parametric_threads.wasm", import.meta.url),
  "parametric-single": () => new URL("./umap_wasm_parametric_single.wasm", import.meta.url),
};
