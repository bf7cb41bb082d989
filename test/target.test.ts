/** Supervised fits through every layer: forms of targets, new points, files, aborts, refusals. */

import {
  evaluate,
  type FitOptions,
  nearestNeighbors,
  type Progress,
  type Target,
  UMAP,
  type UmapConstructorOptions,
} from "umap-wasm";
import { describe, expect, it } from "vitest";
import { bits, blobs, points } from "./data.js";

const ROWS = 600;
const input = blobs(ROWS, 20);
const classes = Array.from({ length: ROWS }, (_, i) => i % 12);
const values = Float32Array.from(points(ROWS, 1).data);
const options = { nEpochs: 30, nThreads: 2 };
const numeric = { ...options, targetMetric: "euclidean", targetNNeighbors: 30 } as const;

async function embed(target: Target | undefined, more: UmapConstructorOptions = options) {
  await using umap = await new UMAP(more).fit(input, { target });
  return bits(umap.embedding.data);
}

const [without, supervised, semi, byNumber] = await Promise.all([
  embed(undefined),
  embed(classes),
  embed(classes.map((label, i) => (i % 2 ? label : -1))),
  embed(values, numeric),
]);

describe("labels", () => {
  it("change the embedding, and unknown ones differently", () => {
    expect(new Set([without, supervised, semi, byNumber]).size).toBe(4);
  });

  it.each<[string, Target]>([
    ["texts", classes.map((label) => `class ${label}`)],
    ["other integers", classes.map((label) => 1e9 - 7 * label)],
    ["a typed array", Int32Array.from(classes)],
    ["bytes", Uint8Array.from(classes)],
  ])("may be %s", async (_, target) => {
    expect(await embed(target)).toBe(supervised);
  });

  it.each([
    ["null", null],
    ["undefined", undefined],
    ["-1", -1],
  ])("of which %s is unknown", async (_, unknown) => {
    expect(await embed(classes.map((label, i) => (i % 2 ? label : unknown)))).toBe(semi);
  });

  it("may be booleans", async () => {
    expect(await embed(classes.map((label) => label % 2 === 0))).toBe(await embed(classes.map((label) => label % 2)));
  });

  it("weaken the edges to given neighbours, too", async () => {
    const precomputedKnn = await nearestNeighbors(input, { k: 15, nThreads: 2 });
    expect(await embed(classes, { ...options, precomputedKnn })).toBe(supervised);
  });

  it("bring points of a class together", async () => {
    // Four classes that the points do not show.
    const target = Uint8Array.from({ length: ROWS }, (_, i) => Math.floor(i / 12) % 4);
    const accuracy = async (call: FitOptions) => {
      await using umap = await new UMAP({ ...options, nEpochs: 200, targetWeight: 0.9 }).fit(input, call);
      return (await evaluate(input, umap.embedding, { labels: target })).labelAccuracy ?? 0;
    };
    expect(await accuracy({ target })).toBeGreaterThan((await accuracy({})) + 0.3);
  });

  it("count by their weight", async () => {
    const hashes = await Promise.all([0, 0.5, 1].map((targetWeight) => embed(classes, { ...options, targetWeight })));
    expect(hashes[1]).toBe(supervised);
    expect(new Set(hashes).size).toBe(3);
  });
});

describe("numbers", () => {
  it.each<[string, Target]>([
    ["an array", Array.from(values)],
    ["rows", Array.from(values, (value) => [value])],
    ["32-bit rows", Array.from(values, (value) => Float32Array.of(value))],
    ["a matrix", { data: values, rows: ROWS, cols: 1 }],
    ["64-bit numbers", Float64Array.from(values)],
  ])("may be %s", async (_, target) => {
    expect(await embed(target, numeric)).toBe(byNumber);
  });

  it("may be several to a point", async () => {
    const data = points(ROWS, 3).data;
    const rows = Array.from({ length: ROWS }, (_, i) => Array.from(data.slice(3 * i, 3 * i + 3)));
    expect(await embed(rows, numeric)).toBe(await embed({ data, rows: ROWS, cols: 3 }, numeric));
  });
});

