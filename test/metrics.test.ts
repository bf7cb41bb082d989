/** Metrics with parameters and of their own kinds of data, through every call that takes a metric. */

import { evaluate, type KnnOptions, NeighborIndex, nearestNeighbors, UMAP } from "umap-wasm";
import { describe, expect, it } from "vitest";
import { bits, points } from "./data.js";

const places = [
  [0.8527, 0.0412], // Paris
  [0.8991, -0.0022], // London
  [0.7103, -1.2914], // New York
];

it("haversine is the angle between places", async () => {
  const { indices, distances } = await nearestNeighbors(places, { k: 3, metric: "haversine" });
  expect(Array.from(indices.slice(0, 3))).toEqual([0, 1, 2]);
  const [[a, b], [c, d]] = places as [[number, number], [number, number]];
  const half = Math.sin((a - c) / 2) ** 2 + Math.cos(a) * Math.cos(c) * Math.sin((b - d) / 2) ** 2;
  expect(distances[1]).toBeCloseTo(2 * Math.asin(Math.sqrt(half)), 6);
  await expect(nearestNeighbors([[1, 2, 3]], { metric: "haversine" })).rejects.toMatchObject({
    code: "shape-mismatch",
    message: /2 columns, latitude and longitude in radians, got 3/,
  });
});

it("hamming is the share of columns that differ", async () => {
  const rows = [
    [1, 2, 3, 4],
    [1, 2, 3, 9],
    [7, 7, 7, 7],
  ];
  const { distances } = await nearestNeighbors(rows, { k: 3, metric: "hamming" });
  expect(Array.from(distances)).toEqual([0, 0.25, 1, 0, 0.25, 1, 0, 1, 1]);
});

it("canberra takes differences as parts of what values amount to", async () => {
  const { distances } = await nearestNeighbors(
    [
      [0, 1],
      [0, 3],
    ],
    { k: 2, metric: "canberra" },
  );
  expect(distances[1]).toBe(0.5);
});

describe("minkowski", () => {
  const input = points(300, 5);
  const found = (options: KnnOptions) =>
    nearestNeighbors(input, { k: 8, ...options }).then(({ distances }) => bits(distances));

  it.each([
    [1, "manhattan"],
    [2, "euclidean"],
    [Number.POSITIVE_INFINITY, "chebyshev"],
  ] as const)("of order %d is %s", async (p, metric) => {
    expect(await found({ metric: "minkowski", metricOptions: { p } })).toBe(await found({ metric }));
  });

  it.each<[string, KnnOptions, RegExp]>([
    ["an order below 1", { metric: "minkowski", metricOptions: { p: 0.5 } }, /metricOptions.p: expected .* at least 1/],
    ["an order of another metric", { metricOptions: { p: 3 } }, /metricOptions.p: expected no value unless/],
  ])("refuses %s", async (_, options, message) => {
    await expect(found(options)).rejects.toMatchObject({ code: "invalid-parameter", message });
  });

  it("keeps its order in indexes, models and their files", async () => {
    const options = { metric: "minkowski", metricOptions: { p: 3 } } as const;
    await using index = await NeighborIndex.build(input, options);
    await using again = await NeighborIndex.load(await index.save());
    expect(again.diagnostics).toMatchObject({ metric: "minkowski", p: 3 });
    const [own, loaded] = await Promise.all([index.query(input, { k: 8 }), again.query(input, { k: 8 })]);
    expect(bits(loaded.distances)).toBe(bits(own.distances));
    expect(bits(own.distances)).toBe(await found(options));
    await using umap = await new UMAP({ ...options, nEpochs: 20 }).fit(input);
    await using read = await UMAP.load(await umap.save());
    expect(bits((await read.transform(input)).data)).toBe(bits((await umap.transform(input)).data));
    const { trustworthiness } = await evaluate(input, umap.embedding, options);
    expect(trustworthiness).toBeGreaterThan(0.8);
  });
});
