import { expect } from "vitest";
import aligned from "./fixtures/aligned-bits.json" with { type: "json" };
import fits from "./fixtures/bits.json" with { type: "json" };
import golden from "./fixtures/model-v1.json" with { type: "json" };
import trainings from "./fixtures/parametric-bits.json" with { type: "json" };
import type { scenario } from "./scenario.js";

export type Found = Awaited<ReturnType<typeof scenario>>;

/** What every platform must have found; `reference` are the bits of Node with threads. */
export function expectScenario(found: Found, reference: string): void {
  // What native Rust found, too.
  for (const [name, { hash }] of Object.entries(fits)) expect(found.fits[name], name).toEqual([hash, hash, hash, hash]);
  for (const [name, { hash }] of Object.entries(trainings)) {
    expect(found.trainings[name], name).toEqual([hash, hash, hash, hash]);
  }
  expect(found.aligned).toEqual(Array(4).fill(aligned.hash));
  expect(found.model).toEqual({ places: golden.places, isSame: true });
  expect(found.bits).toEqual([reference, reference, reference, reference]);
  expect(found.overlapping).toEqual([reference, reference, reference, reference]);
  for (const [kind, failure] of Object.entries(found.failures)) {
    expect(failure, kind).toMatchObject({
      name: "UmapError",
      code: kind === "out-of-memory" ? kind : "panic",
      next: reference,
    });
  }
  expect(found.failures.panic.message).toContain("provoked");
  expect(found.failures["panic-in-pool"].message).toContain("provoked in task 7");
  expect(found.failures["out-of-memory"].message).toMatch(/\d{9,} bytes/);
  expect(found.abort).toMatchObject({ code: "cancelled", cause: "enough", next: reference });
}