describe("a model that has learnt", () => {
  it("places new points the same after it was saved and loaded, and says how many labels it knew", async () => {
    const target = classes.map((label, i) => (i % 3 ? label : null));
    await using umap = await new UMAP(options).fit(input, { target });
    expect(umap.diagnostics.labelled).toBe(400);
    const asked = points(40, 20);
    const places = bits((await umap.transform(asked)).data);
    await using again = await UMAP.load(await umap.save(), { nThreads: 2 });
    expect(bits((await again.transform(asked)).data)).toBe(places);
    expect(again.diagnostics.labelled).toBe(400);
  });

  it("goes on after an abort, also from a file, to the same bits", async () => {
    for (const [target, some] of [
      [classes, options],
      [values, numeric],
    ] as const) {
      // Long enough that the abort comes before the end.
      const more = { ...some, nEpochs: 3000 };
      const whole = await embed(target, more);
      const controller = new AbortController();
      const onProgress = ({ epoch }: Progress) => void (epoch && controller.abort());
      await using umap = new UMAP(more);
      const stopped = await umap
        .fit(input, { target, signal: controller.signal, onProgress })
        .catch(({ code }) => code);
      expect(stopped).toBe("cancelled");
      await using again = await UMAP.load(await umap.save(), { nThreads: 1 });
      await again.resume();
      expect(bits(again.embedding.data)).toBe(whole);
      await umap.resume();
      expect(bits(umap.embedding.data)).toBe(whole);
      expect(umap.diagnostics.labelled).toBe(ROWS);
    }
  });

  it("shows its frames", async () => {
    await using umap = new UMAP(options);
    let last: Float32Array | undefined;
    for await (const { data } of umap.frames(input, { every: 10, target: classes })) last = data;
    expect(last && bits(last)).toBe(supervised);
  });
});

describe("refused are", () => {
  const UNKNOWN = /target: expected at least one labelled row, got no label/;
  const [shape, invalid, finite] = ["shape-mismatch", "invalid-parameter", "not-finite"];
  const wrong: [string, unknown, UmapConstructorOptions, string | undefined, RegExp][] = [
    ["labels of fewer points", classes.slice(1), {}, shape, /target: expected 600 rows.*got 599/],
    ["no labels", [], {}, shape, /got 0/],
    ["a text", "labels", {}, shape, /target: expected a label for each point, got the string "labels"/],
    ["null", null, {}, shape, /got null/],
    ["only unknown labels", classes.map((label) => [-1, null, undefined][label % 3]), {}, invalid, UNKNOWN],
    [
      "labels that are no integers",
      values,
      {},
      invalid,
      /got -?0\.\d+ in row 0; numbers take targetMetric: "euclidean"/,
    ],
    ["NaN as a label", classes.map(() => Number.NaN), {}, invalid, /got NaN in row 0/],
    ["rows as labels", classes.map((label) => [label]), {}, invalid, /got an array of 1 in row 0/],
    [
      "a matrix of labels",
      { data: values, rows: ROWS, cols: 1 },
      {},
      shape,
      /got an object with data, rows, cols: pass its `data`/,
    ],
    ["numbers of fewer points", values.slice(1), numeric, shape, /target: expected 600 rows.*got 599/],
    ["texts as numbers", classes.map(String), numeric, invalid, /target\[0, 0\] is the string "0"/],
    ["unknown numbers", Array.from(values, (x, i) => (i === 9 ? null : x)), numeric, finite, /target\[9, 0\] is null/],
    ["NaN", values.map((x, i) => (i === 9 ? Number.NaN : x)), numeric, finite, /target\[9, 0\] is NaN/],
    ["infinity", values.map((x, i) => (i === 9 ? 1 / 0 : x)), numeric, finite, /target\[9, 0\] is Infinity/],
    [
      "cosine of one number",
      values,
      { ...numeric, targetMetric: "cosine" },
      invalid,
      /targetMetric: expected euclid.*cosine/,
    ],
    ["rows of different lengths", [[1], [1, 2]], numeric, shape, /target: expected 1 values in every row/],
  ];
  it.each(wrong)("%s", async (_, target, more, code, message) => {
    const call = new UMAP({ ...options, ...more }).fit(input, { target: target as Target });
    await expect(call).rejects.toMatchObject({ name: "UmapError", code, message: expect.stringMatching(message) });
  });

  it("targets where there is nothing to fit", async () => {
    const call = { target: classes } as object;
    await using umap = await new UMAP(options).fit(input);
    const expected = { code: "unknown-option", message: expect.stringMatching(/`target`.*are signal, onProgress/) };
    await expect(umap.transform(input, call)).rejects.toMatchObject(expected);
    await expect(new UMAP().resume(call)).rejects.toMatchObject(expected);
  });
});
