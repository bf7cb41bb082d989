import type { ErrorCode } from "./generated/index.js";

/** An error as it crosses between threads. */
export interface PlainError {
  code: ErrorCode;
  message: string;
}

/** Every failure of this package. */
export class UmapError extends Error {
  /** What went wrong, for programs. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "UmapError";
    this.code = code;
  }
}
