/** What stays in a module between calls. */

import { nearestNeighbors } from "umap-wasm";
import { expect, it } from "vitest";
import { Kept, provoke } from "../dist/testing.js";
import { points } from "./data.js";

const input = points(600, 40);
const lost = { name: "UmapError", code: "instance-lost" };

it("stays while engines with other numbers of threads come and go", async () => {
  const kept = new Kept();
  await kept.keep(2);
  for (const nThreads of [1, 3, 4]) await nearestNeighbors(input, { nThreads });
  await kept.recall();
  await kept.release();
});

it("is gone after its release, and can be released again", async () => {
  const kept = new Kept();
  await kept.keep(2);
  await kept.release();
  await kept.release();
  await expect(kept.recall()).rejects.toMatchObject({ ...lost, message: expect.stringContaining("disposed") });
});

it("is lost with the module that held it, and the next call works", async () => {
  const [kept, elsewhere] = [new Kept(), new Kept()];
  await kept.keep(2);
  await elsewhere.keep(3);
  await expect(provoke("panic", 2)).rejects.toMatchObject({ code: "panic" });
  await expect(kept.recall()).rejects.toMatchObject({ ...lost, message: expect.stringContaining("has ended") });
  await elsewhere.recall();
  await kept.keep(2);
  await kept.recall();
  await Promise.all([kept.release(), elsewhere.release()]);
});

it("does not keep a number that nobody filled", async () => {
  const kept = new Kept();
  await expect(kept.recall()).rejects.toMatchObject(lost);
});
