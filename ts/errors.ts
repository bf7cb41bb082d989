import type { CoreErrorCode } from "./generated/error-code.js";

/**
 * What went wrong, for programs. Codes of the mathematics come from Rust; these are the platform's:
 * - `panic`: the WebAssembly module ended; the next call starts a new one
 * - `out-of-memory`: WebAssembly memory is full; the next call starts with empty memory
 * - `instance-lost`: what this call needs died with an earlier panic
 * - `start-failed`: the workers or the module could not be started
 * - `worker-failed`: a worker ended by itself
 */
export type ErrorCode =
  | CoreErrorCode
  | "panic"
  | "out-of-memory"
  | "instance-lost"
  | "start-failed"
  | "worker-failed";

/** An error as it crosses between threads. */
export interface PlainError {
  code: ErrorCode;
  message: string;
}

/** Every failure of this package. */
export class UmapError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "UmapError";
    this.code = code;
  }
}
