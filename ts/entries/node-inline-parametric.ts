/** `umap-wasm/inline/parametric` in Node. */

import { inlineParametricModules } from "../platform/inline-parametric-files.js";
import { node } from "../platform/node.js";
import { inlineWorker } from "../platform/node-inline-worker.js";
import { install } from "../platform/platform.js";

install(node, { worker: inlineWorker, modules: inlineParametricModules });

export * from "../parametric/index.js";
