/** Arrays beside the points: every form means the same numbers, and what cannot be is refused with a reason. */

import { evaluate, nearestNeighbors, type Points, UMAP } from "umap-wasm";
import { describe, expect, it } from "vitest";
import { bits, blobs, points } from "./data.js";

const ROWS = 60;
const input = blobs(ROWS, 6);
const options = { nNeighbors: 5, nEpochs: 5, nThreads: 2 };
const knn = await nearestNeighbors(input, { k: 5, nThreads: 2 });
const rejects = (call: Promise<unknown>, code: string, message: RegExp) =>
  expect(call).rejects.toMatchObject({ name: "UmapError", code, message: expect.stringMatching(message) });

function inRows<T>(array: Iterable<T>, cols: number): T[][] {
  const all = [...array];
  return Array.from({ length: all.length / cols }, (_, i) => all.slice(i * cols, (i + 1) * cols));
}

describe("init", () => {
  const values = Array.from({ length: ROWS * 2 }, (_, i) => (i * 37) % 101);
  const embed = async (init: unknown) =>
    bits((await new UMAP({ ...options, init: init as Float32Array }).fitTransform(input)).data);

  it.each([
    ["Float64Array", Float64Array.from(values)],
    ["Int32Array", Int32Array.from(values)],
    ["Uint32Array", Uint32Array.from(values)],
    ["Uint8Array", Uint8Array.from(values)],
    ["numbers", values],
    ["rows of numbers", inRows(values, 2)],
    ["rows of Float32Array", inRows(values, 2).map((row) => Float32Array.from(row))],
    ["an embedding", { data: Float32Array.from(values), rows: ROWS, cols: 2 }],
    ["a tensor", { data: Float32Array.from(values), dims: [ROWS, 2] }],
  ])("as %s", async (_, init) => {
    expect(await embed(init)).toBe(await embed(Float32Array.from(values)));
  });

  it.each([
    ["too short", new Float32Array(ROWS * 2 - 2), "shape-mismatch", /60 x 2 = 120 values, got 118/],
    ["of other columns", inRows(new Float32Array(ROWS * 2), 4), "shape-mismatch", /60 x 2 values, got rows of 4/],
    ["ragged", [[1, 2], [3]], "shape-mismatch", /1 in row 1/],
    ["without data", {}, "shape-mismatch", /got an empty object/],
    ["of texts", ["a", "b"], "invalid-parameter", /init\[0, 0\] is the string "a"/],
    ["NaN", Float32Array.from(values).fill(Number.NaN, 7, 8), "not-finite", /init\[3, 1\] is NaN/],
    [
      "of halves",
      { data: new Uint16Array(120), dims: [60, 2], type: "float16" },
      "invalid-parameter",
      /got 16-bit floats/,
    ],
    ["of BigInt", new BigInt64Array(ROWS * 2), "shape-mismatch", /BigInt64Array/],
  ])("%s is refused", (_, init, code, message) => rejects(embed(init), code, message));
});

