import type { Platform, WorkerHandle } from "./platform.js";

export const browser: Platform = {
  // `new URL` with a literal and `import.meta.url` is what bundlers recognise: they copy the file and put its new
  // address here. The worker's script is complete in itself, so a copy is all it needs.
  workerUrl: new URL("./worker.js", import.meta.url),
  wasmUrl: {
    threads: new URL("./umap_wasm_threads.wasm", import.meta.url),
    relaxed: new URL("./umap_wasm_relaxed.wasm", import.meta.url),
    single: new URL("./umap_wasm_single.wasm", import.meta.url),
    "parametric-threads": new URL("./umap_wasm_parametric_threads.wasm", import.meta.url),
    "parametric-single": new URL("./umap_wasm_parametric_single.wasm", import.meta.url),
  },
  spawn,
  compile,
  noThreads,
  processors: () => navigator.hardwareConcurrency ?? 1,
};

function spawn(url: URL): WorkerHandle {
  const worker = new Worker(url, { type: "module", name: "umap-wasm" });
  return {
    endpoint: worker,
    listen: (callback) => worker.addEventListener("message", (event) => callback(event.data)),
    onFailure: (callback) => {
      // A script that cannot be loaded is a plain event without a message.
      worker.addEventListener("error", (event) => callback(event.message ?? "its script could not be loaded"));
      worker.addEventListener("messageerror", () => callback("a message could not be read"));
    },
    keepAlive: () => {},
    terminate: () => worker.terminate(),
  };
}

async function compile(url: URL): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`status ${response.status}`);
  const retry = response.clone();
  try {
    return await WebAssembly.compileStreaming(response);
  } catch (error) {
    // Servers that do not know `application/wasm`.
    if (!(error instanceof TypeError)) throw error;
    return WebAssembly.compile(await retry.arrayBuffer());
  }
}

function noThreads(): string | undefined {
  if (typeof SharedArrayBuffer === "function" && globalThis.crossOriginIsolated) return undefined;
  return "the page is not cross-origin isolated (it needs the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)";
}
