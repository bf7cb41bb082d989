import script from "umap-wasm/worker-script";

let url: URL | undefined;

/** The address of the worker's script, which is part of this one. A content security policy has to allow `worker-src blob:`. */
export function inlineWorker(): URL {
  url ??= new URL(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
  return url;
}
