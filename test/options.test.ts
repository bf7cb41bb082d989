/** Every option: unknown names, values out of range, values of a wrong kind; what is accepted stands in the message. */

import { evaluate, nearestNeighbors, UMAP } from "umap-wasm";
import { describe, expect, it } from "vitest";
import { bits, points } from "./data.js";

const input = points(60, 4);
const layout = points(60, 2);
const calls = {
  UMAP: (options: object) => new UMAP({ nEpochs: 5, ...options }).fit(input),
  nearestNeighbors: (options: object) => nearestNeighbors(input, options),
  evaluate: (options: object) => evaluate(input, layout, options),
};
type Call = keyof typeof calls;

const INTEGER = ["1", 1.5, Number.NaN, Number.POSITIVE_INFINITY, null, true, [3], {}, 3n, 1e21, -2, 2 ** 32, () => 3];
const NUMBER = ["1", Number.NaN, Number.NEGATIVE_INFINITY, null, true, [3], {}, 3n, -1, -1e-9, Symbol("three")];

/** What each option must not be, and what its message says that it may be. */
const refused: [Call, string, unknown[], RegExp][] = [
  ["UMAP", "nNeighbors", [...INTEGER, 0, 1], /integer/],
  ["UMAP", "nComponents", [...INTEGER, 0, 257], /integer/],
  ["UMAP", "nEpochs", INTEGER.filter((x) => x !== null), /integer/],
  ["UMAP", "learningRate", [...NUMBER, 0, 1e39], /number|float/],
  ["UMAP", "spread", [...NUMBER, 0], /number|float/],
  ["UMAP", "minDist", [...NUMBER, 1.01], /number|0 to spread/],
  ["UMAP", "setOpMixRatio", [...NUMBER, 1.01], /number|0 to 1/],
  ["UMAP", "localConnectivity", [...NUMBER, 15], /number|0 to below/],
  ["UMAP", "repulsionStrength", [...NUMBER, 1e39], /number|float/],
  ["UMAP", "negativeSampleRate", [...INTEGER, 1001], /integer/],
  ["UMAP", "a", [...NUMBER.filter((x) => x !== null), 0], /number|float/],
  ["UMAP", "b", [...NUMBER.filter((x) => x !== null), 0], /number|float/],
  ["UMAP", "disconnectionDistance", [...NUMBER.filter((x) => x !== null), 0], /number/],
  ["UMAP", "targetMetric", ["", "ordinal", "Categorical", 1, null], /categorical.*euclidean.*correlation/],
  ["UMAP", "targetWeight", [...NUMBER, 1.01, -0.01], /number|0 to 1/],
  ["UMAP", "densmap", [0, 1, "true", null], /boolean/],
  ["UMAP", "densLambda", [...NUMBER, 1e39], /number|float/],
  ["UMAP", "densFrac", [...NUMBER, 1.01], /number|0 to 1/],
  ["UMAP", "densVarShift", [...NUMBER, 1e39], /number|float/],
  ["UMAP", "outputDens", [0, 1, "true", null], /boolean/],
  ["UMAP", "targetNNeighbors", [...INTEGER, 0, 1], /integer/],
  ["UMAP", "forceApproximation", [0, 1, "true", null], /boolean/],
  ["UMAP", "seed", INTEGER, /integer, 0 to 4294967295/],
  ["UMAP", "metric", ["", "euclid", "Euclidean", 1, null, () => 1, ["cosine"]], /euclidean.*cosine.*inner_product/],
  ["UMAP", "store", ["", "f64", "Int8", 8, null], /auto.*f32.*f16.*int8/],
  ["UMAP", "init", ["", "pac", 1, null, () => 1], /spectral.*pca.*random/],
  ["nearestNeighbors", "k", [...INTEGER, 0, 1], /integer/],
  ["nearestNeighbors", "metric", ["euclid", null], /euclidean.*cosine.*inner_product/],
  ["nearestNeighbors", "store", ["u8", null], /auto.*f32.*f16.*int8/],
  ["nearestNeighbors", "seed", INTEGER, /integer/],
  ["evaluate", "k", [...INTEGER, 0], /integer/],
  ["evaluate", "sample", [...INTEGER, 0], /integer/],
  ["evaluate", "metric", ["euclid", null], /euclidean.*cosine.*inner_product/],
  ["evaluate", "seed", INTEGER, /integer/],
  ...(Object.keys(calls) as Call[]).map((call): [Call, string, unknown[], RegExp] => [
    call,
    "nThreads",
    [...INTEGER, 0, 257, 1_000_000],
    /integer/,
  ]),
];

