/** `umap-wasm/inline` in Node. */

import { inlineModules } from "../platform/inline-files.js";
import { node } from "../platform/node.js";
import { inlineWorker } from "../platform/node-inline-worker.js";
import { install } from "../platform/platform.js";

install(node, { worker: inlineWorker, modules: inlineModules });

export * from "../index.js";
