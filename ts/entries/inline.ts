/** `umap-wasm/inline` in browsers. */
import { browser } from "../platform/browser.js";
import { inlineWorker } from "../platform/browser-inline-worker.js";
import { inlineModules } from "../platform/inline-files.js";
import { install } from "../platform/platform.js";

install(browser, { worker: inlineWorker, modules: inlineModules });

export * from "../index.js";
