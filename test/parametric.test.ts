/** ParametricUMAP through every layer: training, new points, decoder, landmarks, weights, files, refusals. */

import { configure, evaluate, type Progress, UMAP } from "umap-wasm";
import { ParametricUMAP } from "umap-wasm/parametric";
import { describe, expect, it, onTestFinished } from "vitest";
import { bits, blobs, points } from "./data.js";

const [rows, cols] = [400, 16];
const all = blobs(460, cols);
const input = { data: all.data.slice(0, rows * cols), rows, cols };
const asked = { data: all.data.slice(rows * cols), rows: 60, cols };
const options = { nThreads: 2, nEpochs: 50, distillationSteps: 150, trainingSteps: 150, batchSize: 200 };
/** For what shows after a few steps. */
const short = { ...options, distillationSteps: 3, trainingSteps: 3 };

const reports: Progress[] = [];
const umap = await new ParametricUMAP(options).fit(input, { onProgress: (progress) => reports.push(progress) });
const places = await umap.transform(asked);

describe("training", () => {
  it("puts points where transform puts them, each class in a place of its own", async () => {
    expect(umap.embedding).toMatchObject({ rows, cols: 2 });
    expect(bits((await umap.transform(input)).data)).toBe(bits(umap.embedding.data));
    // Twelve groups far apart: a new row's nearest row is of its own.
    const { data } = umap.embedding;
    const near = (x: number, y: number) => {
      const squared = Array.from(
        { length: rows },
        (_, i) => (Number(data[2 * i]) - x) ** 2 + (Number(data[2 * i + 1]) - y) ** 2,
      );
      return squared.indexOf(Math.min(...squared));
    };
    const right = Array.from({ length: 60 }, (_, i) => i).filter(
      (i) => near(Number(places.data[2 * i]), Number(places.data[2 * i + 1])) % 12 === (rows + i) % 12,
    );
    expect(right.length).toBeGreaterThanOrEqual(57);
  });

  it("runs in the build that is asked for, to the same bits", async () => {
    onTestFinished(() => configure({ backend: "auto" }));
    const embeddings = new Set<string>();
    for (const backend of ["threads", "single"] as const) {
      configure({ backend });
      await using other = await new ParametricUMAP(short).fit(input);
      expect(other.diagnostics.backend).toBe(backend);
      embeddings.add(bits(other.embedding.data));
    }
    expect(embeddings.size).toBe(1);
  });

  it("reports losses, while it trains and after it", () => {
    const { history, diagnostics } = umap;
    expect(history.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, i) => 15 * (i + 1)));
    expect(history[0]).toHaveProperty("distillation");
    expect(history.at(-1)).toEqual({ step: 300, loss: history.at(-1)?.graph, graph: expect.any(Number) });
    expect(Number(history[9]?.loss)).toBeLessThan(Number(history[0]?.loss));
    const training = reports.filter(({ stage }) => stage === "train");
    expect(training.some(({ loss, epoch }) => Number(loss) > 0 && Number(epoch) > 0)).toBe(true);
    expect(diagnostics).toMatchObject({ rows, cols, nEpochs: 50, threads: 2, notes: [] });
    expect(umap.knn.k).toBe(15);
    expect(umap.graph.indptr.length).toBe(rows + 1);
  });

  it("takes names for optimisers and losses", async () => {
    const embeddings = [
      await new ParametricUMAP({ ...short, optimizer: "rmsProp", landmarkLoss: "squared" }).fitTransform(input),
      await new ParametricUMAP({ ...short, optimizer: { type: "rmsProp", rho: 0.9 } }).fitTransform(input),
    ];
    expect(new Set(embeddings.map(({ data }) => bits(data))).size).toBe(1);
  });

  it("learns labels, which part what the points do not", async () => {
    const even = points(rows, 8);
    const labels = Array.from({ length: rows }, (_, row) => (Number(even.data[8 * row]) > 0 ? "a" : "b"));
    const accuracy = async (call: object) => {
      await using other = await new ParametricUMAP({ ...options, distillationSteps: 0, trainingSteps: 50 }).fit(
        even,
        call,
      );
      expect(other.diagnostics.labelled).toBe("target" in call ? rows : null);
      return Number((await evaluate(even, other.embedding, { labels })).labelAccuracy);
    };
    expect(await accuracy({ target: labels })).toBeGreaterThan((await accuracy({})) + 0.15);
  });

  it("keeps far points far where global correlation weighs much", async () => {
    const correlation = async (weight: number) => {
      const more = { distillationSteps: 0, trainingSteps: 100, globalCorrelationLossWeight: weight };
      await using other = await new ParametricUMAP({ ...options, ...more }).fit(input);
      return -Number(other.history.at(-1)?.globalCorrelation) / weight;
    };
    expect(await correlation(1)).toBeGreaterThan((await correlation(0.01)) + 0.03);
  });

  it("that is aborted leaves everything as it was", async () => {
    await using other = await new ParametricUMAP(options).fit(input);
    const controller = new AbortController();
    const onProgress = ({ stage }: Progress) => stage === "train" && controller.abort("enough");
    const call = { signal: controller.signal, onProgress };
    const many = blobs(3000, cols);
    const cancelled = { code: "cancelled", cause: "enough" };
    await expect(other.fit(many, call)).rejects.toMatchObject(cancelled);
    expect(bits((await other.transform(asked)).data)).toBe(bits(places.data));
    expect(other.embedding.rows).toBe(rows);
  });

  it("that was aborted goes on to the same bits", async () => {
    await using other = new ParametricUMAP(options);
    await expect(other.resume()).rejects.toMatchObject({ code: "not-fitted" });
    const controller = new AbortController();
    const onProgress = ({ stage }: Progress) => stage === "train" && controller.abort();
    await expect(other.fit(input, { signal: controller.signal, onProgress })).rejects.toMatchObject({
      code: "cancelled",
    });
    await other.resume();
    expect(bits(other.embedding.data)).toBe(bits(umap.embedding.data));
    expect(await other.resume()).toBe(other);
    expect(other.history).toEqual(umap.history);
  });
});

