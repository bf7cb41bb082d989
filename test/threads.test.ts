/** Pools of many threads, and of more than there are processors. */
import { availableParallelism } from "node:os";
import { nearestNeighbors, UMAP } from "umap-wasm";
import { expect, it } from "vitest";
import { bits, points } from "./data.js";

// Some seconds: no pool of up to 32 has shown the fault.
it("of 64 starts: a worker that starts knows of memory that another one added meanwhile", async () => {
  const input = points(300, 20);
  const found = [];
  for (const nThreads of [2, 64, 1, 64]) {
    const { indices, distances } = await nearestNeighbors(input, { nThreads });
    found.push(bits(indices, distances));
  }
  expect(new Set(found).size).toBe(1);
}, 60_000);

it("of more than the processors says so in the notes", async () => {
  const processors = availableParallelism();
  const notes = async (nThreads: number) => {
    await using umap = await new UMAP({ nThreads, nEpochs: 5 }).fit(points(60, 4));
    return umap.diagnostics.notes;
  };
  expect(await notes(processors)).toEqual([]);
  expect(await notes(processors + 1)).toEqual([
    expect.stringContaining(`nThreads ${processors + 1} is more than the ${processors} processors`),
  ]);
});
