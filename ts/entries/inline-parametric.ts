/** `umap-wasm/inline/parametric` in browsers. */
import { browser } from "../platform/browser.js";
import { inlineWorker } from "../platform/browser-inline-worker.js";
import { inlineParametricModules } from "../platform/inline-parametric-files.js";
import { install } from "../platform/platform.js";

install(browser, { worker: inlineWorker, modules: inlineParametricModules });

export * from "../parametric/index.js";
