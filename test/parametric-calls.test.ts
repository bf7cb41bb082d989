/** ParametricUMAP's calls among each other: what those that fail, are aborted or overlap leave behind. */

import type { Points, Progress } from "umap-wasm";
import { ParametricUMAP } from "umap-wasm/parametric";
import { describe, expect, it } from "vitest";
import { bits, blobs } from "./data.js";

const cols = 16;
const [input, other] = [blobs(400, cols), blobs(300, cols)];
const options = { nThreads: 2, trainingSteps: 20, batchSize: 200 };
/** Long enough to be aborted in. */
const long = { trainingSteps: 400 };
const cancelled = { code: "cancelled" };
const notFitted = { code: "not-fitted" };

const fitted = (more = {}) => new ParametricUMAP({ ...options, ...more }).fit(input);
const placesOf = async (umap: ParametricUMAP, points: Points = input) => bits((await umap.transform(points)).data);

/** What belongs to a call that is aborted in its training. */
function abortedInTraining() {
  const controller = new AbortController();
  const onProgress = ({ stage }: Progress) => void (stage === "train" && controller.abort());
  return { signal: controller.signal, onProgress };
}

describe("a fit that is aborted before it runs", () => {
  const call = { signal: AbortSignal.abort() };

  it("leaves networks that can be saved", async () => {
    await using umap = await fitted();
    await expect(umap.fit(other, call)).rejects.toMatchObject(cancelled);
    await using loaded = await ParametricUMAP.load(await umap.save());
    expect(await placesOf(loaded)).toBe(await placesOf(umap));
    await expect(umap.resume()).rejects.toMatchObject(notFitted);
  });

  it("leaves one that can go on", async () => {
    await using umap = new ParametricUMAP({ ...options, ...long });
    await expect(umap.fit(input, abortedInTraining())).rejects.toMatchObject(cancelled);
    await expect(umap.fit(other, call)).rejects.toMatchObject(cancelled);
    await expect(umap.resume(call)).rejects.toMatchObject(cancelled);
    await umap.resume();
    await using whole = await fitted(long);
    expect(bits(umap.embedding.data)).toBe(bits(whole.embedding.data));
  });
});

/** As many steps as follow from the rows. */
describe("a fit that says no number of steps", () => {
  const quick = {
    nThreads: 2,
    nNeighbors: 5,
    batchSize: 20,
    encoder: { layers: [{ type: "dense" as const, units: 8 }] },
  };
  const some = blobs(100, cols);

  it("makes as many as follow from its rows, and says so", async () => {
    await using umap = await new ParametricUMAP(quick).fit(some);
    expect(umap.diagnostics.trainingSteps).toBe(400);
    expect(umap.history.at(-1)?.step).toBe(400);
    await using given = await new ParametricUMAP({ ...quick, trainingSteps: 400 }).fit(some);
    expect(bits(given.embedding.data)).toBe(bits(umap.embedding.data));
    await umap.partialFit({ ...some, data: some.data.slice(0, 25 * cols), rows: 25 }, { options: { nNeighbors: 4 } });
    expect(umap.diagnostics.trainingSteps).toBe(200);
    expect(umap.history.at(-1)?.step).toBe(600);
  });

  it("goes on to the same bits, also after save and load", async () => {
    const whole = await new ParametricUMAP(quick).fitTransform(some);
    await using umap = new ParametricUMAP(quick);
    await expect(umap.fit(some, abortedInTraining())).rejects.toMatchObject(cancelled);
    await using loaded = await ParametricUMAP.load(await umap.save());
    for (const fit of [umap, loaded]) {
      await fit.resume();
      expect(bits(fit.embedding.data)).toBe(bits(whole.data));
      expect(fit.diagnostics.trainingSteps).toBe(400);
    }
  });
});

