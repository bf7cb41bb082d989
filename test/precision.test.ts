/** Numbers that 32-bit floats round too much: times, very large and very small data. See crates/umap-core/tests/frame.rs. */

import { evaluate, NeighborIndex, nearestNeighbors, UMAP } from "umap-wasm";
import { ParametricUMAP } from "umap-wasm/parametric";
import { UMAP as DropIn } from "umap-wasm/umap-js";
import { describe, expect, it } from "vitest";
import { bits, blobs } from "./data.js";

const [rows, cols] = [300, 6];
/** Steps of 1/64, so that no sum rounds. */
const near = Float64Array.from(blobs(rows, cols).data, (x) => Math.round(64 * x) / 64);
const SECONDS = 1_732_660_000;
/** Column 2 is a time. */
const far = near.map((x, i) => (i % cols === 2 ? x + SECONDS : x));
const matrix = (data: Float64Array | Float32Array, from = 0) => ({
  data: data.slice(from * cols),
  rows: rows - from,
  cols,
});
const nested = (data: Float64Array) =>
  Array.from({ length: rows }, (_, row) => Array.from(data.slice(row * cols, (row + 1) * cols)));
const options = { nThreads: 2, nEpochs: 40 };
/** Principal components of points, which say where groups lie, round differently where points lie elsewhere. */
const ofGraph = { ...options, init: "random" as const };

describe("a column of times", () => {
  it("is as good as the same column near 0: in fits, for new rows, from a file, in the drop-in", async () => {
    const umap = new UMAP(ofGraph);
    const embedding = await umap.fitTransform(matrix(far));
    const expected = new UMAP(ofGraph);
    expect(bits(embedding.data)).toBe(bits((await expected.fitTransform(matrix(near))).data));
    const places = bits((await expected.transform(matrix(near, 250))).data);
    expect(bits((await umap.transform(matrix(far, 250))).data)).toBe(places);
    const loaded = await UMAP.load(await umap.save());
    expect(bits((await loaded.transform(nested(far).slice(250))).data)).toBe(places);
    const dropIn = new DropIn({ nEpochs: 40 });
    const fitted = dropIn.fit(nested(far));
    const again = dropIn.transform(nested(far).slice(250));
    // A row that is there already is placed beside itself, nearer than to most others.
    const distance = (a: readonly number[], b: readonly number[]) =>
      Math.hypot(Number(a[0]) - Number(b[0]), Number(a[1]) - Number(b[1]));
    for (const [i, place] of again.entries()) {
      const own = distance(place, fitted[250 + i] as number[]);
      expect(fitted.filter((other) => distance(place, other) < own).length).toBeLessThan(40);
    }
    expect((await evaluate(matrix(near), fitted)).trustworthiness).toBeGreaterThan(0.9);
  });

  it("is seen by evaluate, nearestNeighbors and an index", async () => {
    const embedding = await new UMAP(options).fitTransform(matrix(near));
    expect(await evaluate(matrix(far), embedding)).toEqual(await evaluate(matrix(near), embedding));
    const knn = await nearestNeighbors(matrix(near), { k: 8 });
    const { indices, distances } = await nearestNeighbors(matrix(far), { k: 8 });
    expect(bits(indices, distances)).toBe(bits(knn.indices, knn.distances));
    const index = await NeighborIndex.build(nested(far).slice(0, 200));
    await index.add(nested(far).slice(200));
    const found = await index.query(matrix(far), { k: 8 });
    expect(bits(found.distances)).toBe(bits(knn.distances));
  });

  it("is learned and given back by networks", async () => {
    const short = { nThreads: 2, nEpochs: 20, distillationSteps: 60, trainingSteps: 60, batchSize: 100 };
    const how = { ...short, inputComponents: 0, parametricReconstruction: true };
    const [umap, expected] = [new ParametricUMAP(how), new ParametricUMAP(how)];
    await umap.fit(matrix(far), { validation: matrix(far, 280) });
    await expected.fit(matrix(near), { validation: matrix(near, 280) });
    const last = (of: ParametricUMAP) => of.history.at(-1) as { loss: number; validation: number };
    expect(last(umap).loss).toBeCloseTo(last(expected).loss, 1);
    expect(last(umap).validation).toBeCloseTo(last(expected).validation, 1);
    const loaded = await ParametricUMAP.load(await umap.save());
    const places = await loaded.transform(matrix(far));
    expect(bits(places.data)).toBe(bits(umap.embedding.data));
    const back = await loaded.inverseTransform(places);
    // 32-bit floats have steps of 128 there.
    for (let row = 0; row < rows; row++)
      expect(Math.abs(Number(back.data[row * cols + 2]) - SECONDS)).toBeLessThan(300);
  });

  it("is a target", async () => {
    const fit = async (target: Float64Array) => {
      const umap = new UMAP({ ...options, targetMetric: "euclidean" });
      return bits((await umap.fitTransform(matrix(near), { target })).data);
    };
    const values = Float64Array.from({ length: rows }, (_, row) => Number(near[row * cols]));
    expect(await fit(values.map((x) => x + 1000 * SECONDS))).toBe(await fit(values));
  });

  it("is named in a note where it has to stay as it is", async () => {
    const umap = await new UMAP({ ...options, metric: "inner_product" }).fit(matrix(far));
    expect(umap.diagnostics.notes).toContainEqual(expect.stringMatching(/^columns 2 of points lie so far from 0/));
  });
});

describe("data of any size", () => {
  it.each([1e-25, 1e20])("have an embedding as good as others: %d", async (size) => {
    const points = matrix(Float32Array.from(near, (x) => x * size));
    const umap = new UMAP({ nThreads: 2 });
    const embedding = await umap.fitTransform(points);
    expect(umap.diagnostics.notes).toEqual([]);
    const { trustworthiness } = await evaluate(points, embedding);
    const expected = await evaluate(matrix(near), await new UMAP({ nThreads: 2 }).fitTransform(matrix(near)));
    expect(trustworthiness).toBeGreaterThan(expected.trustworthiness - 0.01);
    const distance = Number(umap.knn.distances[1]) / size;
    expect(distance).toBeCloseTo(Number((await nearestNeighbors(matrix(near))).distances[1]), 3);
  });
});