describe("precomputedKnn", () => {
  const embedWith = (precomputedKnn: unknown, more: object = {}) =>
    new UMAP({ ...options, ...more, precomputedKnn: precomputedKnn as typeof knn }).fit(input);
  const change = <T extends Int32Array | Float32Array>(array: T, at: number, value: number) => {
    const changed = array.slice() as T;
    changed[at] = value;
    return changed;
  };

  it("in every form gives what the search gives", async () => {
    const searched = bits((await new UMAP(options).fit(input)).embedding.data);
    const forms = [
      { indices: Float64Array.from(knn.indices), distances: Float64Array.from(knn.distances) },
      { indices: Uint8Array.from(knn.indices), distances: [...knn.distances], k: 5 },
      { indices: [...knn.indices], distances: inRows(knn.distances, 5) },
      { indices: inRows(knn.indices, 5), distances: inRows(knn.distances, 5) },
    ];
    for (const form of forms) expect(bits((await embedWith(form)).embedding.data)).toBe(searched);
  });

  it("takes absent neighbours, and puts a row first that is not", async () => {
    const indices = change(knn.indices, 4, -1);
    const distances = change(knn.distances, 4, Number.POSITIVE_INFINITY);
    const { embedding } = await embedWith({ indices, distances });
    expect(embedding.data.every(Number.isFinite)).toBe(true);
    const others = { indices: change(knn.indices, 0, knn.indices[1] ?? 0), distances: knn.distances };
    expect((await embedWith(others)).diagnostics.notes.join()).toMatch(/1 rows did not contain themselves/);
  });

  const { indices, distances } = knn;
  it.each([
    ["of too few columns", { indices, distances }, { nNeighbors: 6 }, "shape-mismatch", /at least nNeighbors \(6\).*5/],
    [
      "of too few rows",
      { indices: indices.slice(5), distances: distances.slice(5), k: 5 },
      {},
      "shape-mismatch",
      /295/,
    ],
    ["of another k", { indices, distances, k: 4 }, {}, "shape-mismatch", /60 x k \(k = 4\)/],
    ["of other columns", { indices: inRows(indices, 10), distances }, {}, "shape-mismatch", /k = 10/],
    ["with fewer distances", { indices, distances: distances.slice(1) }, {}, "shape-mismatch", /299 distances/],
    ["without distances", { indices }, {}, "shape-mismatch", /precomputedKnn.distances.*undefined/],
    ["without anything", {}, {}, "shape-mismatch", /precomputedKnn.indices.*undefined/],
    ["with ragged rows", { indices: [[0, 1], [1]], distances }, {}, "shape-mismatch", /1 in row 1/],
    [
      "with a k that is a text",
      { indices, distances, k: "5" },
      {},
      "invalid-parameter",
      /precomputedKnn.k: .* string "5"$/,
    ],
    ["that is a pair", [indices, distances], {}, "invalid-parameter", /precomputedKnn: .* got an array of 2$/],
    ["with a k of 2.5", { indices, distances, k: 2.5 }, {}, "invalid-parameter", /precomputedKnn.k.*2.5/],
    ["with a k of 0", { indices, distances, k: 0 }, {}, "shape-mismatch", /k = 0/],
    ["with a k of -5", { indices, distances, k: -5 }, {}, "invalid-parameter", /precomputedKnn.k: .*got -5/],
    [
      "with a row that is not there",
      { indices: change(indices, 7, 60), distances },
      {},
      "invalid-parameter",
      /0 to 59, got 60 in row 1, column 2/,
    ],
    ["with a row below -1", { indices: change(indices, 7, -2), distances }, {}, "invalid-parameter", /got -2/],
    [
      "with a part of a row",
      { indices: change(Float32Array.from(indices), 7, 0.5), distances },
      {},
      "invalid-parameter",
      /integers, got 0.5/,
    ],
    [
      "with a NaN for a row",
      { indices: change(Float32Array.from(indices), 7, Number.NaN), distances },
      {},
      "invalid-parameter",
      /integers, got NaN/,
    ],
    [
      "with a NaN distance",
      { indices, distances: change(distances, 7, Number.NaN) },
      {},
      "invalid-parameter",
      /distances.*NaN in row 1, column 2/,
    ],
    [
      "with falling distances",
      { indices, distances: change(distances, 7, 0) },
      {},
      "invalid-parameter",
      /non-decreasing/,
    ],
  ] as [string, object, object, string, RegExp][])("%s is refused", (_, wrong, more, code, message) =>
    rejects(embedWith(wrong, more), code, message),
  );
});

describe("evaluate", () => {
  const layout = points(ROWS, 2);
  const measure = (embedding: unknown, labels?: unknown) =>
    evaluate(input, embedding as typeof layout, { labels: labels as number[] });

  it.each([
    ["an embedding of other columns", { ...layout, cols: 4 }, undefined, /embedding/],
    ["an embedding of other rows", points(ROWS - 1, 2), undefined, /60 rows.*118 values/],
    ["too few labels", layout, [1, 2, 3], /60 values, got 3/],
  ])("refuses %s", (_, embedding, labels, message) => rejects(measure(embedding, labels), "shape-mismatch", message));

  it.each([
    ["nothing", undefined, /embedding: expected rows of numbers or \{ data, rows, cols \}, got undefined/],
    ["a model", new UMAP(), /got a UMAP: pass its `embedding`/],
  ])("refuses %s for an embedding", (_, embedding, message) => rejects(measure(embedding), "shape-mismatch", message));

  it.each([5, "labels", new Map(), () => 1])("refuses %o for labels", (labels) =>
    rejects(measure(layout, labels), "shape-mismatch", /labels: expected a label for each point, got/),
  );

  it.each([
    ["one number for each row", Array(ROWS).fill(1), /reference: expected rows of numbers.*a flat array needs a shape/],
    ["a text", "path", /reference: expected rows of numbers or \{ data, rows, cols \}, got the string "path"/],
  ])("refuses %s for a reference", (_, reference, message) =>
    rejects(evaluate(input, layout, { reference } as object), "shape-mismatch", message),
  );

  it("takes an embedding in rows", async () => {
    expect(await measure(inRows(layout.data, 2))).toEqual(await measure(layout));
  });

  it("takes an embedding in any type", async () => {
    const data = layout.data.map((x) => Math.round(x * 100));
    const reference = await measure({ ...layout, data });
    expect(await measure({ ...layout, data: Int32Array.from(data) })).toEqual(reference);
    expect(await measure({ ...layout, data: [...data] })).toEqual(reference);
  });
});

