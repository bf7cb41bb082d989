/** Code of the user's in ParametricUMAP: a model in the place of the encoder, a loss of landmarks. */

import type { Progress } from "umap-wasm";
import { type Batch, type OwnEncoder, ParametricUMAP } from "umap-wasm/parametric";
import { describe, expect, it } from "vitest";
import { bits, blobs, nested } from "./data.js";

const [rows, cols] = [240, 8];
const input = blobs(rows, cols);
const options = { nThreads: 2, trainingSteps: 40, batchSize: 100, nNeighbors: 8 };

/** A linear map that goes down the gradient; `calls` tells what was asked. */
class Linear implements OwnEncoder {
  readonly weights = Float32Array.from({ length: cols * 2 }, (_, at) => Math.fround(Math.sin(at + 1) / 4));
  readonly calls: string[] = [];
  private batch: Float32Array = new Float32Array();

  forward({ data, rows, training }: Batch & { training: boolean }) {
    this.calls.push(training ? "forward" : "infer");
    if (training) this.batch = data;
    const at = (i: number, axis: number) =>
      Array.from({ length: cols }, (_, k) => Number(data[i * cols + k]) * Number(this.weights[2 * k + axis]));
    return Array.from({ length: 2 * rows }, (_, i) => at(i >> 1, i & 1).reduce((sum, x) => sum + x));
  }

  async backward({ data, rows }: Batch) {
    this.calls.push("backward");
    for (let i = 0; i < rows * cols * 2; i++) {
      const [row, k, axis] = [Math.floor(i / (2 * cols)), (i >> 1) % cols, i & 1];
      const step = 0.01 * Number(data[2 * row + axis]) * Number(this.batch[row * cols + k]);
      this.weights[2 * k + axis] = Number(this.weights[2 * k + axis]) - step;
    }
  }
}

describe("a model of one's own", () => {
  it("learns, places new points, and gets the same each time", async () => {
    const encoder = new Linear();
    await using umap = await new ParametricUMAP({ ...options, encoder }).fit(input);
    const steps = Array.from({ length: 40 }, () => ["forward", "backward"]).flat();
    expect(encoder.calls).toEqual([...steps, "infer"]);
    expect(Number(umap.history.at(-1)?.loss)).toBeLessThan(Number(umap.history[0]?.loss));
    const expected = encoder.forward({ ...input, training: false });
    expect(umap.embedding).toEqual({ data: Float32Array.from(expected), rows, cols: 2 });
    expect(bits((await umap.transform(input)).data)).toBe(bits(umap.embedding.data));
    const again = new Linear();
    await using other = await new ParametricUMAP({ ...options, nThreads: 1, encoder: again }).fit(input);
    expect(bits(other.embedding.data)).toBe(bits(umap.embedding.data));
    // It learns on, with landmarks.
    await umap.addLandmarks(input, { rows: 20 });
    await umap.partialFit(input, { options: { trainingSteps: 5 } });
    expect(umap.history.at(-1)).toHaveProperty("landmarks");
  });

  it("gets rows as they were given where the metric has a form of its own", async () => {
    const encoder = new Linear();
    const given = new Set(nested(input).map(String));
    const seen: string[] = [];
    const forward: OwnEncoder["forward"] = (batch) => {
      seen.push(...nested({ ...batch, cols }).map(String));
      return encoder.forward(batch);
    };
    const own = { forward, backward: encoder.backward.bind(encoder) };
    await using umap = new ParametricUMAP({ ...options, metric: "cosine", trainingSteps: 2, encoder: own });
    await umap.fit(input);
    await umap.addLandmarks(input, { rows: 7 });
    await umap.partialFit(input);
    expect(seen.length).toBeGreaterThan(2 * rows);
    expect(seen.filter((row) => !given.has(row))).toEqual([]);
  });

  it("has a decoder of ours beside it, but is not in files", async () => {
    await using umap = new ParametricUMAP({ ...options, trainingSteps: 5, encoder: new Linear(), decoder: {} });
    await umap.fit(input);
    expect(await umap.inverseTransform([[0, 1]])).toMatchObject({ rows: 1, cols });
    const refused = { code: "invalid-parameter", message: expect.stringMatching(/^encoder: .* model of your own/) };
    for (const work of [() => umap.save(), () => umap.toONNX(), () => umap.weights(), () => umap.setWeights({})]) {
      await expect(work()).rejects.toMatchObject(refused);
    }
    expect((await umap.toONNX({ network: "decoder" })).length).toBeGreaterThan(1000);
  });

  it("goes on after an abort, to the same bits", async () => {
    await using whole = await new ParametricUMAP({ ...options, encoder: new Linear() }).fit(input);
    await using umap = new ParametricUMAP({ ...options, encoder: new Linear() });
    const controller = new AbortController();
    const onProgress = ({ epoch = 0 }: Progress) => epoch >= 5 && controller.abort();
    const work = umap.fit(input, { signal: controller.signal, onProgress });
    await expect(work).rejects.toMatchObject({ code: "cancelled" });
    await umap.resume();
    expect(bits(umap.embedding.data)).toBe(bits(whole.embedding.data));
  });

  const fails = (): never => {
    throw new TypeError("mine");
  };
  it.each([
    ["too few numbers", { forward: () => [1, 2, 3] }, { code: "shape-mismatch", message: /encoder\.forward.* x 2/ }],
    ["no numbers", { forward: () => "none" }, { code: "shape-mismatch", message: /array of numbers/ }],
    [
      "NaN",
      { forward: ({ rows }: Batch) => new Float32Array(2 * rows).fill(Number.NaN) },
      { code: "not-finite", message: /encoder\.forward/ },
    ],
    ["its own error", { forward: fails }, { name: "TypeError", message: /^mine$/ }],
    ["its own error, later", { backward: async () => fails() }, { name: "TypeError", message: /^mine$/ }],
    ["no backward", { backward: undefined }, { code: "invalid-parameter", message: /encoder\.backward/ }],
  ])("ends the fit where it gives %s", async (_, wrong, { message, ...rest }) => {
    const model = new Linear();
    const encoder = { forward: model.forward.bind(model), backward: model.backward.bind(model), ...wrong };
    const work = new ParametricUMAP({ ...options, encoder: encoder as OwnEncoder }).fit(input);
    await expect(work).rejects.toMatchObject({ ...rest, message: expect.stringMatching(message) });
  });
});

