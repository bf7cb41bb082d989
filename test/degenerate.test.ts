/** Input at the edges: few points, equal points, flat points. Nothing panics, nothing hangs, nothing comes out NaN. */

import { configure, evaluate, type Metric, nearestNeighbors, UMAP, type UmapConstructorOptions } from "umap-wasm";
import { afterAll, describe, expect, it } from "vitest";
import { bits, points } from "./data.js";

const backends = ["threads", "single"] as const;
const METRICS: Metric[] = ["euclidean", "cosine", "correlation", "manhattan", "chebyshev", "dot", "inner_product"];
const embeddings = new Map<string, string>();

type Value = (row: number, col: number, noise: number) => number;

function matrix(rows: number, cols: number, value: Value = (_row, _col, noise) => noise) {
  const { data } = points(rows, cols);
  return { data: data.map((noise, at) => value(Math.floor(at / cols), at % cols, noise)), rows, cols };
}

type Case = [name: string, input: ReturnType<typeof matrix>, options?: UmapConstructorOptions];

const few = [1, 2, 3, 4].flatMap((n): Case[] => [
  [`${n} points`, matrix(n, 5)],
  [`${n} points from principal components`, matrix(n, 5), { init: "pca" }],
  [`${n} points at random`, matrix(n, 5), { init: "random" }],
  [`${n} points in 10 dimensions`, matrix(n, 5), { nComponents: 10 }],
  [`${n} points, approximately`, matrix(n, 5), { forceApproximation: true }],
]);

const flat = METRICS.flatMap((metric): Case[] => [
  [`equal rows, ${metric}`, matrix(300, 4, () => 3), { metric }],
  [`zeros, ${metric}`, matrix(300, 4, () => 0), { metric }],
  [`one column, ${metric}`, matrix(300, 1), { metric }],
  [`some rows of zeros, ${metric}`, matrix(300, 4, (i, _, x) => (i % 3 ? x : 0)), { metric }],
  [`constant columns, ${metric}`, matrix(300, 4, (_, j, x) => (j ? 7 : x)), { metric }],
]);

const others: Case[] = [
  ["50 blobs far apart", matrix(1000, 5, (i, j, x) => 1000 * (i % 50) * Number(j === i % 5) + x)],
  ["50 blobs and 3 dimensions", matrix(1000, 5, (i, j, x) => (i % 50) * 1000 + j + x), { nComponents: 3 }],
  ["6000 rows of 3 values", matrix(6000, 4, (i, j) => Math.sin((i % 3) + j))],
  ["6000 equal rows, approximately", matrix(6000, 4, () => 3), { forceApproximation: true }],
  ["6000 rows of 3 values, approximately", matrix(6000, 4, (i, j) => (i % 3) * j), { forceApproximation: true }],
  ["one dimension in and out", matrix(300, 1), { nComponents: 1 }],
  ["more dimensions than columns", matrix(300, 2), { nComponents: 8 }],
  ["256 dimensions", matrix(300, 2), { nComponents: 256, nEpochs: 2 }],
  ["every point a neighbour", matrix(300, 4), { nNeighbors: 300 }],
  ["subnormal values", matrix(300, 4, (_, __, x) => x * 1e-40)],
  ["huge values, cosine", matrix(300, 4, (_, __, x) => x * 6e38), { metric: "cosine" }],
  ["one far outlier", matrix(300, 4, (i, _, x) => (i === 7 ? 1e6 : x))],
  ["an initial layout of zeros", matrix(300, 4), { init: new Float32Array(600) }],
  ["no epochs", matrix(300, 4), { nEpochs: 0 }],
  ["no repulsion", matrix(300, 4), { negativeSampleRate: 0, repulsionStrength: 0 }],
  ["two neighbours", matrix(300, 4), { nNeighbors: 2 }],
];

afterAll(() => configure({ backend: "auto" }));

describe.each(backends)("%s: a layout of finite numbers", (backend) => {
  it.each([...few, ...flat, ...others])("%s", async (name, input, options) => {
    configure({ backend });
    const umap = await new UMAP({ nThreads: 2, nEpochs: 20, ...options }).fit(input);
    const { data, rows, cols } = umap.embedding;
    expect([rows, cols, data.length]).toEqual([input.rows, options?.nComponents ?? 2, rows * cols]);
    expect(data.every(Number.isFinite)).toBe(true);
    expect(umap.diagnostics).toMatchObject({ backend, disconnected: 0 });
    // The second build gives the bits of the first.
    expect(bits(data)).toBe(embeddings.get(name) ?? bits(data));
    embeddings.set(name, bits(data));
  });
});

