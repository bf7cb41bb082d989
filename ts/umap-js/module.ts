/** The module of crates/umap-js, which is in this file: compiled on the spot, or while the thread does other things. */
import { compressed, size } from "umap-js/module";
import { UmapError } from "../errors.js";
import type { ErrorCode } from "../generated/index.js";
import start, * as wasm from "../wasm/umap-js/umap_wasm.js";
import { decode } from "./lzma.js";
import { takeLastWords } from "./thrown.js";

export type { Fit, Rows } from "../wasm/umap-js/umap_wasm.js";

let isReady = false;
let causeOfDeath: UmapError | undefined;

/** The module's exports, once it is compiled. */
export function module(): typeof wasm {
  if (!isReady) {
    try {
      wasm.initSync({ module: bytes() });
    } catch (cause) {
      // Chrome before 2023 compiles no more than 4 KB at once in a page; a policy may forbid it altogether.
      const message = "WebAssembly could not be compiled on the spot; `await umap.fitAsync(...)` compiles it otherwise";
      throw new UmapError("worker-start", `${message} (${String(cause)})`, { cause });
    }
    initialize();
  }
  return wasm;
}

/** Compiles the module in the background. */
export async function load(): Promise<void> {
  if (isReady) return;
  await start({ module_or_path: WebAssembly.compile(bytes()) });
  if (!isReady) initialize();
}

function initialize(): void {
  wasm.initialize();
  isReady = true;
}

function bytes(): Uint8Array<ArrayBuffer> {
  return decode(
    Uint8Array.from(atob(compressed), (letter) => letter.charCodeAt(0)),
    size,
  );
}

/** Calls the module. Whatever it throws that is no error of its own has ended it. */
export function call<T>(work: () => T): T {
  if (causeOfDeath !== undefined) {
    const message = `the WebAssembly module has ended (${causeOfDeath.message}); it starts anew with the page or process`;
    throw new UmapError("instance-lost", message, { cause: causeOfDeath });
  }
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof UmapError) throw thrown;
    const code: ErrorCode = thrown instanceof WebAssembly.RuntimeError ? "panic" : "out-of-memory";
    causeOfDeath = new UmapError(code, takeLastWords() ?? String(thrown), { cause: thrown });
    throw causeOfDeath;
  }
}
