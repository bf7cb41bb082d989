/** The module of crates/umap-js, which is in this file: compiled on the spot, or while the thread does other things. */
import { compressed, size } from "umap-js/module";
import { UmapError } from "../errors.js";
import type { ErrorCode } from "../generated/index.js";
import start, * as wasm from "../wasm/umap-js/umap_wasm.js";
import { decode } from "./lzma.js";
import { atOnce, inSlices, type Slice, type Work } from "./slices.js";
import { takeLastWords } from "./thrown.js";

export type Fit = wasm.Fit;
export type Rows = wasm.Rows;

let isReady = false;
let loading: Promise<void> | undefined;
/** Whether the instance trapped, which leaves its memory in any state. */
let hasEnded = false;

/** The module's exports, once it is compiled. */
export function module(): typeof wasm {
  if (!isReady) {
    try {
      wasm.initSync({ module: atOnce(unpacked) });
    } catch (cause) {
      // Chrome before 2023 compiles no more than 4 KB at once in a page; a policy may forbid it altogether.
      const message = "WebAssembly could not be compiled on the spot; `await umap.fitAsync(...)` compiles it otherwise";
      throw new UmapError("worker-start", `${message} (${String(cause)})`, { cause });
    }
    initialize();
  }
  return wasm;
}

/** Compiles the module in the background: once, however many ask. */
export async function load(): Promise<void> {
  if (isReady) return;
  loading ??= compile();
  try {
    await loading;
  } finally {
    loading = undefined;
  }
}

async function compile(): Promise<void> {
  const compiled = await WebAssembly.compile(await inSlices(unpacked));
  // Somebody may have needed it at once meanwhile: a second instance would know nothing of the fits of the first.
  if (isReady) return;
  try {
    wasm.initSync({ module: compiled });
  } catch {
    // Chrome before 2023, where nothing is done at once.
    await start({ module_or_path: compiled });
  }
  initialize();
}

function initialize(): void {
  wasm.initialize();
  isReady = true;
}

function unpacked(slice: Slice): Work<Uint8Array<ArrayBuffer>> {
  const letters = atob(compressed);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = letters.charCodeAt(at);
  return decode(bytes, size, slice);
}

/** Calls the module. After a trap the next call starts a new instance; fits of the old one are lost. */
export function call<T>(work: () => T): T {
  try {
    if (hasEnded) {
      wasm.__wbg_reset_state();
      initialize();
      hasEnded = false;
    }
    return work();
  } catch (thrown) {
    if (thrown instanceof UmapError) throw thrown;
    hasEnded ||= thrown instanceof WebAssembly.RuntimeError;
    throw new UmapError(...codeAndMessage(thrown), { cause: thrown });
  }
}

/** Ends a fit, unless it went with its instance. */
export function release(fit: Fit): void {
  try {
    call(() => fit.nEpochs());
  } catch {
    return;
  }
  fit.free();
}

function codeAndMessage(thrown: unknown): [ErrorCode, string] {
  if (thrown instanceof WebAssembly.RuntimeError) return ["panic", takeLastWords() ?? String(thrown)];
  if (String(thrown).includes("stale object")) {
    return ["instance-lost", "the WebAssembly module ended after this fit; fit again"];
  }
  return ["out-of-memory", String(thrown)];
}