describe("what was cut or could not be is noted", () => {
  it.each([5, 15, 4294967295])("nNeighbors of %d with 4 points", async (nNeighbors) => {
    const { diagnostics, knn } = await new UMAP({ nNeighbors }).fit(matrix(4, 3));
    expect(diagnostics.nNeighbors).toBe(4);
    expect(knn.k).toBe(4);
    expect(diagnostics.notes).toContain(`nNeighbors ${nNeighbors} was cut to the 4 rows there are`);
  });

  it("a spectral layout of 3 points", async () => {
    const { diagnostics } = await new UMAP().fit(matrix(3, 3));
    expect(diagnostics.init).toEqual({ method: "pca" });
    expect(diagnostics.notes.join()).toMatch(/no 2 eigenvectors.*principal components instead/);
  });

  it("rows without any neighbour, which are the only ones that become NaN", async () => {
    const input = matrix(300, 4, (i, _, x) => (i < 2 ? 1e6 * (i + 1) : x));
    const { embedding, diagnostics } = await new UMAP({ disconnectionDistance: 100 }).fit(input);
    expect(diagnostics.disconnected).toBe(2);
    expect(diagnostics.notes.join()).toMatch(/2 rows have no edge.*NaN/);
    expect(embedding.data.findIndex(Number.isFinite)).toBe(4);
    expect(embedding.data.filter(Number.isNaN)).toHaveLength(4);
  });

  it("nothing, where only squares of distances pass 32-bit floats", async () => {
    const { diagnostics } = await new UMAP().fit(matrix(300, 4, (_, __, x) => x * 6e38));
    expect(diagnostics).toMatchObject({ disconnected: 0, notes: [] });
  });

  it("options that drive the layout out of range reject", async () => {
    await expect(new UMAP({ repulsionStrength: 3e38, nEpochs: 50 }).fit(matrix(300, 4))).rejects.toMatchObject({
      code: "invalid-parameter",
      message: expect.stringMatching(/repulsionStrength.*not finite/),
    });
  });
});

describe("neighbours and measures of few points", () => {
  it.each([1, 2, 3])("%d points", async (n) => {
    const { k, indices, distances } = await nearestNeighbors(matrix(n, 5), { k: 100 });
    expect([k, indices.length, distances.length]).toEqual([n, n * n, n * n]);
    expect(distances.every(Number.isFinite)).toBe(true);
  });

  it("evaluate needs three points", async () => {
    const measured = (n: number) => evaluate(matrix(n, 5), matrix(n, 2), { k: 100, labels: Array(n).fill("a") });
    expect(await measured(3)).toMatchObject({ k: 1, rows: 3, labelAccuracy: 1 });
    await expect(measured(2)).rejects.toMatchObject({
      code: "shape-mismatch",
      message: expect.stringMatching(/3 rows/),
    });
  });

  it("evaluate takes NaN rows of an embedding, and equal points", async () => {
    const layout = { ...matrix(300, 2), data: matrix(300, 2).data.fill(Number.NaN, 0, 40) };
    for (const input of [matrix(300, 4), matrix(300, 4, () => 1)]) {
      const { trustworthiness, neighborPreservation } = await evaluate(input, layout);
      expect(trustworthiness).toBeGreaterThanOrEqual(0);
      expect(neighborPreservation).toBeLessThanOrEqual(1);
    }
  });

  it("evaluate measures by the metric that is asked for", async () => {
    // Directions as on a circle, lengths at random: only the cosine finds its neighbours kept.
    const angle = (i: number) => (i / 300) * 2 * Math.PI;
    const circle = matrix(300, 2, (i, j) => (j ? Math.sin(angle(i)) : Math.cos(angle(i))));
    const stretched = matrix(300, 2, (i, j) => (circle.data[2 * i + j] ?? 0) * (1 + ((i * 7919) % 300)));
    const kept = async (metric: Metric) => (await evaluate(stretched, circle, { metric, k: 10 })).neighborPreservation;
    expect(await kept("cosine")).toBeGreaterThan(0.95);
    expect(await kept("euclidean")).toBeLessThan(0.6);
  });
});
