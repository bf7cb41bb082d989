/**
 * What umap-learn tests, with its thresholds: of its ParametricUMAP two moons (umap/tests/test_parametric_umap.py), of UMAP
 * iris (test_umap_on_iris.py); and digits beside UMAP.
 */

import { readFileSync } from "node:fs";
import { evaluate, nearestNeighbors, ParametricUMAP, UMAP } from "umap-wasm";
import { expect, it } from "vitest";
import { points } from "./data.js";
import digitsJson from "./fixtures/digits.json" with { type: "json" };
import irisJson from "./fixtures/iris.json" with { type: "json" };

const rows = 500;
/** Two half circles, one in the other's arms, with a little noise; which of them a row is of. */
const moon = (row: number) => row % 2;
const noise = points(rows, 2, 7).data;
const moons = {
  data: Float32Array.from({ length: 2 * rows }, (_, at) => {
    const [row, isAbscissa] = [at >> 1, at % 2 === 0];
    const angle = (Math.PI * (row >> 1)) / (rows / 2 - 1);
    const [x, y] = moon(row) ? [1 - Math.cos(angle), 0.5 - Math.sin(angle)] : [Math.cos(angle), Math.sin(angle)];
    return (isAbscissa ? x : y) + 0.1 * Number(noise[at]);
  }),
  rows,
  cols: 2,
};
const labels = Array.from({ length: rows }, (_, row) => moon(row));
const quick = { nThreads: 2, trainingSteps: 200, batchSize: 250 };

async function trust(umap: ParametricUMAP): Promise<number> {
  return (await evaluate(moons, umap.embedding, { k: 10 })).trustworthiness;
}

it.each([
  ["as it is", {}, {}],
  ["in one dimension more", { nComponents: 3 }, {}],
  ["with a network that is described", { encoder: { layers: [{ type: "dense" as const, units: 32 }] } }, {}],
  ["with reconstruction", { parametricReconstruction: true }, { validation: moons }],
  ["with reconstruction that moves the encoder", { parametricReconstruction: true, autoencoderLoss: true }, {}],
  ["with global correlation", { globalCorrelationLossWeight: 1 }, {}],
  ["with labels", {}, { target: labels }],
])("keeps the neighbourhoods of moons %s", async (_, options, call) => {
  await using umap = await new ParametricUMAP({ ...quick, ...options }).fit(moons, call);
  expect(await trust(umap)).toBeGreaterThan(0.8);
  const last = umap.history.at(-1);
  expect("validation" in call).toBe(last?.validation !== undefined);
});

it("takes neighbours that are known", async () => {
  const precomputedKnn = await nearestNeighbors(moons, { k: 15 });
  await using umap = await new ParametricUMAP({ ...quick, precomputedKnn }).fit(moons);
  expect(await trust(umap)).toBeGreaterThan(0.8);
});

it("goes back to the data", async () => {
  const decoding = { parametricReconstruction: true, autoencoderLoss: true, trainingSteps: 500 };
  await using umap = await new ParametricUMAP({ ...quick, ...decoding }).fit(moons);
  const back = await umap.inverseTransform(umap.embedding);
  const error = back.data.reduce((sum, x, at) => sum + Math.abs(x - Number(moons.data[at])), 0) / back.data.length;
  expect(error).toBeLessThan(0.2);
});

it("keeps landmarks where they are when it is trained again", async () => {
  await using umap = await new ParametricUMAP(quick).fit(moons);
  const before = umap.embedding.data;
  await umap.addLandmarks(moons, { rows: 50 });
  await umap.partialFit(moons, { options: { landmarkLossWeight: 1 } });
  const spread = Math.max(...before) - Math.min(...before);
  const moved = before.reduce((sum, x, at) => sum + Math.abs(x - Number(umap.embedding.data[at])), 0) / before.length;
  expect(moved).toBeLessThan(0.1 * spread);
});

it("is the same after it was saved and loaded", async () => {
  await using umap = await new ParametricUMAP({ ...quick, trainingSteps: 50 }).fit(moons);
  await using again = await ParametricUMAP.load(await umap.save());
  expect((await again.transform(moons)).data).toEqual(umap.embedding.data);
});

/** A data set of test/fixtures: rows for which `take` says so. */
function chosen({ file, rows, cols }: { file: string; rows: number; cols: number }, take: (row: number) => boolean) {
  const bytes = new Uint8Array(readFileSync(new URL(`./fixtures/${file}`, import.meta.url)));
  const some = Array.from({ length: rows }, (_, row) => row).filter(take);
  const data = Uint8Array.from(some.flatMap((row) => Array.from(bytes.subarray(row * cols, (row + 1) * cols))));
  return { data, rows: some.length, cols, labels: some.map((row) => Number(bytes[rows * cols + row])) };
}

it("keeps the neighbourhoods of iris, also of flowers it has not seen", async () => {
  const isNew = (row: number) => row % 4 === 0;
  const [known, others] = [chosen(irisJson, (row) => !isNew(row)), chosen(irisJson, isNew)];
  await using umap = new ParametricUMAP({ nThreads: 2, nNeighbors: 10, minDist: 0.01, trainingSteps: 1000 });
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
});
