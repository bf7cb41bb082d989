/** Both entry points with everything inside, for CommonJS. */
export * from "./node-inline.js";
export * from "./node-inline-parametric.js";
