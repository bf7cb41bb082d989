/** `umap-wasm` in browsers. */
import { browser } from "../platform/browser.js";
import { browserFiles } from "../platform/browser-files.js";
import { install } from "../platform/platform.js";

install(browser, browserFiles);

export * from "../index.js";
