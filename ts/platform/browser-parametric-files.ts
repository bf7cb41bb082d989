/** The modules of ParametricUMAP: in a file of its own, so that bundles without it are without its modules. */
import { outsideOfVite } from "./browser-files.js";
import type { PackageFiles } from "./platform.js";

export const browserParametricFiles: PackageFiles["modules"] = {
  "parametric-threads": () => outsideOfVite(new URL("./umap_wasm_parametric_threads.wasm", import.meta.url)),
  "parametric-single": () => outsideOfVite(new URL("./umap_wasm_parametric_single.wasm", import.meta.url)),
};
