/** Graphs without a layout, and layouts of graphs without points. */

import { type FromGraphOptions, type FuzzyGraphCall, fuzzyGraph, type GraphMatrix, UMAP } from "umap-wasm";
import { describe, expect, it } from "vitest";
import { bits, points } from "./data.js";

const options = { nEpochs: 40, nNeighbors: 10, nThreads: 2 };
const { nEpochs: _, ...ofGraph } = options;
/** One component: its start asks for no points. */
const input = points(500, 3);
const fitted = await new UMAP(options).fit(input);

/** Of three vertices in a row. */
const path: GraphMatrix = { indptr: [0, 1, 3, 4], indices: [1, 0, 2, 1], data: [0.5, 0.5, 1, 1] };

describe("fuzzyGraph", () => {
  it("is the graph of a fit, with its scales and neighbours", async () => {
    const graph = await fuzzyGraph(input, ofGraph);
    expect(bits(graph.indptr, graph.indices, graph.data)).toBe(
      bits(fitted.graph.indptr, fitted.graph.indices, fitted.graph.data),
    );
    expect(bits(graph.knn.distances)).toBe(bits(fitted.knn.distances));
    expect([graph.rhos.length, graph.sigmas.length]).toEqual([500, 500]);
    // The first other neighbour is connected in full.
    expect(Array.from(graph.rhos).every((rho, row) => rho === graph.knn.distances[10 * row + 1])).toBe(true);
    expect(graph.diagnostics).toMatchObject({ rows: 500, cols: 3, nNeighbors: 10, disconnected: 0 });
    expect(graph.diagnostics).not.toHaveProperty("init");
  });

  it("takes neighbours that are known, and a target", async () => {
    const known = await fuzzyGraph(input, { ...ofGraph, precomputedKnn: fitted.knn });
    expect(bits(known.data)).toBe(bits(fitted.graph.data));
    expect(known.diagnostics.knnMethod).toBeNull();
    const target = Array.from({ length: 500 }, (_, row) => row % 2);
    const supervised = await fuzzyGraph(input, { ...ofGraph, target });
    expect(supervised.diagnostics.labelled).toBe(500);
    expect(bits(supervised.data)).not.toBe(bits(known.data));
  });

  it("refuses options of the layout, and stops when it is told to", async () => {
    const refused = fuzzyGraph(input, { minDist: 0.5 } as FuzzyGraphCall);
    await expect(refused).rejects.toMatchObject({ code: "unknown-option", message: /`minDist`/ });
    await expect(fuzzyGraph(input, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "cancelled" });
  });
});

describe("UMAP.fromGraph", () => {
  it("gives the bits of the fit that the graph comes from", async () => {
    const { nNeighbors: _, ...layout } = options;
    await using umap = await UMAP.fromGraph(await fuzzyGraph(input, ofGraph), layout);
    expect(bits(umap.embedding.data)).toBe(bits(fitted.embedding.data));
    expect(umap.diagnostics).toMatchObject({ rows: 500, cols: 0, nNeighbors: 0, nEpochs: 40, knnMethod: null });
  });

  it.each<[string, GraphMatrix]>([
    ["lists", path],
    [
      "typed arrays",
      {
        indptr: Uint32Array.of(0, 1, 3, 4),
        indices: Int8Array.of(1, 2, 0, 1),
        data: new Float64Array([0.5, 1, 0.5, 1]),
      },
    ],
  ])("takes %s, with columns in any order", async (_, graph) => {
    await using umap = await UMAP.fromGraph(graph, { nEpochs: 30 });
    expect(umap.embedding).toMatchObject({ rows: 3, cols: 2 });
    expect(Array.from(umap.graph.indices)).toEqual([1, 0, 2, 1]);
    expect(umap.embedding.data.every(Number.isFinite)).toBe(true);
  });

  it("mixes the weights of the two ways of an edge, if it is told to", async () => {
    const oneWay = { indptr: [0, 1, 2, 2], indices: [1, 2], data: [0.5, 1] };
    await expect(UMAP.fromGraph(oneWay)).rejects.toMatchObject({ code: "shape-mismatch", message: /symmetrize: true/ });
    await using umap = await UMAP.fromGraph(oneWay, { symmetrize: true });
    expect(Array.from(umap.graph.data)).toEqual([0.5, 0.5, 1, 1]);
  });

  it.each<[string, unknown, FromGraphOptions, string, RegExp]>([
    ["points", input, {}, "shape-mismatch", /graph: expected { indptr, indices, data }/],
    ["a fitted UMAP", fitted, {}, "shape-mismatch", /pass its `graph`/],
    ["weights above 1", { ...path, data: [2, 2, 1, 1] }, {}, "invalid-parameter", /a weight from 0 to 1, got 2/],
    ["columns that are no rows", { ...path, indices: [1, 0, 5, 1] }, {}, "shape-mismatch", /columns below 3/],
    ["no vertices", { indptr: [0], indices: [], data: [] }, {}, "shape-mismatch", /graph.indptr: .* at least 2/],
    ["options of the graph", path, { nNeighbors: 3 } as FromGraphOptions, "unknown-option", /`nNeighbors`/],
    ["a start of another shape", path, { init: [[0, 1]] }, "shape-mismatch", /init/],
  ])("refuses %s", async (_, graph, more, code, message) => {
    await expect(UMAP.fromGraph(graph as GraphMatrix, more)).rejects.toMatchObject({ code, message });
  });

  it("has neither points nor neighbours", async () => {
    await using umap = await UMAP.fromGraph(path);
    await expect(umap.transform([[0, 0]])).rejects.toMatchObject({
      code: "not-fitted",
      message: /a graph was laid out/,
    });
    await expect(umap.save()).rejects.toMatchObject({ code: "not-fitted", message: /a graph was laid out/ });
    expect(() => umap.knn).toThrow(/a graph was laid out/);
  });
});

describe("layoutFrom", () => {
  it("gives the embedding of a fit with that start", async () => {
    await using umap = await new UMAP(options).fit(input);
    const expected = await new UMAP({ ...options, init: "random" }).fitTransform(input);
    expect(bits((await umap.layoutFrom("random")).data)).toBe(bits(expected.data));
    expect([umap.diagnostics.init.method, umap.diagnostics.rows]).toEqual(["random", 500]);
    const start = points(500, 2, 7);
    const given = await new UMAP({ ...options, init: start }).fitTransform(input);
    expect(bits((await umap.layoutFrom(start)).data)).toBe(bits(given.data));
    // New points find their places in the new layout.
    const placed = await umap.transform({ data: input.data.slice(0, 30), rows: 10, cols: 3 });
    expect(Math.hypot((placed.data[0] as number) - (umap.embedding.data[0] as number))).toBeLessThan(1);
  });

  it("leaves what there is when it fails", async () => {
    await using umap = await UMAP.fromGraph(path);
    const before = bits(umap.embedding.data);
    await expect(umap.layoutFrom([[1, 2]])).rejects.toMatchObject({ code: "shape-mismatch" });
    await expect(umap.layoutFrom("nonsense" as "pca")).rejects.toMatchObject({ code: "invalid-parameter" });
    expect(bits(umap.embedding.data)).toBe(before);
    expect((await umap.layoutFrom("random")).rows).toBe(3);
    await expect(new UMAP().layoutFrom("random")).rejects.toMatchObject({ code: "not-fitted" });
  });
});
