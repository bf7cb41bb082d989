/** Search indexes. What must hold for every row is in crates/umap-core/tests/index.rs. */

import { type KnnGraph, NeighborIndex, nearestNeighbors, UmapError } from "umap-wasm";
import { describe, expect, it } from "vitest";
import { provoke } from "../dist/testing.js";
import { bits, blobs, points } from "./data.js";

const cols = 20;
const all = blobs(660, cols);
const rowsOf = (from: number, to: number) => ({
  data: all.data.slice(from * cols, to * cols),
  rows: to - from,
  cols,
});
const [input, asked] = [rowsOf(0, 600), rowsOf(600, 660)];
const options = { metric: "cosine", nThreads: 2 } as const;
const hash = ({ indices, distances }: KnnGraph) => bits(indices, distances);

/** So many rows that a graph is searched. */
const many = blobs(9000, 100);

describe("an index of few rows", async () => {
  const index = await NeighborIndex.build(input, options);
  const found = await index.query(asked, { k: 7 });

  it("says what it is", () => {
    expect(index).toMatchObject({ rows: 600, cols });
    expect(index.diagnostics).toMatchObject({ rows: 600, metric: "cosine", store: "f32", method: "exact" });
    expect(index.diagnostics).toMatchObject({ backend: "threads", threads: 2, backendReason: expect.any(String) });
  });

  it("finds what the neighbours of all points are", async () => {
    const knn = await nearestNeighbors(input, { ...options, k: 8 });
    const own = await index.query(input, { k: 8 });
    expect(own.k).toBe(8);
    expect([...own.indices]).toEqual([...knn.indices]);
  });

  it("gives a row the same alone and in any batch", async () => {
    expect(found.indices).toBeInstanceOf(Int32Array);
    expect(found.distances).toHaveLength(60 * 7);
    for (const at of [0, 31, 59]) {
      const alone = await index.query(rowsOf(600 + at, 601 + at), { k: 7 });
      expect([...alone.indices]).toEqual([...found.indices.slice(7 * at, 7 * at + 7)]);
      expect(bits(alone.distances)).toBe(bits(found.distances.slice(7 * at, 7 * at + 7)));
    }
  });

  it("cuts k to the rows there are, and takes rows as arrays", async () => {
    const few = await NeighborIndex.build([[0], [1], [5]], { metric: "manhattan" });
    expect(await few.query([[4]], { k: 9 })).toMatchObject({ k: 3, indices: Int32Array.of(2, 1, 0) });
    expect(await few.query([[4]], { k: 1 })).toMatchObject({ k: 1, distances: Float32Array.of(1) });
    await few.dispose();
  });

  it.each([
    ["rows of another length", points(2, 21), {}, "shape-mismatch", /20 columns.*got 21/],
    ["no rows", [], {}, "shape-mismatch", /20 columns.*got 0/],
    ["values that are not finite", [Array(20).fill(Number.NaN)], {}, "not-finite", /\[0, 0\]/],
    ["a metric", asked, { metric: "euclidean" }, "unknown-option", /metric.*epsilon/],
    ["k = 0", asked, { k: 0 }, "invalid-parameter", /k: expected an integer, at least 1, got 0/],
    ["a negative epsilon", asked, { epsilon: -1 }, "invalid-parameter", /epsilon/],
    ["an epsilon that is no number", asked, { epsilon: Number.NaN }, "invalid-parameter", /epsilon/],
  ])("refuses to be asked for %s", async (_, wrong, query, code, message) => {
    const call = index.query(wrong as never, query as never);
    await expect(call).rejects.toMatchObject({ name: "UmapError", code, message: expect.stringMatching(message) });
    expect(hash(await index.query(asked, { k: 7 }))).toBe(hash(found));
  });

  it("refuses options that it does not have", async () => {
    await expect(NeighborIndex.build(input, { k: 1 })).rejects.toMatchObject({ code: "invalid-parameter" });
    await expect(NeighborIndex.build(input, { epsilon: 1 } as never)).rejects.toMatchObject({
      code: "unknown-option",
    });
    await expect(index.add(asked, { k: 3 } as never)).rejects.toMatchObject({ code: "unknown-option" });
  });

  it.each([undefined, input, { metric: "cosine" }])("is not made by new, with %o", (given) => {
    const made = () => Reflect.construct(NeighborIndex, [given]);
    const message = expect.stringMatching(/call NeighborIndex\.build\(points, options\)/);
    expect(made).toThrow(expect.objectContaining({ name: "UmapError", code: "invalid-parameter", message }));
  });

  it("grows, in the order of the calls", async () => {
    const grown = await NeighborIndex.build(input, options);
    const [before, , after, , last] = await Promise.all([
      grown.query(asked, { k: 7 }),
      grown.add(rowsOf(600, 630)),
      grown.query(asked, { k: 1 }),
      grown.add(rowsOf(630, 660)),
      grown.query(asked, { k: 1 }),
    ]);
    expect(hash(before)).toBe(hash(found));
    expect(after.indices.slice(0, 30)).toEqual(Int32Array.from({ length: 30 }, (_, at) => 600 + at));
    expect(after.indices.slice(30).every((row) => row < 630)).toBe(true);
    expect(last.indices).toEqual(Int32Array.from({ length: 60 }, (_, at) => 600 + at));
    expect(grown).toMatchObject({ rows: 660 });
    await expect(grown.add(points(1, 3))).rejects.toMatchObject({ code: "shape-mismatch" });
    expect(grown.rows).toBe(660);
    await grown.dispose();
  });

  it("is saved and loaded", async () => {
    const file = await index.save();
    for (const source of [file, new Blob([file])]) {
      await using again = await NeighborIndex.load(source, { nThreads: 2 });
      expect(hash(await again.query(asked, { k: 7 }))).toBe(hash(found));
    }
    await expect(NeighborIndex.load(file.slice(0, -1))).rejects.toMatchObject({ code: "malformed-file" });
    await expect(NeighborIndex.load(new Uint8Array(0))).rejects.toMatchObject({ code: "malformed-file" });
  });

  it("is gone when it is disposed, and so are the calls on it", async () => {
    const gone = await NeighborIndex.build(input, options);
    const call = gone.query(blobs(30_000, cols)).catch((error) => error);
    await gone.dispose();
    await gone.dispose();
    expect(await call).toMatchObject({ code: "cancelled" });
    await expect(gone.query(asked)).rejects.toMatchObject({ code: "instance-lost", message: /disposed/ });
    await expect(gone.add(asked)).rejects.toBeInstanceOf(UmapError);
  });
});

