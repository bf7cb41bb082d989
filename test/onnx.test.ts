/** What onnxruntime makes of the networks that `toONNX` gives: the same as `transform`, for every kind of layer. */

import * as ort from "onnxruntime-web";
import type { Activation, LayerParams, Matrix, Metric } from "umap-wasm";
import { ParametricUMAP } from "umap-wasm/parametric";
import { describe, expect, it } from "vitest";
import { browsers } from "./browser/launch.js";
import { serve } from "./browser/server.js";
import { points } from "./data.js";

ort.env.wasm.numThreads = 1;

const side = 6;
const cols = side * side * 2;
const input = points(150, cols);
const asked = points(40, cols, 7);
// Steps long enough that every weight, gamma and running mean is far from where it starts.
const options = {
  nThreads: 2,
  nEpochs: 10,
  distillationSteps: 20,
  trainingSteps: 20,
  learningRate: 0.02,
  nNeighbors: 5,
};

async function run(model: Uint8Array, name: string, { data, rows, cols }: Matrix) {
  const session = await ort.InferenceSession.create(model);
  const found = await session.run({ [name]: new ort.Tensor("float32", Float32Array.from(data), [rows, cols]) });
  const output = Object.values(found)[0] as ort.Tensor;
  return { data: output.data as Float32Array, dims: output.dims };
}

/** Within 1e-5 of the greatest value. */
function expectEqual(found: Float32Array, expected: Float32Array) {
  const greatest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const farthest = expected.reduce((most, value, at) => Math.max(most, Math.abs(value - Number(found[at]))), 0);
  expect(farthest / greatest).toBeLessThan(1e-5);
}

/** Moves the embedding so that half of its coordinates are below 0. */
async function center(umap: ParametricUMAP) {
  const { data, rows, cols } = umap.embedding;
  const { data: bias } = (await umap.weights())["encoder.output.bias"] ?? { data: [] };
  const centered = Array.from(bias, (value, axis) => {
    const column = data.filter((_, at) => at % cols === axis);
    return value - column.reduce((sum, x) => sum + x, 0) / rows;
  });
  await umap.setWeights({ "encoder.output.bias": centered });
}

const activations = ["linear", "relu", "elu", "gelu", "tanh", "sigmoid"] as const;
const dense = (activation: Activation): LayerParams => ({ type: "dense", units: 20, activation });
const encoders: [string, LayerParams[]][] = [
  ["no hidden layer", []],
  ...activations.map((name): [string, LayerParams[]] => [`dense ${name}`, [dense(name)]]),
  ["all activations in a row", activations.map(dense)],
  ["dropout", [dense("relu"), { type: "dropout", rate: 0.3 }]],
  ["batch normalisation of rows", [dense("relu"), { type: "batchNormalization", momentum: 0.8 }]],
  ["batch normalisation of images", [{ type: "batchNormalization", momentum: 0.8 }]],
  ["layer normalisation of rows", [dense("tanh"), { type: "layerNormalization" }]],
  ["layer normalisation of images", [{ type: "layerNormalization" }]],
  ["convolution", [{ type: "conv2d", filters: 3, kernelSize: [3, 2] }]],
  [
    "convolution with strides",
    [{ type: "conv2d", filters: 3, kernelSize: [2, 3], strides: [2, 1], activation: "tanh" }],
  ],
  ["convolution with an uneven edge", [{ type: "conv2d", filters: 3, kernelSize: [4, 2], padding: "same" }]],
  [
    "convolution with an edge and strides",
    [{ type: "conv2d", filters: 3, kernelSize: [3, 3], strides: [2, 3], padding: "same" }],
  ],
  ["greatest values", [{ type: "maxPooling2d" }]],
  ["means of windows", [{ type: "averagePooling2d", poolSize: [3, 2] }]],
  ["windows that leave an edge", [{ type: "maxPooling2d", poolSize: [4, 4] }]],
  [
    "a whole network of images",
    [
      { type: "conv2d", filters: 4, kernelSize: [3, 3], padding: "same" },
      { type: "batchNormalization" },
      { type: "maxPooling2d" },
      { type: "conv2d", filters: 5, kernelSize: [2, 2], activation: "gelu" },
      { type: "flatten" },
      { type: "dense", units: 16, activation: "elu" },
      { type: "layerNormalization" },
    ],
  ],
];

describe("an encoder with", () => {
  it.each(encoders)("%s", async (_, layers) => {
    await using umap = new ParametricUMAP({ ...options, encoder: { inputShape: [side, side, 2], layers } });
    await umap.fit(input);
    await center(umap);
    const expected = await umap.transform(asked);
    expect(expected.data.some((value) => value < 0)).toBe(true);
    const { data, dims } = await run(await umap.toONNX(), "points", asked);
    expect(dims).toEqual([40, 2]);
    expectEqual(data, expected.data);
  });

  it.each(["cosine", "manhattan"] satisfies Metric[])(
    "rows as they are given, where the graph is of %s",
    async (metric) => {
      await using umap = await new ParametricUMAP({ ...options, metric }).fit(input);
      expectEqual((await run(await umap.toONNX(), "points", asked)).data, (await umap.transform(asked)).data);
    },
  );
});

describe("a decoder with", () => {
  it.each(["meanSquared", "crossEntropy"] as const)("%s", async (reconstructionLoss) => {
    const positive = { ...input, data: input.data.map((value) => value + 0.5) };
    const decoder = { layers: [dense("elu"), { type: "batchNormalization" } as const] };
    await using umap = await new ParametricUMAP({ ...options, decoder, reconstructionLoss }).fit(positive);
    const places = await umap.transform(asked);
    const { data, dims } = await run(await umap.toONNX({ network: "decoder" }), "embedding", places);
    expect(dims).toEqual([40, cols]);
    expectEqual(data, (await umap.inverseTransform(places)).data);
  });

  it("no decoder is refused", async () => {
    await using umap = await new ParametricUMAP({ ...options, trainingSteps: 1 }).fit(input);
    await expect(umap.toONNX({ network: "decoder" })).rejects.toMatchObject({ code: "not-fitted" });
  });
});

describe.each(Object.entries(browsers))("onnxruntime-web in %s", (_, { installed, launch }) => {
  // On a contributor's machine a browser may be missing; CI has both.
  const test = installed || process.env.CI ? it : it.skip;
  test("gives what transform gives", async () => {
    const [server, browser] = [await serve(true), await launch()];
    try {
      await browser.page.goto(`${server.origin}/test/browser/onnx.html`);
      const { expected, found } = await browser.page.evaluate<Record<string, number[]>>("window.found");
      expectEqual(Float32Array.from(found ?? []), Float32Array.from(expected ?? []));
    } finally {
      await browser.close();
      server.close();
    }
  });
});