describe("transform", () => {
  it("gives every row the same place alone and in any batch", async () => {
    for (const at of [0, 7, 59]) {
      const alone = await umap.transform({ data: asked.data.slice(at * cols, (at + 1) * cols), rows: 1, cols });
      expect(bits(alone.data)).toBe(bits(places.data.slice(2 * at, 2 * at + 2)));
    }
  });

  it.each([
    ["rows of another length", points(3, 5), "shape-mismatch", /16 columns/],
    ["values that are not finite", [Array(16).fill(Number.NaN)], "not-finite", /\[0, 0\]/],
  ])("refuses %s", async (_, wrong, code, message) => {
    await expect(umap.transform(wrong as number[][])).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});

describe("a decoder", () => {
  it("gives rows like the data back, and is measured on validation data", async () => {
    const decoding = { parametricReconstruction: true, autoencoderLoss: true, trainingSteps: 200 };
    await using other = await new ParametricUMAP({ ...options, ...decoding }).fit(input, { validation: asked });
    const back = await other.inverseTransform(await other.transform(asked));
    expect(back).toMatchObject({ rows: 60, cols });
    const squared = (a: ArrayLike<number>, b: (at: number) => number) =>
      Array.from(a).reduce((sum, value, at) => sum + (value - b(at)) ** 2, 0) / a.length;
    const mean = asked.data.reduce((sum, value) => sum + value, 0) / asked.data.length;
    expect(squared(back.data, (at) => Number(asked.data[at]))).toBeLessThan(0.5 * squared(asked.data, () => mean));
    const last = other.history.at(-1);
    expect(last?.validation).toBeLessThan(Number(other.history[0]?.validation));
    expect(last?.reconstruction).toBeGreaterThan(0);
  });

  it("leaves the encoder as it is without it, unless the encoder learns from its loss", async () => {
    const embed = async (more: object) =>
      bits((await new ParametricUMAP({ ...short, ...more }).fitTransform(input)).data);
    const plain = await embed({});
    expect(await embed({ parametricReconstruction: true })).toBe(plain);
    expect(await embed({ parametricReconstruction: true, autoencoderLoss: true })).not.toBe(plain);
  });

  it("is needed to go back, and gets places of the embedding", async () => {
    await expect(umap.inverseTransform(places)).rejects.toMatchObject({
      code: "not-fitted",
      message: expect.stringMatching(/decoder/),
    });
    await expect(umap.inverseTransform([[1, 2, 3]])).rejects.toMatchObject({
      code: "shape-mismatch",
      message: expect.stringMatching(/2 columns/),
    });
  });
});

describe("landmarks", () => {
  it("keep old rows where they are while new ones are learned", async () => {
    const shifted = { data: input.data.map((value, at) => value + (at % 3)), rows, cols };
    const [file, before] = [await umap.save(), umap.embedding.data];
    const drift = async (landmarks: boolean) => {
      await using other = await ParametricUMAP.load(file, { nThreads: 2 });
      if (landmarks) await other.addLandmarks(input, { rows: 40 });
      await other.partialFit(shifted, { options: { trainingSteps: 100, landmarkLossWeight: 1 } });
      expect(other.embedding.rows).toBe(rows);
      expect(other.history.at(-1)?.landmarks !== undefined).toBe(landmarks);
      const after = (await other.transform(input)).data;
      return before.reduce((sum, x, at) => sum + Math.abs(x - Number(after[at])), 0) / before.length;
    };
    const [free, held] = [await drift(false), await drift(true)];
    expect(held).toBeLessThan(0.5 * free);
  });

  it("are given by number, by function or as positions, and go again", async () => {
    await using other = await new ParametricUMAP(short).fit(input);
    const last = async (call = {}) => (await other.partialFit(input, call)).history.at(-1);
    await other.addLandmarks(input, { rows: [0, 5] });
    await other.addLandmarks(input, { rows: (row) => row < 3 });
    expect(other.graph.indptr).toBeDefined();
    expect(await last()).toHaveProperty("landmarks");
    expect(other.graph.indptr.length).toBe(rows + 5 + 1);
    other.removeLandmarks();
    expect(await last()).not.toHaveProperty("landmarks");
    const landmarkPositions = Array.from({ length: rows }, (_, i) => (i < 9 ? [0, 0] : [Number.NaN, Number.NaN]));
    expect(await last({ landmarkPositions })).toHaveProperty("landmarks");
  });

  it.each([
    ["rows that are not there", { rows: [400] }, "invalid-parameter", /0 to 399, got 400/],
    ["more rows than there are", { rows: 401 }, "invalid-parameter", /1 to 400/],
    ["another option", { landmarkLossWeight: 1 } as object, "unknown-option", /landmarkLossWeight/],
  ])("are refused with %s", async (_, wrong, code, message) => {
    const work = umap.addLandmarks(input, wrong);
    await expect(work).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("are drawn with the seed, whatever it is called, and with its default", async () => {
    const drawn = async (given: object) => {
      await using other = await new ParametricUMAP({ ...short, ...given }).fit(input);
      await other.addLandmarks(input, { rows: 5 });
      // Landmarks are the last rows of the graph.
      const { knn } = await other.partialFit(input);
      return bits(knn.indices);
    };
    const [none, seed, alias] = [
      await drawn({ seed: undefined }),
      await drawn({ seed: 42 }),
      await drawn({ randomState: 42 }),
    ];
    expect([seed, alias]).toEqual([none, none]);
    expect(await drawn({ randomState: 7 })).not.toBe(none);
  });

  it("are refused as positions of another shape", async () => {
    const call = { landmarkPositions: [[1, 2]] };
    await expect(umap.partialFit(input, call)).rejects.toMatchObject({
      code: "shape-mismatch",
      message: expect.stringMatching(/landmarkPositions/),
    });
  });
});

describe("weights", () => {
  it("can be read and set", async () => {
    await using other = await new ParametricUMAP(short).fit(input);
    const weights = await other.weights();
    expect(Object.keys(weights)).toHaveLength(8);
    expect(weights["encoder.layers.0.kernel"]).toMatchObject({ shape: [16, 100] });
    const kernel = { data: new Float32Array(200) };
    await other.setWeights({ "encoder.output.kernel": kernel, "encoder.output.bias": [3, -4] });
    expect([...(await other.transform(asked)).data.slice(0, 4)]).toEqual([3, -4, 3, -4]);
    await other.setWeights(Object.fromEntries(Object.entries(weights).map(([name, { data }]) => [name, data])));
    expect(bits((await other.transform(input)).data)).toBe(bits(other.embedding.data));
    for (const [wrong, code] of [
      [{ "encoder.layers.9.kernel": [1] }, "invalid-parameter"],
      [{ "encoder.output.bias": [1] }, "shape-mismatch"],
      [{ "encoder.output.bias": [1, Number.POSITIVE_INFINITY] }, "not-finite"],
    ] as const) {
      await expect(other.setWeights(wrong as never)).rejects.toMatchObject({ code });
    }
  });
});

describe("files", () => {
  it("hold the networks: the same places, and training goes on as if they had not been saved", async () => {
    await using loaded = await ParametricUMAP.load(await umap.save({ optimizer: true }), { nThreads: 1 });
    expect(bits((await loaded.transform(asked)).data)).toBe(bits(places.data));
    expect(loaded.history).toEqual(umap.history);
    expect(() => loaded.embedding).toThrow(/after a training/);
    await using original = await new ParametricUMAP(options).fit(input);
    await Promise.all([loaded.partialFit(asked), original.partialFit(asked)]);
    expect(bits(loaded.embedding.data)).toBe(bits(original.embedding.data));
    expect(loaded.history).toEqual(original.history);
  });

  it("hold none of the points", async () => {
    const file = await umap.save();
    const header = JSON.parse(
      new TextDecoder().decode(file.slice(8, 8 + new DataView(file.buffer).getUint32(0, true))),
    );
    const names = Object.keys(header).filter((name) => name !== "__metadata__" && !name.startsWith("encoder."));
    expect(names).toEqual(["scaling.mean", "scaling.scale"]);
  });

  it("that are of another kind, or damaged, are refused", async () => {
    const file = await umap.save();
    await expect(ParametricUMAP.load(file.slice(0, 1000))).rejects.toMatchObject({ code: "malformed-file" });
    await expect(UMAP.load(file)).rejects.toMatchObject({
      code: "malformed-file",
      message: expect.stringMatching(/parametric/),
    });
    await using plain = await new UMAP({ nEpochs: 5 }).fit(input);
    const other = await plain.save();
    await expect(ParametricUMAP.load(other)).rejects.toMatchObject({
      code: "malformed-file",
      message: expect.stringMatching(/got umap/),
    });
  });
});

it("runs in a module of its own, which nothing else loads", async () => {
  onTestFinished(() => configure({ wasmUrl: undefined }));
  const nowhere = new URL("file:///nowhere.wasm");
  configure({ wasmUrl: { "parametric-threads": nowhere } });
  await new UMAP({ nEpochs: 5, nThreads: 5 }).fit(input);
  const missing = { code: "worker-start", message: expect.stringMatching(/nowhere/) };
  await expect(new ParametricUMAP({ ...options, nThreads: 5 }).fit(input)).rejects.toMatchObject(missing);
});

describe("refusals", () => {
  it.each([
    ["an unknown option", { batchsize: 3 }, "unknown-option", /batchsize/],
    ["an option of UMAP that is not one here", { densmap: true }, "unknown-option", /densmap/],
    ["an unknown layer", { encoder: { layers: [{ type: "lstm" }] } }, "invalid-parameter", /lstm/],
    [
      "a convolution of flat rows",
      { encoder: { layers: [{ type: "conv2d", filters: 2, kernelSize: [3, 3] }] } },
      "invalid-parameter",
      /image/,
    ],
    ["an image of another size", { encoder: { inputShape: [5, 5, 1] } }, "invalid-parameter", /inputShape/],
  ])("of %s", async (_, wrong, code, message) => {
    const call = new ParametricUMAP(wrong as object).fit(input);
    await expect(call).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("of changes to what the networks are made by", async () => {
    const call = umap.partialFit(input, { options: { nComponents: 3 } });
    await expect(call).rejects.toMatchObject({
      code: "invalid-parameter",
      message: expect.stringMatching(/nComponents/),
    });
  });

  it("of results before fit, and after dispose", async () => {
    const other = new ParametricUMAP(options);
    expect(() => other.embedding).toThrow(expect.objectContaining({ code: "not-fitted" }));
    await expect(other.transform(asked)).rejects.toMatchObject({ code: "not-fitted" });
    await other.partialFit(asked);
    await other.dispose();
    await expect(other.transform(asked)).rejects.toMatchObject({ code: "not-fitted" });
    const disposed = { code: "not-fitted", message: expect.stringMatching(/the ParametricUMAP was disposed/) };
    for (const call of [other.fit(asked), other.partialFit(asked), other.resume(), other.weights(), other.save()]) {
      await expect(call).rejects.toMatchObject(disposed);
    }
  });
});
