/** Both entry points in Node, for CommonJS: they share their workers only within one file. */
export * from "./node-index.js";
export * from "./node-parametric.js";
