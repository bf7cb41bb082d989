/** `umap-wasm/parametric` in Node. */
import { node } from "../platform/node.js";
import { nodeFiles } from "../platform/node-files.js";
import { nodeParametricFiles } from "../platform/node-parametric-files.js";
import { install } from "../platform/platform.js";

install(node, { ...nodeFiles, modules: nodeParametricFiles });

export * from "../parametric/index.js";