describe("points that cannot be", () => {
  const search = (wrong: unknown) => nearestNeighbors(wrong as Points);
  const data = new Float32Array(12);
  it.each([
    ["a dtype on another array", { data, rows: 4, cols: 3, dtype: "f16" }, "invalid-parameter", /dtype.*Float32Array/],
    ["an unknown dtype", { data: new Uint16Array(12), rows: 4, cols: 3, dtype: "f8" }, "invalid-parameter", /"f8"/],
    [
      "a half that is infinite",
      { data: Uint16Array.of(0x3c00, 0x7c00), rows: 1, cols: 2, dtype: "f16" },
      "not-finite",
      /points\[0, 1\]/,
    ],
    [
      "a half that is NaN",
      { data: Uint16Array.of(0x3c00, 0x7e00), rows: 1, cols: 2, dtype: "f16" },
      "not-finite",
      /NaN/,
    ],
    [
      "an infinity",
      { data: data.slice().fill(Number.POSITIVE_INFINITY, 11), rows: 4, cols: 3 },
      "not-finite",
      /points\[3, 2\] is Infinity/,
    ],
    [
      "a double that is too great",
      { data: new Float64Array(12).fill(1e39, 5, 6), rows: 4, cols: 3 },
      "not-finite",
      /points\[1, 2\]/,
    ],
    [
      "a NaN in rows",
      [
        [1, 2],
        [3, Number.NaN],
      ],
      "not-finite",
      /points\[1, 1\] is NaN/,
    ],
    [
      "null in rows",
      [
        [1, 2],
        [3, null],
      ],
      "not-finite",
      /points\[1, 1\] is null/,
    ],
    ["texts in rows", [["1", "2"]], "invalid-parameter", /points\[0, 0\] is the string "1": every/],
    ["a hole in rows", [[1, 2], new Array(2)], "not-finite", /points\[1, 0\] is undefined/],
    [
      "numbers without rows",
      [1, 2, 3],
      "shape-mismatch",
      /rows of numbers, got 1 in row 0: a flat array needs a shape/,
    ],
    ["a missing row", [[1, 2], undefined], "shape-mismatch", /undefined in row 1/],
    [
      "a longer row",
      [
        [1, 2],
        [1, 2, 3],
      ],
      "shape-mismatch",
      /3 in row 1/,
    ],
    ["rows of BigInt", [new BigInt64Array(2)], "shape-mismatch", /BigInt64Array/],
    ["empty rows", [[], []], "empty-input", /2 x 0/],
    ["a fraction of a row", { data, rows: 2.5, cols: 4.8 }, "invalid-parameter", /points.rows.*integer.*2.5/],
    ["negative rows", { data, rows: -4, cols: -3 }, "invalid-parameter", /points.rows.*-4/],
    ["NaN columns", { data, rows: 4, cols: Number.NaN }, "invalid-parameter", /points.cols.*NaN/],
    ["neither rows nor columns said", { data }, "invalid-parameter", /points: expected rows or cols.*neither/],
    ["no rows", { data: new Float32Array(0), rows: 0, cols: 3 }, "empty-input", /0 x 3/],
    ["more than there can be", { data, rows: 2 ** 31, cols: 2 ** 31 }, "shape-mismatch", /got 12/],
    [
      "an array for data",
      { data: [1, 2], rows: 1, cols: 2 },
      "shape-mismatch",
      /typed array of numbers, got an array of 2: make one by Float32Array.from/,
    ],
  ])("%s", (_, wrong, code, message) => rejects(search(wrong), code, message));
});
