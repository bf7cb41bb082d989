/**
 * What the module reports before it traps. The module imports the first two (crates/umap-wasm/src/lib.rs); every
 * worker has its own copy of this file, as it has its own instance of the module.
 */
import type { PlainError } from "../errors.js";

let panicMessage: string | undefined;
let failedAllocation: number | undefined;

export function panicked(message: string): void {
  panicMessage = message;
}

export function allocationFailed(bytes: number): void {
  failedAllocation = bytes;
}

/** Why the module ended, from its last words and from what was thrown. */
export function causeOfDeath(thrown: unknown, memory: WebAssembly.Memory): PlainError {
  // An array over 2 GiB fails before it reaches the allocator, as a panic with this message.
  if (panicMessage?.includes("capacity overflow")) {
    return { code: "out-of-memory", message: `an array over 2 GiB was needed (${panicMessage})` };
  }
  if (panicMessage !== undefined) {
    return { code: "panic", message: `the WebAssembly module panicked: ${panicMessage}` };
  }
  if (failedAllocation !== undefined && !(thrown instanceof RangeError)) {
    const size = memory.buffer.byteLength;
    return {
      code: "out-of-memory",
      message: `WebAssembly memory is full: ${failedAllocation} bytes more were needed at a size of ${size} bytes`,
    };
  }
  return { code: "panic", message: `the WebAssembly module ended: ${thrown}` };
}
