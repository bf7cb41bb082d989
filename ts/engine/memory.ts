import { UmapError } from "../errors.js";

const PAGES_PER_GIB = 16_384;

/**
 * The memory that all workers of an engine share. It reserves its maximum, and machines and browsers differ in what
 * they let a process reserve, so less is tried where 4 GiB are refused.
 */
export function sharedMemory(): WebAssembly.Memory {
  let refusal: unknown;
  for (const gib of [4, 2, 1, 0.5]) {
    try {
      return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: gib * PAGES_PER_GIB, shared: true });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      refusal = error;
    }
  }
  const message = `the engine refuses shared memory, also of 512 MiB: ${refusal}; configure({ backend: "single" }) needs none`;
  throw new UmapError("out-of-memory", message, { cause: refusal });
}
