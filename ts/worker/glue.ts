/** The glue of each module, which wasm-bindgen writes for that module alone. */
import type { Build } from "../protocol.js";
import * as parametricSingle from "../wasm/parametric-single/umap_wasm.js";
import * as parametricThreads from "../wasm/parametric-threads/umap_wasm.js";
import * as relaxed from "../wasm/relaxed/umap_wasm.js";
import * as single from "../wasm/single/umap_wasm.js";
import * as threads from "../wasm/threads/umap_wasm.js";

/** What a worker needs of a module. */
export interface Glue extends Pick<typeof single, "initialize" | "Job" | "release"> {
  initSync(start: { module: WebAssembly.Module; memory?: WebAssembly.Memory }): { memory: WebAssembly.Memory };
}

interface ThreadedGlue extends Glue, Pick<typeof threads, "initThreadPool" | "wbg_rayon_start_worker"> {}

/** Of modules with shared memory. */
export const THREADED: Partial<Record<Build, ThreadedGlue>> = {
  threads,
  relaxed,
  "parametric-threads": parametricThreads,
};

/** Of the others. */
export const SINGLE: Partial<Record<Build, Glue>> = { single, "parametric-single": parametricSingle };
