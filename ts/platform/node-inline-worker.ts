import script from "umap-wasm/node-worker-script";

/** The address of the worker's script, which is part of this one. */
export function inlineWorker(): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(script)}`);
}
