/** Abort and progress in every stage, in both builds. Work is counted, not time: bench/abort.mjs measures the time. */

import {
  configure,
  evaluate,
  type KnnMethod,
  type KnnOptions,
  nearestNeighbors,
  type Points,
  type Progress,
  type Stage,
  UMAP,
} from "umap-wasm";
import { afterAll, describe, expect, it } from "vitest";
import { bits, blobs, points } from "./data.js";

const small = blobs(300, 10);
const middle = points(12_000, 40);
const usable = async () => bits((await nearestNeighbors(small, { nThreads: 2 })).distances);
const reference = await usable();

type Call = { signal?: AbortSignal; onProgress?: (progress: Progress) => void };
type Work = (call: Call) => Promise<unknown>;

const layout = points(12_000, 2);
const fitMiddle: Work = (call) => new UMAP({ nThreads: 2, nEpochs: 40 }).fit(middle, call);
/** Seconds of work in each stage; the neighbours are given where another stage is meant, so that it is reached soon. */
const works: [Stage, string, Work][] = [
  ["points", "while the points are copied", (call) => nearestNeighbors(points(400_000, 20), { nThreads: 2, ...call })],
  ["knn", "exact", (call) => nearestNeighbors(points(9000, 64), { nThreads: 2, ...call })],
  [
    "knn",
    "approximate",
    (call) => nearestNeighbors(points(20_000, 64), { nThreads: 2, forceApproximation: true, ...call }),
  ],
  ["fuzzy", "", (call) => fitGiven(call)],
  ["init", "spectral", (call) => fitGiven(call)],
  ["init", "principal components", (call) => fitGiven(call, { init: "pca" })],
  ["optimize", "", (call) => fitGiven(call)],
  ["evaluate", "", (call) => evaluate(middle, layout, { nThreads: 2, sample: 12_000, ...call })],
];

/** A ring of 200,000 points, each with its 15 nearest: enough that every stage is cut into slices. */
const RING = 200_000;
const at = (i: number) => ({ row: Math.floor(i / 15), step: Math.ceil((i % 15) / 2) * (i % 2 ? 1 : -1) });
const ring = {
  data: Float32Array.from({ length: RING * 8 }, (_, i) => ((i >> 3) % 5000) / (1 + (i % 8))),
  rows: RING,
  cols: 8,
};
const precomputedKnn = {
  indices: Int32Array.from({ length: RING * 15 }, (_, i) => (at(i).row + at(i).step + RING) % RING),
  distances: Float32Array.from({ length: RING * 15 }, (_, i) => Math.abs(at(i).step)),
};
function fitGiven(call: Call, options: object = {}): Promise<unknown> {
  return new UMAP({ nThreads: 2, nEpochs: 20, precomputedKnn, ...options }).fit(ring, call);
}

const cancelled = { name: "UmapError", code: "cancelled", cause: "enough" };

afterAll(() => configure({ backend: "auto" }));

