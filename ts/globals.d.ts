/** Pages of memory that the threaded module asks for at least; the build reads it from the module. */
declare const INITIAL_PAGES: number;

/** crates/umap-js, which the build writes into the bundle. */
declare module "umap-js/module" {
  /** Raw LZMA data in base64: gzip takes the third back that base64 adds. */
  export const compressed: string;
  /** Bytes of the module. */
  export const size: number;
}

/** The worker's scripts, which the build writes into the entry points with everything inside. */
declare module "umap-wasm/worker-script" {
  const script: string;
  export default script;
}

declare module "umap-wasm/node-worker-script" {
  const script: string;
  export default script;
}

/** The modules, which the build writes into scripts of their own. */
declare module "umap-wasm/data/*" {
  /** Compressed by gzip, in base64. */
  const module: string;
  export default module;
}

/** datasets/digits.u8 in base64. */
declare module "umap-wasm/digits-data" {
  export const pixels: string;
  export const labels: string;
}