/** The first weights and the optimiser's step of the one, the means of columns of the other, once were one piece of work. */
describe.each([
  ["a huge network", blobs(20, cols), { layers: [{ type: "dense" as const, units: 200_000 }] }],
  ["wide rows", blobs(20, 20_000), { layers: [] }],
])("an abort in the training of %s", (_, points, encoder) => {
  it("is heard, and resume goes on to the same bits", async () => {
    const own = { nThreads: 2, nNeighbors: 5, trainingSteps: 2, batchSize: 2, encoder };
    const whole = await new ParametricUMAP(own).fitTransform(points);
    await using umap = new ParametricUMAP(own);
    const call = abortedInTraining();
    await expect(umap.fit(points, call)).rejects.toMatchObject(cancelled);
    await umap.resume();
    expect(bits(umap.embedding.data)).toBe(bits(whole.data));
  });
});

describe("after a fit that can go on", () => {
  it("another training takes its place", async () => {
    await using umap = await fitted(long);
    await expect(umap.fit(other, abortedInTraining())).rejects.toMatchObject(cancelled);
    await umap.partialFit(other);
    await using loaded = await ParametricUMAP.load(await umap.save());
    expect(await placesOf(loaded)).toBe(await placesOf(umap));
    await expect(umap.resume()).rejects.toMatchObject(notFitted);
  });

  it("and fails then, the networks before can be saved", async () => {
    const landmarkLoss = () => {
      throw new RangeError("of the caller's");
    };
    await using umap = await fitted({ ...long, landmarkLoss });
    const before = await placesOf(umap);
    const landmarkPositions = new Float32Array(2 * other.rows);
    const call = { landmarkPositions, ...abortedInTraining() };
    await expect(umap.fit(other, call)).rejects.toMatchObject(cancelled);
    await expect(umap.resume()).rejects.toThrow(RangeError);
    await expect(umap.resume()).rejects.toMatchObject(notFitted);
    await using loaded = await ParametricUMAP.load(await umap.save());
    expect(await placesOf(loaded)).toBe(before);
  });

  it("dispose also ends what goes on", async () => {
    const umap = new ParametricUMAP({ ...options, ...long });
    await expect(umap.fit(input, abortedInTraining())).rejects.toMatchObject(cancelled);
    let disposed: Promise<void> | undefined;
    const onProgress = () => {
      disposed ??= umap.dispose();
    };
    await expect(umap.resume({ onProgress })).rejects.toMatchObject(cancelled);
    await disposed;
    await expect(umap.save()).rejects.toMatchObject(notFitted);
  });
});

describe("partialFit", () => {
  it("that is aborted while it trains leaves the networks as they were", async () => {
    await using umap = await fitted(long);
    const [before, { history }] = [await placesOf(umap), umap];
    await expect(umap.partialFit(other, abortedInTraining())).rejects.toMatchObject(cancelled);
    expect(await placesOf(umap)).toBe(before);
    expect(umap.history).toEqual(history);
    await expect(umap.resume()).rejects.toMatchObject(notFitted);
  });

  it("takes turns: the second goes on from the first, also on a new instance", async () => {
    await using one = new ParametricUMAP(options);
    await Promise.all([one.partialFit(input), one.partialFit(other), one.transform(input).catch(() => {})]);
    await using two = await fitted();
    await two.partialFit(other);
    expect(one.history.at(-1)?.step).toBe(40);
    expect(await placesOf(one)).toBe(await placesOf(two));
  });

  it("that fails leaves no options", async () => {
    await using umap = new ParametricUMAP(options);
    const wrong = { options: { trainingStep: 5 } as object };
    for (const points of [input, other]) {
      await expect(umap.partialFit(points, wrong)).rejects.toMatchObject({ code: "unknown-option" });
      await umap.partialFit(points);
    }
    await using whole = await fitted();
    await whole.partialFit(other);
    expect(await placesOf(umap)).toBe(await placesOf(whole));
  });

  it("keeps neighbours of its points to itself", async () => {
    await using umap = await fitted();
    const { indices, distances, k } = umap.knn;
    await using first = new ParametricUMAP(options);
    await first.partialFit(input, { precomputedKnn: { indices, distances, k } });
    expect(bits(first.embedding.data)).toBe(bits(umap.embedding.data));
    await first.fit(other);
    await using whole = await new ParametricUMAP(options).fit(other);
    expect(bits(first.embedding.data)).toBe(bits(whole.embedding.data));
  });

  it("takes other metrics of points and targets", async () => {
    await using umap = new ParametricUMAP(options);
    await umap.partialFit(input, { options: { metric: "cosine" } });
    const target = Float32Array.from({ length: other.rows }, (_, i) => i % 12);
    await umap.partialFit(other, { target, options: { targetMetric: "euclidean" } });
    expect(umap.diagnostics.rows).toBe(other.rows);
    await expect(umap.partialFit(other, { options: { metric: "euclidean" } })).rejects.toMatchObject({
      code: "invalid-parameter",
      message: expect.stringMatching(/metric/),
    });
  });
});

