/** The modules of ParametricUMAP as scripts: in a file of its own, so that bundles without it are without its modules. */
import type { PackageFiles } from "./platform.js";
import { unpacked } from "./unpacked.js";

export const inlineParametricModules: PackageFiles["modules"] = {
  "parametric-threads": () => threads,
  "parametric-single": () => single,
};

const threads = () => unpacked(import("umap-wasm/data/parametric-threads"));
const single = () => unpacked(import("umap-wasm/data/parametric-single"));