describe("an index of many rows", async () => {
  const index = await NeighborIndex.build(many, { nThreads: 2, k: 10 });
  const queries = blobs(9040, 100);
  const some = { data: queries.data.slice(9000 * 100), rows: 40, cols: 100 };
  const found = await index.query(some);

  it("finds nearly what comparing all finds", async () => {
    expect(index.diagnostics).toMatchObject({ method: "graph", quantized: true, backend: "threads", threads: 2 });
    const squared = (row: number, other: number) => {
      const [x, y] = [some.data.subarray(row * 100), many.data.subarray(other * 100)];
      let sum = 0;
      for (let col = 0; col < 100; col++) sum += (Number(x[col]) - Number(y[col])) ** 2;
      return sum;
    };
    let hits = 0;
    for (let row = 0; row < 40; row++) {
      const distances = Float64Array.from({ length: 9000 }, (_, other) => squared(row, other));
      const tenth = [...distances].sort((a, b) => a - b)[9] as number;
      const ids = found.indices.subarray(10 * row, 10 * row + 10);
      hits += ids.filter((id) => (distances[id] as number) <= tenth).length;
    }
    expect(hits).toBeGreaterThan(0.95 * 400);
  });

  it("gives the same bits with any number of threads and from its file", async () => {
    const file = await index.save();
    await using one = await NeighborIndex.build(many, { nThreads: 1, k: 10 });
    expect(bits(await one.save())).toBe(bits(file));
    await using again = await NeighborIndex.load(file, { nThreads: 1 });
    expect(hash(await again.query(some))).toBe(hash(found));
  });

  it("reports progress and stops when it is aborted, unharmed", async () => {
    const fractions: number[] = [];
    await index.query(many, {
      epsilon: 0.5,
      onProgress: ({ stage, fraction }) => stage === "knn" && fractions.push(fraction),
    });
    expect(fractions.length).toBeGreaterThan(1);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    for (const work of [
      (call: object) => index.query(many, { epsilon: 1000, ...call }),
      (call: object) => index.add(many, call),
      (call: object) => NeighborIndex.build(many, { nThreads: 2, ...call }),
    ]) {
      const controller = new AbortController();
      const onProgress = ({ stage }: { stage: string }) => stage === "knn" && controller.abort("enough");
      await expect(work({ signal: controller.signal, onProgress })).rejects.toMatchObject({
        code: "cancelled",
        cause: "enough",
      });
    }
    expect(index.rows).toBe(9000);
    expect(hash(await index.query(some))).toBe(hash(found));
  });

  it("waits for an addition no longer than it is wanted", async () => {
    const adding = index.add(many);
    const controller = new AbortController();
    const query = index.query(some, { signal: controller.signal });
    controller.abort("no");
    await expect(query).rejects.toMatchObject({ code: "cancelled", cause: "no" });
    await adding;
    expect(index.rows).toBe(18_000);
  });

  it("is lost with the module that held it", async () => {
    await expect(provoke("panic", 2)).rejects.toMatchObject({ code: "panic" });
    await expect(index.query(some)).rejects.toMatchObject({ code: "instance-lost" });
  });
});
