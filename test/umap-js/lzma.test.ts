import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { decode } from "../../ts/umap-js/lzma.js";
import { atOnce, Slice } from "../../ts/umap-js/slices.js";
import fixture from "../fixtures/packed.json" with { type: "json" };

const digits = readFileSync(new URL("../../datasets/digits.u8", import.meta.url));
const repeated = Array.from({ length: 100 }, (_, i) => [...digits.subarray(5000 + 40 * i, 5039 + 40 * i), i]).flat();
const plain = Buffer.concat([
  digits.subarray(0, 20_000),
  Buffer.alloc(1000),
  digits.subarray(0, 9000),
  Buffer.from(repeated),
]);
const input = new Uint8Array(Buffer.from(fixture.packed, "base64"));

it("decodes what liblzma packs", () => {
  const decoded = atOnce((slice) => decode(input, plain.length, slice));
  expect(Buffer.compare(decoded, plain)).toBe(0);
});

it("yields when its slice is used up, and decodes the same", () => {
  const work = decode(input, plain.length, new Slice(0));
  let [step, yields] = [work.next(), 0];
  for (; !step.done; step = work.next()) yields++;
  expect(yields).toBeGreaterThan(1);
  expect(Buffer.compare(step.value, plain)).toBe(0);
});
