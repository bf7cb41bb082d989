/** What umap-learn tests of its ParametricUMAP (umap/tests/test_parametric_umap.py): two moons, with its thresholds; and digits beside UMAP. */

import { readFileSync } from "node:fs";
import { evaluate, nearestNeighbors, ParametricUMAP, UMAP } from "umap-wasm";
import { expect, it } from "vitest";
import { points } from "./data.js";
import digitsJson from "./fixtures/digits.json" with { type: "json" };

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
  await umap.addLandmarks(moons, { rows: 50, landmarkLossWeight: 1 });
  await umap.partialFit(moons);
  const spread = Math.max(...before) - Math.min(...before);
  const moved = before.reduce((sum, x, at) => sum + Math.abs(x - Number(umap.embedding.data[at])), 0) / before.length;
  expect(moved).toBeLessThan(0.1 * spread);
});

it("is the same after it was saved and loaded", async () => {
  await using umap = await new ParametricUMAP({ ...quick, trainingSteps: 50 }).fit(moons);
  await using again = await ParametricUMAP.load(await umap.save());
  expect((await again.transform(moons)).data).toEqual(umap.embedding.data);
});

it("keeps digits apart, those it has not seen too", async () => {
  const bytes = new Uint8Array(readFileSync(new URL("./fixtures/digits.u8", import.meta.url)));
  const { rows, cols } = digitsJson;
  const known = 1300;
  const part = (from: number, to: number) => ({ data: bytes.slice(from * cols, to * cols), rows: to - from, cols });
  const others = part(known, rows);
  const digits = Array.from(bytes.slice(rows * cols + known));
  const quality = async (umap: UMAP | ParametricUMAP) => {
    await umap.fit(part(0, known));
    return await evaluate(others, await umap.transform(others), { k: 15, labels: digits });
  };
  await using plain = new UMAP({ nThreads: 2 });
  await using umap = new ParametricUMAP({ nThreads: 2, trainingSteps: 2000, batchSize: 300 });
  const [expected, found] = [await quality(plain), await quality(umap)];
  // What this package asks of the networks: within a tenth of what UMAP does with the same rows.
  expect(found.trustworthiness).toBeGreaterThan(0.9 * expected.trustworthiness);
  expect(found.labelAccuracy).toBeGreaterThan(0.9 * Number(expected.labelAccuracy));
});
