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

afterEach(() =>
  umap.configure({
    backend: "auto",
    baseUrl: undefined,
    workerUrl: undefined,
    wasmUrl: undefined,
    startTimeout: 30_000,
  }),
);

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

  it("tells of an address that Node starts no workers from", async () => {
    umap.configure({ workerUrl: "https://localhost/worker.js" });
    const call = umap.nearestNeighbors(input, { nThreads: 5 });
    const message = expect.stringContaining("https://localhost/worker.js");
    await expect(call).rejects.toMatchObject({ name: "UmapError", code: "worker-start", message });
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

describe("configure", () => {
  it.each<[string, object | number, string]>([
    ["no object", 5, "configure: expected an object, such as"],
    ["an unknown setting", { wasmUrls: {} }, "unknown setting `wasmUrls`, the settings are backend, baseUrl"],
    ["an unknown backend", { backend: "nonsense" }, '"auto", "threads" or "single", got the string "nonsense"'],
    ["a URL that is none", { workerUrl: 7 }, "workerUrl: expected a string or URL, got 7"],
    ["a module that there is not", { wasmUrl: { fast: "a.wasm" } }, "wasmUrl: expected an object with URLs of threads"],
    ["a time without end", { startTimeout: Number.POSITIVE_INFINITY }, "an integer, 1 to 2147483647, got Infinity"],
  ])("refuses %s and leaves everything as it was", async (_, changes, message) => {
    const backend = { backend: "single" };
    const call = () => umap.configure({ ...(typeof changes === "object" && backend), ...Object(changes) } as never);
    if (typeof changes === "object") expect(call).toThrow(message);
    else expect(() => umap.configure(changes as never)).toThrow(message);
    const { diagnostics } = await new umap.UMAP({ nEpochs: 1, nThreads: 2 }).fit([[0], [1], [2]]);
    expect(diagnostics.backend).toBe("threads");
  });

  it("takes a folder with the package's files", async () => {
    umap.configure({ baseUrl: new URL("../dist", import.meta.url) });
    const { k } = await umap.nearestNeighbors([[0], [1]], { nThreads: 7 });
    expect(k).toBe(2);
    umap.configure({ baseUrl: "./nowhere/" });
    const call = umap.nearestNeighbors(input, { nThreads: 5 });
    const message = expect.stringMatching(/nowhere\/(node-worker\.cjs|umap_wasm_\w+\.wasm)/);
    await expect(call).rejects.toMatchObject({ code: "worker-start", message });
  });
});

describe("calls", () => {
  it("take a signal of another realm or library", async () => {
    const controller = new ForeignController();
    const call = umap.nearestNeighbors(points(8000, 64), { signal: controller.signal as unknown as AbortSignal });
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: "cancelled" });
    await using fitted = new umap.UMAP();
    await expect(fitted.fit(input, { signal: controller.signal as unknown as AbortSignal })).rejects.toMatchObject({
      code: "cancelled",
    });
  });

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

/** As libraries have it for engines that had none: it calls itself an AbortSignal, and is none of this realm's. */
class ForeignSignal extends EventTarget {
  aborted = false;
  reason: unknown;
  readonly [Symbol.toStringTag] = "AbortSignal";
}

class ForeignController {
  readonly signal = new ForeignSignal();

  abort() {
    Object.assign(this.signal, { aborted: true, reason: new Error("enough") });
    this.signal.dispatchEvent(new Event("abort"));
  }
}
