/** Kinds of points besides matrices of numbers, and metrics with parameters, through the package. */

import { AlignedUMAP, evaluate, fuzzyGraph, NeighborIndex, nearestNeighbors, type Points, UMAP } from "umap-wasm";
import { ParametricUMAP } from "umap-wasm/parametric";
import { describe, expect, it } from "vitest";

const ROWS = 240;
const COLS = 30;

/** Rows in twelve groups, two thirds zeros. */
function grouped(rows: number, seed = 1): Float32Array {
  const hash = (a: number, b: number) => {
    const x = Math.imul(a * 7919 + b, 2654435761) >>> 0;
    return (Math.imul(x ^ (x >>> 15), 2246822519) >>> 0) / 2 ** 32;
  };
  return Float32Array.from({ length: rows * COLS }, (_, at) => {
    const [row, col] = [Math.floor(at / COLS), at % COLS];
    const center = hash(row % 12, col);
    return center < 0.66 ? 0 : center + 0.05 * hash(seed * 1000 + row, col);
  });
}

/** The same as sparse rows. */
function sparse(data: Float32Array, wide = false) {
  const [indptr, indices, values]: number[][] = [[0], [], []];
  for (let row = 0; row < data.length / COLS; row++) {
    for (let col = COLS - 1; col >= 0; col--) {
      const x = data[row * COLS + col] as number;
      if (x !== 0 || col === 3) {
        indices?.push(col);
        values?.push(x);
      }
    }
    indptr?.push(indices?.length ?? 0);
  }
  const integers = (values: number[] = []) => (wide ? BigInt64Array.from(values, BigInt) : Int32Array.from(values));
  return {
    indptr: integers(indptr),
    indices: integers(indices),
    data: Float32Array.from(values ?? []),
    rows: data.length / COLS,
    cols: COLS,
  };
}

function words(count: number, seed = 1): string[] {
  const letters = "abcdefghijklmnopqrstuvwxyzäß😀";
  const letter = (a: number, b: number) => [...letters][(Math.imul(a * 31 + b * 17 + 7, 2654435761) >>> 8) % 29];
  return Array.from({ length: count }, (_, i) => {
    const word = Array.from({ length: 12 }, (_, at) => letter(i % 12, at));
    word[(i * seed) % 12] = letter(i + seed, 3);
    return word.join("");
  });
}

function bits(rows: number, seed = 1) {
  const data = Uint8Array.from({ length: rows * 16 }, (_, at) => {
    const [row, col] = [Math.floor(at / 16), at % 16];
    const center = Math.imul((row % 12) * 131 + col * 7 + 1, 2654435761) >>> 24;
    return (row * seed + col) % 23 === 0 ? center ^ 1 : center;
  });
  return { data, rows, cols: 16 };
}

/** Euclidean distances of some rows to the first `ROWS`. */
function distances(data: Float32Array, first: number, rows: number) {
  const row = (i: number) => data.subarray(i * COLS, (i + 1) * COLS);
  const between = (i: number, j: number) =>
    Math.sqrt(row(i).reduce((sum, x, at) => sum + (x - (row(j)[at] ?? 0)) ** 2, 0));
  const values = Array.from({ length: rows * ROWS }, (_, at) => between(first + Math.floor(at / ROWS), at % ROWS));
  return { data: Float64Array.from(values), rows, cols: ROWS };
}

const all = grouped(ROWS + 12);
const own = all.subarray(0, ROWS * COLS);
const rest = all.subarray(ROWS * COLS);

const KINDS: [name: string, metric: string, points: Points, more: Points][] = [
  ["sparse rows", "cosine", sparse(own), sparse(rest)],
  ["sparse rows by jaccard", "jaccard", sparse(own, true), sparse(rest, true)],
  ["strings", "levenshtein", words(ROWS), words(12, 5)],
  ["bits", "bit_hamming", bits(ROWS), bits(12, 3)],
  ["bits by jaccard", "bit_jaccard", bits(ROWS), bits(12, 3)],
  ["a matrix of distances", "precomputed", distances(all, 0, ROWS), distances(all, ROWS, 12)],
];
const OPTIONS = { nNeighbors: 8, nEpochs: 60 };
const of = (metric: string) => ({ metric: metric as "cosine" });

