/**
 * How good embeddings are: of iris with the thresholds that umap-learn has for UMAP (test_umap_on_iris.py), of digits beside
 * UMAP. The moons of umap-learn's test_parametric_umap.py are not here: a network that has not learned passes its threshold,
 * too.
 */

import { readFileSync } from "node:fs";
import { evaluate, UMAP } from "umap-wasm";
import { ParametricUMAP } from "umap-wasm/parametric";
import { expect, it } from "vitest";
import digitsJson from "../datasets/digits.json" with { type: "json" };
import irisJson from "../datasets/iris.json" with { type: "json" };

/** A data set: rows for which `take` says so. */
function chosen({ file, rows, cols }: { file: string; rows: number; cols: number }, take: (row: number) => boolean) {
  const bytes = new Uint8Array(readFileSync(new URL(`../datasets/${file}`, import.meta.url)));
  const some = Array.from({ length: rows }, (_, row) => row).filter(take);
  const data = Uint8Array.from(some.flatMap((row) => Array.from(bytes.subarray(row * cols, (row + 1) * cols))));
  return { data, rows: some.length, cols, labels: some.map((row) => Number(bytes[rows * cols + row])) };
}

it("keeps the neighbourhoods of iris, also of flowers it has not seen", async () => {
  const isNew = (row: number) => row % 4 === 0;
  const [known, others] = [chosen(irisJson, (row) => !isNew(row)), chosen(irisJson, isNew)];
  await using umap = new ParametricUMAP({ nThreads: 2, nNeighbors: 10, minDist: 0.01, trainingSteps: 300 });
  await umap.fit(known);
  expect((await evaluate(known, umap.embedding, { k: 10 })).trustworthiness).toBeGreaterThanOrEqual(0.97);
  const places = await umap.transform(others);
  expect((await evaluate(others, places, { k: 10 })).trustworthiness).toBeGreaterThanOrEqual(0.85);
});

it("keeps digits apart, those it has not seen too", async () => {
  const [known, others] = [chosen(digitsJson, (row) => row < 1300), chosen(digitsJson, (row) => row >= 1300)];
  const quality = async (umap: UMAP | ParametricUMAP) => {
    await umap.fit(known);
    const { labels } = others;
    return {
      ofKnown: await evaluate(known, umap.embedding, { k: 15 }),
      ofOthers: await evaluate(others, await umap.transform(others), { k: 15, labels }),
    };
  };
  await using plain = new UMAP({ nThreads: 2 });
  await using umap = new ParametricUMAP({ nThreads: 2, trainingSteps: 2000, batchSize: 300 });
  const [expected, found] = [await quality(plain), await quality(umap)];
  // What this package asks of the networks: within a tenth of what UMAP does with the same rows.
  expect(found.ofKnown.neighborPreservation).toBeGreaterThan(0.9 * expected.ofKnown.neighborPreservation);
  expect(found.ofOthers.trustworthiness).toBeGreaterThan(0.9 * expected.ofOthers.trustworthiness);
  expect(found.ofOthers.labelAccuracy).toBeGreaterThan(0.9 * Number(expected.ofOthers.labelAccuracy));
}, 180_000);
