/** What points are kept as: the option reaches the module, and what loses nothing changes no bit. */

import { type Store, type TypedArray, UMAP } from "umap-wasm";
import { describe, expect, it } from "vitest";
import { bits, points } from "./data.js";

const ROWS = 300;
const COLS = 40;
const values = Array.from(points(ROWS, COLS).data, (x) => Math.round(x * 255) + 127);
const matrix = (data: TypedArray) => ({ data, rows: ROWS, cols: COLS });

async function embed(data: TypedArray, store?: Store) {
  const options = { nEpochs: 20, nThreads: 2, forceApproximation: true, init: "pca", ...(store && { store }) } as const;
  const { embedding, knn, diagnostics } = await new UMAP(options).fit(matrix(data));
  return { hash: bits(embedding.data, knn.indices, knn.distances), store: diagnostics.store };
}

const reference = await embed(Float32Array.from(values));

describe("store", () => {
  it("is that of the type, with the same bits", async () => {
    expect(reference.store).toBe("f32");
    const bytes = Uint8Array.from(values);
    expect(await embed(bytes)).toEqual({ ...reference, store: "int8" });
    expect(await embed(bytes, "f32")).toEqual(reference);
    expect(await embed(Int16Array.from(values))).toEqual(reference);
  });

  it.each(["f16", "int8"] as const)("can be %s, which keeps these numbers exactly", async (store) => {
    expect(await embed(Float32Array.from(values), store)).toEqual({ ...reference, store });
  });

  it("rounds what it cannot keep", async () => {
    const fractions = Float32Array.from(values, (x) => x / 7);
    const exact = await embed(fractions);
    const rounded = await Promise.all((["f16", "int8"] as const).map((store) => embed(fractions, store)));
    expect(new Set([exact, ...rounded].map(({ hash }) => hash)).size).toBe(3);
  });

  it("says which value is beyond it", async () => {
    const large = Float32Array.from(values);
    large[2 * COLS + 3] = 1e5;
    await expect(embed(large, "f16")).rejects.toMatchObject({
      code: "invalid-parameter",
      message: "store: expected values within 65504 of 0 for f16, got points[2, 3] = 100000",
    });
  });
});
