/** `evaluate` against scikit-learn's numbers, through every layer. */

import { evaluate } from "umap-wasm";
import { describe, expect, it } from "vitest";
import quality from "./fixtures/quality.json" with { type: "json" };

const blobs = quality.cases.find(({ name }) => name === "blobs");
if (blobs?.points === undefined) throw new Error("quality.json has no case blobs");
const { points, embedding, labels, scores } = blobs;
const k = 15;
const layout = { data: Float32Array.from(embedding.flat()), rows: embedding.length, cols: 2 };

describe("evaluate", () => {
  it.each(scores)(
    "agrees with scikit-learn at k = $k",
    async ({ k, trustworthiness, preservation, label_accuracy }) => {
      const found = await evaluate(points, layout, { k, labels });
      expect(found.trustworthiness).toBeCloseTo(trustworthiness, 6);
      expect(found.neighborPreservation).toBeCloseTo(preservation, 6);
      expect(found.labelAccuracy).toBeCloseTo(label_accuracy, 6);
    },
  );

  it("takes labels of any kind", async () => {
    const numbers = await evaluate(points, layout, { k, labels });
    const texts = await evaluate(points, layout, { k, labels: labels.map((label) => `class ${label}`) });
    expect(texts).toEqual(numbers);
    expect((await evaluate(points, layout, { k })).labelAccuracy).toBeNull();
  });

  it("refuses an embedding of other points", async () => {
    const short = { data: layout.data.slice(4), rows: layout.rows - 2, cols: 2 };
    await expect(evaluate(points, short)).rejects.toMatchObject({ code: "shape-mismatch" });
    await expect(evaluate(points, layout, { labels: [1, 2] })).rejects.toMatchObject({ code: "shape-mismatch" });
  });
});