describe.each(refused)("%s: %s", (call, name, values, accepted) => {
  it.each(values.map((value) => [typeof value === "symbol" ? "symbol" : value, value]))(
    "is not %o",
    async (_, value) => {
      const error = await calls[call]({ [name]: value }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: "UmapError", code: "invalid-parameter" });
      const { message } = error as Error;
      expect(message).toMatch(new RegExp(`^${name}: expected .*, got `));
      expect(message.split(", got ")[0]).toMatch(accepted);
    },
  );
});

describe("options", () => {
  it.each([
    ["UMAP", { nNeighbours: 5 }, /`nNeighbours`.*`nNeighbors`.*`minDist`/],
    ["UMAP", { n_neighbors: 5 }, /`n_neighbors`.*`nNeighbors`/],
    ["nearestNeighbors", { nNeighbors: 5 }, /`nNeighbors`.*`k`.*`metric`/],
    ["evaluate", { neighbors: 5 }, /`neighbors`.*`k`.*`sample`/],
  ] as [Call, object, RegExp][])(
    "of %s with an unknown name list the names there are: %o",
    async (call, wrong, names) => {
      await expect(calls[call](wrong)).rejects.toMatchObject({
        name: "UmapError",
        code: "unknown-option",
        message: expect.stringMatching(names),
      });
    },
  );

  it.each([
    [{ nNeighbors: 5 }, "unknown-option", /`nNeighbors`.*signal, onProgress/],
    [new Float32Array(60), "unknown-option", /signal, onProgress/],
    [{ signal: {} }, "invalid-parameter", /signal: expected an AbortSignal, got Object/],
    [{ onProgress: 5 }, "invalid-parameter", /onProgress: expected a function, got Number/],
  ])("of a call that cannot be are refused: %o", async (call, code, message) => {
    const expected = { name: "UmapError", code, message: expect.stringMatching(message) };
    await expect(new UMAP().fit(input, call as object)).rejects.toMatchObject(expected);
    await expect(new UMAP().frames(input, call as object).next()).rejects.toMatchObject(expected);
  });

  it.each([0, -1, 1.5, Number.NaN, "10", null])("frames every %o are refused", async (every) => {
    await expect(new UMAP().frames(input, { every: every as number }).next()).rejects.toMatchObject({
      code: "invalid-parameter",
      message: expect.stringMatching(/every: expected an integer, at least 1/),
    });
  });

  it("that hold themselves are refused", async () => {
    const circle: Record<string, unknown> = {};
    circle.itself = circle;
    await expect(calls.UMAP({ tqdmKwds: circle })).rejects.toMatchObject({ code: "invalid-parameter" });
  });

  it("that are undefined have their defaults", async () => {
    const { diagnostics } = await calls.UMAP({ nNeighbors: undefined, seed: undefined, init: undefined });
    expect(diagnostics.nNeighbors).toBe(15);
  });

  it("may be infinite where that means something", async () => {
    const { diagnostics } = await calls.UMAP({ metric: "cosine", disconnectionDistance: Number.POSITIVE_INFINITY });
    expect(diagnostics.disconnected).toBe(0);
  });

  it("at the ends of their ranges are accepted", async () => {
    const ends = { nNeighbors: 2, minDist: 0, setOpMixRatio: 1, localConnectivity: 0, negativeSampleRate: 0, seed: 0 };
    await calls.UMAP({ ...ends, nThreads: 1, nComponents: 1 });
    await calls.UMAP({ minDist: 1, spread: 1, seed: 2 ** 32 - 1, nNeighbors: 2 ** 32 - 1, negativeSampleRate: 1000 });
  });

  it("of umap-learn without effect are noted, each once", async () => {
    const without = {
      lowMemory: false,
      angularRpForest: true,
      transformQueueSize: 4,
      tqdmKwds: { a: 1 },
      verbose: true,
    };
    const { diagnostics } = await calls.UMAP(without);
    for (const name of Object.keys(without)) {
      expect(diagnostics.notes.filter((note) => note.startsWith(`${name} has no effect`))).toHaveLength(1);
    }
    expect((await calls.UMAP({})).diagnostics.notes).toEqual([]);
  });

  it("have umap-learn's other names", async () => {
    const embedding = async (options: object) => bits((await calls.UMAP(options)).embedding.data);
    expect(await embedding({ randomState: 7 })).toBe(await embedding({ seed: 7 }));
    expect(await embedding({ randomState: 7 })).not.toBe(await embedding({}));
    expect((await calls.UMAP({ nJobs: 1 })).diagnostics.threads).toBe(1);
    await expect(calls.UMAP({ seed: 7, randomState: 8 })).rejects.toMatchObject({
      code: "invalid-parameter",
      message: expect.stringMatching(/seed: expected one value/),
    });
  });
});
