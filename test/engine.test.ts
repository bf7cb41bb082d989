/** The module that ships, through every layer, in Node. */

import * as main from "umap-wasm";
import { ParametricUMAP } from "umap-wasm/parametric";
import { afterEach, describe, expect, it } from "vitest";
import { provoke } from "../dist/testing.js";
import { bits, points } from "./data.js";
import { expectScenario } from "./expect-scenario.js";
import aligned from "./fixtures/aligned-bits.json" with { type: "json" };
import fits from "./fixtures/bits.json" with { type: "json" };
import trainings from "./fixtures/parametric-bits.json" with { type: "json" };
import { golden } from "./golden.js";
import { EVERY, SINGLE, scenario } from "./scenario.js";

const umap = { ...main, ParametricUMAP, provoke };

const input = points(600, 40);
const reference = await umap.nearestNeighbors(input, { nThreads: 2 }).then((n) => bits(n.indices, n.distances));

afterEach(() => umap.configure({ backend: "auto", workerUrl: undefined, wasmUrl: undefined, startTimeout: 30_000 }));

describe("in Node", () => {
  it("gives the same bits with any number of threads, recovers from every failure, and stops when aborted", async () => {
    const found = await scenario(umap, { fits, trainings, aligned, golden }, EVERY, "threads");
    expectScenario(found, reference);
  }, 240_000);

  it("does the same in the single-threaded build", async () => {
    const found = await scenario(umap, { fits, trainings, aligned, golden }, SINGLE, "single");
    expectScenario(found, reference);
  }, 120_000);

  it("starts the pool of the optimised module again and again", async () => {
    // An optimiser that breaks the start of threads shows as a hang, and not at every start.
    for (let start = 0; start < 12; start++) {
      const { indices, distances } = await umap.nearestNeighbors(input, { nThreads: 1 + (start % 4) });
      expect(bits(indices, distances)).toBe(reference);
    }
  });
});

describe("a start that fails", () => {
  it("names the worker's script that was tried", async () => {
    umap.configure({ workerUrl: "./nowhere.js" });
    const call = umap.nearestNeighbors(input, { nThreads: 5 });
    await expect(call).rejects.toMatchObject({ code: "worker-start", message: expect.stringContaining("nowhere.js") });
  });

  it("names the module that was tried", async () => {
    umap.configure({ wasmUrl: { threads: "./nowhere.wasm" } });
    const call = umap.nearestNeighbors(input, { nThreads: 5 });
    await expect(call).rejects.toMatchObject({
      code: "worker-start",
      message: expect.stringContaining("nowhere.wasm"),
    });
  });

  it("is given up after the time limit", async () => {
    umap.configure({ workerUrl: new URL("./silent-worker.js", import.meta.url), startTimeout: 300 });
    const call = umap.nearestNeighbors(input, { nThreads: 5 });
    await expect(call).rejects.toMatchObject({
      code: "worker-start",
      message: expect.stringMatching(/300 ms.*silent-worker/),
    });
  });
});

describe("calls", () => {
  it("reject at once when the signal is already aborted", async () => {
    const call = umap.nearestNeighbors(input, { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ name: "UmapError", code: "cancelled" });
  });

  it("reject with what onProgress throws", async () => {
    const onProgress = () => {
      throw new TypeError("mine");
    };
    await expect(umap.nearestNeighbors(points(8000, 64), { onProgress })).rejects.toThrow(new TypeError("mine"));
  });
});