describe.each(["threads", "single"] as const)("%s: an abort", (backend) => {
  it.each(works)("in the stage %s (%s) ends the call, and the next one works", async (stage, _, work) => {
    configure({ backend });
    const controller = new AbortController();
    let after = 0;
    const onProgress = (progress: Progress) => {
      if (controller.signal.aborted) after += 1;
      else if (progress.stage === stage) controller.abort("enough");
    };
    await expect(work({ signal: controller.signal, onProgress })).rejects.toMatchObject(cancelled);
    expect(controller.signal.aborted).toBe(true);
    // Reports that were on their way, and those of the slices that ran before the message arrived.
    expect(after).toBeLessThanOrEqual(3);
    expect(await usable()).toBe(reference);
  });

  it("of several calls at once ends those that are meant", async () => {
    configure({ backend });
    const controller = new AbortController();
    const onProgress = () => controller.abort("enough");
    const calls = [
      fitMiddle({ signal: controller.signal, onProgress }),
      usable(),
      fitMiddle({ signal: controller.signal }),
    ];
    const [first, second, third] = await Promise.allSettled(calls);
    expect(first).toMatchObject({ status: "rejected", reason: cancelled });
    expect(second).toEqual({ status: "fulfilled", value: reference });
    expect(third).toMatchObject({ status: "rejected", reason: cancelled });
  });

  it("before the call, and while the workers start", async () => {
    configure({ backend });
    await expect(fitMiddle({ signal: AbortSignal.abort("enough") })).rejects.toMatchObject(cancelled);
    const controller = new AbortController();
    const call = nearestNeighbors(small, { nThreads: 3, signal: controller.signal });
    controller.abort("enough");
    await expect(call).rejects.toMatchObject(cancelled);
    expect(await usable()).toBe(reference);
  });

  it("after the call does nothing", async () => {
    configure({ backend });
    const controller = new AbortController();
    const umap = await new UMAP({ nThreads: 2, nEpochs: 20 }).fit(small, { signal: controller.signal });
    const before = bits(umap.embedding.data);
    controller.abort("enough");
    expect(await usable()).toBe(reference);
    expect(bits(umap.embedding.data)).toBe(before);
  });

  it("by a timeout has the timeout as its cause", async () => {
    configure({ backend });
    const call = nearestNeighbors(points(30_000, 64), { nThreads: 2, signal: AbortSignal.timeout(50) });
    await expect(call).rejects.toMatchObject({ code: "cancelled", cause: { name: "TimeoutError" } });
    expect(await usable()).toBe(reference);
  });
});

describe.each(["threads", "single"] as const)("%s: progress", (backend) => {
  async function reportsOf(work: Work): Promise<Progress[]> {
    configure({ backend });
    const reports: Progress[] = [];
    await work({ onProgress: (progress) => reports.push(progress) });
    return reports;
  }

  function expectOrder(reports: Progress[], stages: Stage[]): void {
    const order = reports.map(({ stage }) => stages.indexOf(stage));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    for (const stage of stages) {
      const fractions = reports.filter((report) => report.stage === stage).map(({ fraction }) => fraction);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
      expect(fractions.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
    }
  }

  it("runs through the stages of a fit, each rising, epochs in the last", async () => {
    const reports = await reportsOf((call) => fitGiven(call));
    expectOrder(reports, ["points", "knn", "fuzzy", "init", "optimize"]);
    for (const stage of ["points", "fuzzy", "init", "optimize"]) {
      expect(reports.map((report) => report.stage)).toContain(stage);
    }
    const epochs = reports.filter(({ stage }) => stage === "optimize").map(({ epoch }) => epoch ?? 0);
    expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
    expect(Math.max(...epochs)).toBeGreaterThan(10);
    expect(reports.filter(({ stage, epoch }) => stage !== "optimize" && epoch !== undefined)).toEqual([]);
  });

  async function search(method: KnnMethod, rows: Points, options: KnnOptions & Call): Promise<void> {
    const found = await nearestNeighbors(rows, { nThreads: 1, ...options });
    expect(found.method).toBe(method);
  }

  // On one thread each is a second of work, some 40 slices of 30 ms at most, so ten on a machine three times as fast. An
  // exact search is short by design; many neighbours make it long.
  it.each([
    ["knn", "exact", (call) => search("exact", points(8000, 4), { k: 1000, ...call })],
    ["knn", "approximate", (call) => search("nn_descent", points(20_000, 64), { forceApproximation: true, ...call })],
    ["evaluate", "", (call) => evaluate(middle, layout, { nThreads: 1, sample: 2000, ...call })],
  ] as [Stage, string, Work][])("of the stage %s (%s) comes at least ten times", async (stage, _, work) => {
    const reports = await reportsOf(work);
    expectOrder(reports, ["points", stage]);
    const fractions = reports.filter((report) => report.stage === stage).map(({ fraction }) => fraction);
    expect(fractions.length).toBeGreaterThanOrEqual(10);
    expect(new Set(fractions).size).toBeGreaterThanOrEqual(10);
  });
});
