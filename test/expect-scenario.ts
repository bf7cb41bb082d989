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
  for (const [name, { hash }] of Object.entries(fits)) expectOnly(hash, found.fits[name], name);
  for (const [name, { hash }] of Object.entries(trainings)) expectOnly(hash, found.trainings[name], name);
  expectOnly(aligned.hash, found.aligned, "aligned");
  expect(found.model).toEqual({ places: golden.places, isSame: true });
  expectOnly(reference, found.bits, "neighbours");
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

/** For every number of threads that was tried, and at least one was, the same bits. */
function expectOnly(hash: string, found: string[] | undefined, name: string): void {
  expect([...new Set(found)], name).toEqual([hash]);
}