function nearest(embedding: Float32Array, at: ArrayLike<number>): number {
  let [best, least] = [-1, Number.POSITIVE_INFINITY];
  for (let i = 0; i < embedding.length / 2; i++) {
    const [x = 0, y = 0] = embedding.subarray(2 * i, 2 * i + 2);
    const distance = (x - (at[0] ?? 0)) ** 2 + (y - (at[1] ?? 0)) ** 2;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

describe.each(KINDS)("%s", (_, metric, points, more) => {
  it("are embedded, and new ones placed in their groups; a file gives the same", async () => {
    const umap = new UMAP({ ...OPTIONS, ...of(metric) });
    const { data } = await umap.fitTransform(points);
    const placed = await umap.transform(more);
    const right = Array.from({ length: 12 }, (_, i) => nearest(data, placed.data.subarray(2 * i)) % 12 === i);
    expect(right.filter(Boolean).length).toBeGreaterThan(10);
    const loaded = await UMAP.load(await umap.save());
    expect((await loaded.transform(more)).data).toEqual(placed.data);
    await Promise.all([umap.dispose(), loaded.dispose()]);
  });

  it("are searched, and asked for", async () => {
    const { indices } = await nearestNeighbors(points, { k: 6, ...of(metric) });
    const groups = Array.from(
      { length: ROWS * 6 },
      (_, at) => Math.abs((indices[at] as number) - Math.floor(at / 6)) % 12,
    );
    expect(groups.filter((difference) => difference === 0).length).toBeGreaterThan(ROWS * 5.5);
    const index = await NeighborIndex.build(points, of(metric));
    const found = await index.query(more, { k: 3 });
    expect([...found.indices].map((row) => row % 12)).toEqual(
      Array.from({ length: 36 }, (_, at) => Math.floor(at / 3)),
    );
    await index.dispose();
    const graph = await fuzzyGraph(points, { nNeighbors: 8, ...of(metric) });
    expect(graph.indptr.length).toBe(ROWS + 1);
  });

  it("are measured, embedded together, and refused by networks", async () => {
    const embedding = await new UMAP({ ...OPTIONS, ...of(metric) }).fitTransform(points);
    expect((await evaluate(points, embedding, { k: 8, ...of(metric) })).trustworthiness).toBeGreaterThan(0.8);
    const aligned = new AlignedUMAP({ ...OPTIONS, ...of(metric) });
    const same = Array.from({ length: ROWS }, (_, i) => [i, i] as [number, number]);
    const { embeddings } = await aligned.fit([points, points], { relations: [same] } as never);
    expect(embeddings.length).toBe(2);
    await aligned.dispose();
    const parametric = new ParametricUMAP({ ...of(metric), nTrainingEpochs: 1 } as never);
    await expect(parametric.fit(points)).rejects.toMatchObject({
      code: "invalid-parameter",
      message: expect.stringContaining("ParametricUMAP takes no others"),
    });
  });
});

describe("sparse rows", () => {
  const dense = { data: own, rows: ROWS, cols: COLS };

  it("have the neighbours of dense ones", async () => {
    for (const metric of ["euclidean", "cosine", "correlation", "manhattan", "canberra", "hellinger", "dice"]) {
      const [a, b] = await Promise.all(
        [sparse(own), dense].map((points) => nearestNeighbors(points, { k: 6, ...of(metric) })),
      );
      a?.distances.forEach((distance, at) => {
        expect(Math.abs(distance - (b?.distances[at] ?? 0)), metric).toBeLessThan(2e-6);
      });
    }
  });

  it("join dense models, and dense rows sparse ones", async () => {
    const [a, b] = [new UMAP({ ...OPTIONS, ...of("cosine") }), new UMAP({ ...OPTIONS, ...of("cosine") })];
    await Promise.all([a.fit(dense), b.fit(sparse(own))]);
    const more = { data: rest, rows: 12, cols: COLS };
    expect((await a.transform(sparse(rest))).data).toEqual((await a.transform(more)).data);
    expect((await b.transform(more)).data).toEqual((await b.transform(sparse(rest))).data);
  });
});

describe("distances", () => {
  it("of a triangle, and of some pairs", async () => {
    const { data } = distances(all, 0, ROWS);
    const condensed: number[] = [];
    const [indptr, indices, values]: number[][] = [[0], [], []];
    for (let i = 0; i < ROWS; i++) {
      for (let j = 0; j < ROWS; j++) {
        if (j > i) condensed.push(data[i * ROWS + j] as number);
        if (j === i) continue;
        indices?.push(j);
        values?.push(data[i * ROWS + j] as number);
      }
      indptr?.push(indices?.length ?? 0);
    }
    const csr = { indptr, indices, data: values, rows: ROWS, cols: ROWS } as never;
    const search = (points: Points) => nearestNeighbors(points, { k: 6, metric: "precomputed" });
    const expected = await search(distances(all, 0, ROWS));
    for (const points of [{ condensed, rows: ROWS }, csr]) {
      const found = await search(points);
      expect(found.indices).toEqual(expected.indices);
      expect(found.distances).toEqual(expected.distances);
    }
  });

  it.each([
    ["not square", { data: new Float32Array(6), rows: 2, cols: 3 }, /square matrix of distances/],
    [
      "one-sided",
      [
        [0, 1],
        [2, 0],
      ],
      /points\[0, 1\] = 1 and points\[1, 0\] = 2/,
    ],
    [
      "of rows from themselves",
      [
        [0, 1],
        [1, 3],
      ],
      /0 on the diagonal, got points\[1, 1\] = 3/,
    ],
    [
      "below 0",
      [
        [0, -1],
        [-1, 0],
      ],
      /points\[0, 1\] = -1/,
    ],
    ["too few of a triangle", { condensed: [1, 2], rows: 3 }, /expected 3 distances of 3 rows, got 2/],
    ["strings", ["a", "b"], /distances: a square matrix.*got strings/],
  ])("%s are refused", async (_, points, message) => {
    await expect(nearestNeighbors(points as Points, { metric: "precomputed" })).rejects.toThrow(message);
  });
});

describe("metrics", () => {
  it.each([
    ["seuclidean", { V: new Float64Array(COLS).fill(2) }],
    ["standardised_euclidean", { sigma: new Array(COLS).fill(2) }],
    ["minkowski", { p: 1.5, w: new Float32Array(COLS).fill(1) }],
    [
      "mahalanobis",
      { VI: Array.from({ length: COLS }, (_, i) => Array.from({ length: COLS }, (_, j) => (i === j ? 1 : 0))) },
    ],
    ["symmetric_kl", { z: 0.01 }],
  ] as const)("%s takes its options, also by umap-learn's name", async (metric, metricOptions) => {
    const points = { data: own, rows: ROWS, cols: COLS };
    const [a, b] = await Promise.all([
      nearestNeighbors(points, { k: 5, metric, metricOptions }),
      nearestNeighbors(points, { k: 5, metric, metricKwds: metricOptions }),
    ]);
    expect(a.distances.every(Number.isFinite)).toBe(true);
    expect(b.distances).toEqual(a.distances);
    const umap = new UMAP({ ...OPTIONS, metric, metricOptions });
    await umap.fit(points);
    const loaded = await UMAP.load(await umap.save());
    const more = { data: rest, rows: 12, cols: COLS };
    expect((await loaded.transform(more)).data).toEqual((await umap.transform(more)).data);
  });

  it.each([
    [
      "strings",
      ["a", "b"],
      "euclidean",
      /rows of numbers, dense or sparse, with metric euclidean, got strings: set the metric/,
    ],
    ["numbers", [[1, 2]], "levenshtein", /an array of strings, with metric levenshtein, got values of type f64/],
    ["floats", [[1, 2]], "bit_jaccard", /packed bits: a Uint8Array/],
    ["a number among strings", ["a", 3], "levenshtein", /points\[1\]: expected a string, got 3/],
    ["sparse rows", sparse(own), "haversine", /make the rows dense/],
  ])("what they cannot compare is refused: %s", async (_, points, metric, message) => {
    await expect(nearestNeighbors(points as Points, { k: 2, ...of(metric) })).rejects.toThrow(message);
  });
});
