/** `umap-wasm` in Node. */
import { node } from "../platform/node.js";
import { nodeFiles } from "../platform/node-files.js";
import { install } from "../platform/platform.js";

install(node, nodeFiles);

export * from "../index.js";
