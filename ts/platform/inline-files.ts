/** The package's modules as scripts, for bundlers that copy no other files. Each is loaded when it is needed. */
import type { PackageFiles } from "./platform.js";
import { unpacked } from "./unpacked.js";

/** `relaxed` is left out: `threads` serves all engines, with the same results. */
export const inlineModules: PackageFiles["modules"] = { threads: () => threads, single: () => single };

// Named, so that they are the same for every call: a module is compiled once for each source.
const threads = () => unpacked(import("umap-wasm/data/threads"));
const single = () => unpacked(import("umap-wasm/data/single"));