describe("training", () => {
  const short = { ...options, distillationSteps: 0, nNeighbors: 5 };
  const usual = new ParametricUMAP(short).fitTransform(input);

  it.each([
    { minDist: 0.8 },
    { spread: 2 },
    { repulsionStrength: 0.2 },
    { negativeSampleRate: 1 },
    { optimizer: "rmsProp" as const },
    { learningRate: 1e-3 },
    { clipValue: 1e-5 },
    { graphLoss: "umap" as const },
    { schedule: "constant" as const },
    { inputScaling: "none" as const },
    { globalCorrelationLossWeight: 0.5 },
    { batchSize: 100 },
  ])("heeds $0", async (option) => {
    const other = await new ParametricUMAP({ ...short, ...option }).fitTransform(input);
    expect(bits(other.data)).not.toBe(bits((await usual).data));
  });

  it("takes as long as nTrainingEpochs say, in umap-learn's measure", async () => {
    await using umap = await fitted({ nTrainingEpochs: 2, nEpochs: 10, batchSize: 100 });
    const visits = umap.graph.data.reduce((sum, weight) => sum + Math.floor(10 * weight), 0);
    expect(umap.history.at(-1)?.step).toBe(Math.floor((2 * visits) / 100));
    await expect(fitted({ nTrainingEpochs: 0 })).rejects.toMatchObject({ code: "invalid-parameter" });
  });
});

