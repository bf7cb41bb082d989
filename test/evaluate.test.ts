/** `evaluate` against scikit-learn's numbers, through every layer. */

import { evaluate } from "umap-wasm";
import { describe, expect, it } from "vitest";
import arrangement from "./fixtures/arrangement.json" with { type: "json" };
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

describe("evaluate, at large", () => {
  const known = arrangement.cases.find(({ name }) => name === "blobs");
  if (known?.points === undefined) throw new Error("arrangement.json has no case blobs");
  const { points, labels, reference, scores } = known;
  const layout = { data: Float32Array.from(known.embedding.flat()), rows: known.embedding.length, cols: 2 };

  it("agrees with scipy", async () => {
    const found = await evaluate(points, layout, { labels, reference, triplets: 1000 });
    expect(found.distanceCorrelation).toBeCloseTo(scores.distance_correlation, 5);
    expect(found.centroidCorrelation).toBeCloseTo(scores.centroid_correlation, 9);
    expect(found.referenceCorrelation).toBeCloseTo(scores.reference_correlation, 5);
    // Of all triplets 180,000 are drawn.
    expect(found.randomTriplets).toBeCloseTo(scores.random_triplets, 2);
    expect(found.referenceTriplets).toBeCloseTo(scores.reference_triplets, 2);
  });

  it("gives 1 for the points themselves, and null for what there is nothing to say about", async () => {
    const itself = await evaluate(points, points, { labels, reference: points });
    const { randomTriplets, distanceCorrelation, centroidCorrelation, referenceTriplets } = itself;
    expect([randomTriplets, distanceCorrelation, centroidCorrelation, referenceTriplets]).toEqual([1, 1, 1, 1]);
    expect(itself.referenceCorrelation).toBe(1);
    const alone = await evaluate(points, layout);
    expect(alone).toMatchObject({ centroidCorrelation: null, referenceTriplets: null, referenceCorrelation: null });
  });

  it("takes a reference in any form, by the metric that is asked for", async () => {
    const cols = reference[0]?.length ?? 0;
    const data = Float32Array.from(reference.flat());
    const of = (options: object) => evaluate(points, layout, options);
    const rows = await of({ reference });
    expect(await of({ reference: { data, rows: reference.length, cols } })).toEqual(rows);
    expect(await of({ reference: { data, shape: [reference.length, cols] } })).toEqual(rows);
    const manhattan = await of({ reference, referenceMetric: "manhattan" });
    expect(manhattan.referenceCorrelation).not.toBe(rows.referenceCorrelation);
    expect(manhattan.distanceCorrelation).toBe(rows.distanceCorrelation);
  });

  it("refuses a reference of other rows", async () => {
    const short = reference.slice(1);
    await expect(evaluate(points, layout, { reference: short })).rejects.toMatchObject({
      code: "shape-mismatch",
      message: expect.stringMatching(/^reference: expected 180 rows of at least 1 column, got 537 values in 3 columns/),
    });
    const wrong = reference.map((row, at) => (at === 4 ? [0, Number.NaN, 0] : row));
    await expect(evaluate(points, layout, { reference: wrong })).rejects.toMatchObject({
      code: "not-finite",
      message: expect.stringMatching(/^reference\[4, 1\]/),
    });
  });
});
