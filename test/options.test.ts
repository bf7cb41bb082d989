/** Every option: unknown names, values out of range, values of a wrong kind; what is accepted stands in the message. */

import { readFileSync } from "node:fs";
import { AlignedUMAP, DensMAP, evaluate, NeighborIndex, nearestNeighbors, register, UMAP } from "umap-wasm";
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
  ["evaluate", "triplets", [...INTEGER, 0, 1001], /integer/],
  ["evaluate", "metric", ["euclid", null], /euclidean.*cosine.*inner_product/],
  ["evaluate", "referenceMetric", ["euclid", null], /euclidean.*cosine.*inner_product/],
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
    ["UMAP", { perplexity: 5 }, /`perplexity`.*`nNeighbors`.*`minDist`.*`randomState`/],
    ["nearestNeighbors", { nNeighbors: 5 }, /`nNeighbors`.*`k`.*`metric`/],
    ["evaluate", { neighbors: 5 }, /`neighbors`.*`k`.*`sample`/],
  ] as [Call, object, RegExp][])(
    "of %s with an unknown name that is near none list the names there are: %o",
    async (call, wrong, names) => {
      await expect(calls[call](wrong)).rejects.toMatchObject({
        name: "UmapError",
        code: "unknown-option",
        message: expect.stringMatching(names),
      });
    },
  );

  it.each([
    ["UMAP", "nNeighbours", "nNeighbors"],
    ["UMAP", "n_neighbors", "nNeighbors"],
    ["UMAP", "neighbors", "nNeighbors"],
    ["UMAP", "NComponents", "nComponents"],
    ["UMAP", "min-dist", "minDist"],
    ["UMAP", "random_state", "randomState"],
    ["nearestNeighbors", "Metric", "metric"],
    ["nearestNeighbors", "n_jobs", "nJobs"],
    ["evaluate", "samples", "sample"],
  ] as [Call, string, string][])("of %s: %s was meant to be another", async (call, wrong, meant) => {
    const message = `unknown option: \`${wrong}\`, did you mean \`${meant}\`?`;
    await expect(calls[call]({ [wrong]: 5 })).rejects.toMatchObject({ code: "unknown-option", message });
  });

  it("of several datasets: another was meant", async () => {
    const code = "unknown-option";
    const aligned = new AlignedUMAP({ alignmentRegularization: 1 } as object).fit([input]);
    await expect(aligned).rejects.toMatchObject({ code, message: /did you mean `alignmentRegularisation`\?/ });
  });

  it.each([
    ["nNeighbors", "15", 'an integer, at least 2, got the string "15"'],
    ["nNeighbors", 15.5, "an integer, at least 2, got 15.5"],
    ["nNeighbors", Number.NaN, "an integer, at least 2, got NaN"],
    ["nNeighbors", 15n, "an integer, at least 2, got the bigint 15n"],
    ["nNeighbors", [15], "an integer, at least 2, got an array"],
    ["nComponents", null, "an integer, 1 to 256, got null"],
    ["minDist", "0.1", 'a number, 0 to spread (1), got the string "0.1"'],
    ["spread", Number.POSITIVE_INFINITY, "a finite 32-bit float above 0, got Infinity"],
    ["nJobs", "all", '-1, or an integer, 1 to 256, got the string "all"'],
    ["densmap", "yes", 'a boolean, got the string "yes"'],
    ["metric", "x".repeat(100), `inner_product, got the string "${"x".repeat(40)}..."`],
  ])("of a wrong type are refused with the range and what came: %s %o", async (name, value, message) => {
    await expect(calls.UMAP({ [name]: value })).rejects.toMatchObject({
      code: "invalid-parameter",
      message: expect.stringMatching(new RegExp(`^${name}: expected .*${message.replace(/[.()]/g, "\\$&")}$`)),
    });
  });

  it.each(Object.keys(calls) as Call[])("of %s: a function for a metric is told where it can go", async (call) => {
    const metric = function mine() {};
    await expect(calls[call]({ metric })).rejects.toMatchObject({
      code: "invalid-parameter",
      message: expect.stringMatching(
        /^metric: expected one of .*cosine.*, got a function \(mine\); .*`precomputedKnn`$/,
      ),
    });
  });

  it.each([
    [{ nNeighbors: 5 }, "unknown-option", /`nNeighbors`.*signal, onProgress/],
    [new Float32Array(60), "invalid-parameter", /target, signal, onProgress.*got a Float32Array of 60/],
    [{ signal: {} }, "invalid-parameter", /signal: expected an AbortSignal, got an empty object/],
    [{ onProgress: 5 }, "invalid-parameter", /onProgress: expected a function, got 5/],
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

  it.each([15, "cosine", null, [[1, 2]], () => 1, new Map()])(
    "that are %o are refused by every constructor",
    (wrong) => {
      for (const Model of [UMAP, DensMAP, AlignedUMAP]) {
        const message = expect.stringMatching(/^options: expected an object, such as \{ .* \}, got (?!.*\[object)/);
        const refused = { name: "UmapError", code: "invalid-parameter", message };
        expect(() => new Model(wrong as object)).toThrow(expect.objectContaining(refused));
      }
    },
  );

  describe("of a call that come bare", () => {
    const callback = (() => {}) as object;
    const model = new UMAP({ nEpochs: 5 }).fit(input);
    const index = NeighborIndex.build(input);
    const file = model.then((umap) => umap.save());
    const all: [string, (given: object) => Promise<unknown>][] = [
      ["fit", (given) => new UMAP().fit(input, given)],
      ["fitTransform", (given) => new UMAP().fitTransform(input, given)],
      ["frames", (given) => new UMAP().frames(input, given).next()],
      ["transform", async (given) => (await model).transform(input, given)],
      ["save", async (given) => (await model).save(given)],
      ["resume", async (given) => (await model).resume(given)],
      ["UMAP.load", async (given) => UMAP.load(await file, given)],
      ["nearestNeighbors", (given) => nearestNeighbors(input, given)],
      ["evaluate", (given) => evaluate(input, layout, given)],
      ["register", (given) => register(layout, layout, [[0, 0]], given)],
      ["NeighborIndex.build", (given) => NeighborIndex.build(input, given)],
      ["NeighborIndex.load", (given) => NeighborIndex.load(new Uint8Array(8), given)],
      ["query", async (given) => (await index).query(input, given)],
      ["add", async (given) => (await index).add(input, given)],
      ["save of an index", async (given) => (await index).save(given)],
      ["fit of AlignedUMAP", (given) => new AlignedUMAP().fit([input], given)],
      ["update", (given) => new AlignedUMAP().update(input, given)],
      ["save of AlignedUMAP", (given) => new AlignedUMAP().save(given)],
      ["AlignedUMAP.load", (given) => AlignedUMAP.load(new Uint8Array(8), given)],
    ];

    it.each(all)("are refused by %s, which says where they go", async (_, call) => {
      const says = (message: RegExp) => ({ code: "invalid-parameter", message: expect.stringMatching(message) });
      await expect(call(callback)).rejects.toMatchObject(
        says(/such as \{ onProgress: callback \}, got a function \(callback\)$/),
      );
      await expect(call(new AbortController().signal)).rejects.toMatchObject(
        says(/such as \{ signal \}, got an AbortSignal$/),
      );
      await expect(call(5 as never)).rejects.toMatchObject(says(/^options: expected an object, such as \{ .*, got 5$/));
      await expect(call(null as never)).rejects.toMatchObject(says(/got null$/));
      const controller = { signal: new AbortController() };
      await expect(call(controller)).rejects.toMatchObject(says(/got an AbortController: pass its signal$/));
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

  it("that umap-learn has other names for have them in every call, and in the documentation", async () => {
    const { indices } = await nearestNeighbors(input, { randomState: 7, nJobs: 1 });
    expect(bits(indices)).toBe(bits((await nearestNeighbors(input, { seed: 7, nThreads: 1 })).indices));
    const sampled = { k: 5, sample: 20 };
    const named = await evaluate(input, layout, { ...sampled, randomState: 7, nJobs: 1 });
    expect(named).toEqual(await evaluate(input, layout, { ...sampled, seed: 7, nThreads: 1 }));
    await (await NeighborIndex.build(input, { randomState: 7, nJobs: 1 })).dispose();
    const documented = readFileSync(new URL("../docs/options.md", import.meta.url), "utf8").split("\n## ");
    for (const section of documented.filter((text) => text.includes("| `seed` |"))) {
      expect(section).toMatch(/\| `randomState` \|.*`seed`[\s\S]*\| `nJobs` \|.*`nThreads`/);
    }
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
