/** `umap-wasm/parametric` in browsers. */
import { browser } from "../platform/browser.js";
import { browserFiles } from "../platform/browser-files.js";
import { browserParametricFiles } from "../platform/browser-parametric-files.js";
import { install } from "../platform/platform.js";

install(browser, { ...browserFiles, modules: browserParametricFiles });

export * from "../parametric/index.js";