describe("arguments", () => {
  const umap = fitted();

  it.each([
    ["points", (umap: ParametricUMAP) => umap.addLandmarks(undefined as never), /points/],
    ["rows of one length", (umap: ParametricUMAP) => umap.addLandmarks([Array(16).fill(1), [4]], { rows: 2 }), /row 1/],
    [
      "points of the shape that they say",
      (umap: ParametricUMAP) => umap.addLandmarks({ data: new Float32Array(30), rows: 10, cols: 16 }, { rows: [9] }),
      /expected 160 values/,
    ],
    ["places", (umap: ParametricUMAP) => umap.inverseTransform(undefined as never), /coordinates/],
    [
      "positions",
      (umap: ParametricUMAP) => umap.partialFit(input, { landmarkPositions: 5 as never }),
      /landmarkPositions/,
    ],
    ["validation rows", (umap: ParametricUMAP) => umap.partialFit(input, { validation: 5 as never }), /validation/],
    ["weights", (umap: ParametricUMAP) => umap.setWeights({ "encoder.output.bias": 5 as never }), /output.bias/],
    [
      "weights of the same sides",
      (umap: ParametricUMAP) =>
        umap.setWeights({ "encoder.output.kernel": { data: new Float32Array(200), shape: [2, 100] } }),
      /expected \[100, 2\], got \[2, 100\]/,
    ],
  ])("are %s", async (_, call, message) => {
    const refused = { code: "shape-mismatch", message: expect.stringMatching(message) };
    await expect(umap.then<unknown>(call)).rejects.toMatchObject(refused);
  });

  it.each([
    ["points with rows or columns", { data: new Float32Array(16) }, "invalid-parameter"],
    ["numbers", [[...Array(15).fill(1), null]], "not-finite"],
    ["names of weights", null, "invalid-parameter"],
  ])("are %s", async (_, wrong, code) => {
    const call = async () =>
      wrong ? (await umap).addLandmarks(wrong as never, { rows: 1 }) : (await umap).setWeights(wrong as never);
    await expect(call()).rejects.toMatchObject({ code });
  });

  it.each([15, "dense", null, () => 1])("are no options: %o", (wrong) => {
    const refused = {
      code: "invalid-parameter",
      message: expect.stringMatching(/^options: expected an object, such as/),
    };
    expect(() => new ParametricUMAP(wrong as object)).toThrow(expect.objectContaining(refused));
  });

  it.each([
    ["fit", (given) => new ParametricUMAP().fit(input, given)],
    ["fitTransform", (given) => new ParametricUMAP().fitTransform(input, given)],
    ["partialFit", (given) => new ParametricUMAP().partialFit(input, given)],
    ["resume", (given) => new ParametricUMAP().resume(given)],
    ["transform", (given) => new ParametricUMAP().transform(input, given)],
    ["inverseTransform", (given) => new ParametricUMAP().inverseTransform(input, given)],
    ["addLandmarks", (given) => new ParametricUMAP().addLandmarks(input, given)],
    ["weights", (given) => new ParametricUMAP().weights(given)],
    ["setWeights", (given) => new ParametricUMAP().setWeights({}, given)],
    ["toONNX", (given) => new ParametricUMAP().toONNX(given)],
    ["save", (given) => new ParametricUMAP().save(given)],
    ["load", (given) => ParametricUMAP.load(new Uint8Array(8), given)],
  ] as [string, (given: object) => Promise<unknown>][])("are no callback of %s", async (_, call) => {
    const message = expect.stringMatching(/such as \{ onProgress: callback \}, got a function$/);
    await expect(call(() => {})).rejects.toMatchObject({ code: "invalid-parameter", message });
    await expect(call(null as never)).rejects.toMatchObject({ code: "invalid-parameter" });
  });

  it.each([
    [{ batch_size: 5 }, "unknown-option", /did you mean `batchSize`\?$/],
    [{ random_state: 5 }, "unknown-option", /did you mean `randomState`\?$/],
    [{ trainingSteps: "5" }, "invalid-parameter", /^trainingSteps: .* an integer, .* got the string "5"$/],
    [{ lossReportFrequency: 1.5 }, "invalid-parameter", /: expected an integer, at least 1, got 1.5$/],
    [{ encoder: "dense" }, "invalid-parameter", /^encoder: expected an object, got the string "dense"$/],
    [{ nNeighbors: "15" }, "invalid-parameter", /: expected an integer, at least 2, got the string "15"$/],
  ])("are no such options: %o", async (wrong, code, message) => {
    const call = new ParametricUMAP(wrong as object).fit(input);
    await expect(call).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("of landmarks are rows like those before", async () => {
    await using umap = await fitted();
    await umap.addLandmarks(input, { rows: 3 });
    await expect(umap.partialFit(5 as never)).rejects.toMatchObject({ code: "shape-mismatch" });
    const wrong = { ...input, data: Float64Array.from(input.data) };
    await expect(umap.addLandmarks(wrong, { rows: 3 })).rejects.toMatchObject({
      code: "shape-mismatch",
      message: expect.stringMatching(
        /16 columns \(Float32Array\), as the landmarks have, got 16 columns \(Float64Array\)/,
      ),
    });
  });
});

it("landmarks weigh what the option says, whenever they were added", async () => {
  const loss = async (more: object, landmarks: number) => {
    await using umap = await fitted(more);
    for (let i = 0; i < landmarks; i += 1) await umap.addLandmarks(input, { rows: [i, 7 + i] });
    return (await umap.partialFit(other)).history.at(-1)?.landmarks;
  };
  const [one, ten] = [await loss({ landmarkLossWeight: 1 }, 2), await loss({}, 2)];
  expect(Number(one)).toBeGreaterThan(20 * Number(ten));
  expect(ten).toBe(await loss({ landmarkLossWeight: 0.01 }, 2));
});