describe("code of one's own that goes wrong", () => {
  const fit = (forward: OwnEncoder["forward"]) =>
    new ParametricUMAP({ ...options, encoder: { forward, backward() {} } }).fit(input);

  it.each<[string, unknown]>([
    ["impossible", { length: 1e15 }],
    ["negative", { length: -1 }],
    ["fractional", { length: 1.5 }],
    ["no number", { length: "2" }],
    ["missing", {}],
  ])("gives an array whose length is %s", async (_, answer) => {
    await expect(fit(() => answer as number[])).rejects.toMatchObject({ name: "UmapError", code: "shape-mismatch" });
  });

  it("rejects with nothing", async () => {
    const call = fit(() => Promise.reject());
    await expect(call).rejects.toMatchObject({ name: "UmapError", code: "invalid-parameter" });
  });

  it("waits for a training that waits for it", async () => {
    const waiting = ["fit", "partialFit", "resume"] as const;
    for (const name of waiting) {
      const umap: ParametricUMAP = new ParametricUMAP({
        ...options,
        encoder: {
          async forward() {
            await new Promise((resolve) => setTimeout(resolve, 1));
            await (name === "resume" ? umap.resume() : umap[name](input));
            return [];
          },
          backward() {},
        },
      });
      const message = expect.stringMatching(/waits for `forward`.*when the training has ended/);
      await expect(umap.fit(input)).rejects.toMatchObject({ code: "invalid-parameter", message });
    }
  });
});

describe("a loss of landmarks of one's own", () => {
  const landmarkPositions = Array.from({ length: rows }, (_, i) => (i % 5 ? [Number.NaN, Number.NaN] : [i % 12, 0]));
  const squared = ({ data, rows }: Batch, targets: Batch) => {
    const apart = data.map((z, at) => z - Number(targets.data[at]));
    return { loss: apart.reduce((sum, x) => sum + x * x, 0) / rows, gradient: apart.map((x) => (2 * x) / rows) };
  };

  it("acts as ours of the same form", async () => {
    const trained = async (landmarkLoss: "squared" | typeof squared) => {
      await using umap = await new ParametricUMAP({ ...options, landmarkLoss }).fit(input, { landmarkPositions });
      return { data: umap.embedding.data, loss: Number(umap.history.at(-1)?.landmarks) };
    };
    const [ours, own] = [await trained("squared"), await trained(squared)];
    expect(own.loss).toBeGreaterThan(0);
    expect(Math.abs(own.loss - ours.loss)).toBeLessThan(1e-3 * ours.loss);
    const apart = own.data.reduce((most, x, at) => Math.max(most, Math.abs(x - Number(ours.data[at]))), 0);
    expect(apart).toBeLessThan(0.05);
  });

  it.each([
    ["nothing", () => undefined, "shape-mismatch", /landmarkLoss/],
    ["a gradient of another shape", () => ({ loss: 1, gradient: [1] }), "shape-mismatch", /landmarkLoss: gradient/],
    ["an infinite loss", () => ({ loss: 1 / 0, gradient: [] }), "not-finite", /landmarkLoss: loss/],
  ])("is refused where it gives %s", async (_, wrong, code, message) => {
    const work = new ParametricUMAP({ ...options, landmarkLoss: wrong as never }).fit(input, { landmarkPositions });
    await expect(work).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

it("an interrupted fit goes on after it was saved and loaded", async () => {
  const long = { ...options, trainingSteps: 400 };
  await using whole = await new ParametricUMAP(long).fit(input);
  const umap = new ParametricUMAP(long);
  const controller = new AbortController();
  const onProgress = ({ epoch = 0 }: Progress) => epoch >= 1 && controller.abort();
  await expect(umap.fit(input, { signal: controller.signal, onProgress })).rejects.toMatchObject({ code: "cancelled" });
  await using loaded = await ParametricUMAP.load(await umap.save(), { nThreads: 1 });
  await umap.dispose();
  await loaded.resume();
  expect(bits(loaded.embedding.data)).toBe(bits(whole.embedding.data));
  expect(loaded.history).toEqual(whole.history);
});
