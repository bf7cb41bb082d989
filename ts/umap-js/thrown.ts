/** What the module imports (crates/umap-js/src/lib.rs): its errors become ours, and its last words are kept. */
import { UmapError } from "../errors.js";
import type { ErrorCode } from "../generated/index.js";

let lastWords: string | undefined;

/** `code` is the name in Rust, such as `NotFinite`. */
export function thrown(code: string, message: string): UmapError {
  return new UmapError(code.replace(/\B[A-Z]/g, "-$&").toLowerCase() as ErrorCode, message);
}

export function panicked(message: string): void {
  lastWords = message;
}

export function takeLastWords(): string | undefined {
  const words = lastWords;
  lastWords = undefined;
  return words;
}
