/** Models that last: new points, files, interrupted fits. What must hold for every row is in crates/umap-core/tests. */

import { type Embedding, type SparseMatrix, UMAP } from "umap-wasm";
import { describe, expect, it } from "vitest";
import { provoke } from "../dist/testing.js";
import { bits, blobs, points } from "./data.js";
import { golden } from "./golden.js";

const [rows, cols] = [600, 20];
const input = blobs(rows, cols);
const options = { nEpochs: 40, nThreads: 2 };
const umap = await new UMAP(options).fit(input);
const asked = { data: blobs(660, cols).data.slice(600 * cols), rows: 60, cols };
const places = await umap.transform(asked);

const csr = ({ indptr, indices, data }: UMAP["graph"]) => [indptr, indices, data];
const row = (at: number) => ({ data: asked.data.slice(at * cols, (at + 1) * cols), rows: 1, cols });

describe("transform", () => {
  it("gives every row the same place alone and in any batch, and leaves the embedding as it is", async () => {
    const before = bits(umap.embedding.data);
    expect(places).toMatchObject({ rows: 60, cols: 2 });
    for (const at of [0, 7, 59]) {
      const alone = await umap.transform(row(at));
      expect(bits(alone.data)).toBe(bits(places.data.slice(2 * at, 2 * at + 2)));
    }
    const [some, again] = await Promise.all([umap.transform(row(3)), umap.transform(asked)]);
    expect(bits(some.data)).toBe(bits(places.data.slice(6, 8)));
    expect(bits(again.data)).toBe(bits(places.data));
    expect(bits(umap.embedding.data)).toBe(before);
  });

  it("gives the same with any number of threads", async () => {
    for (const nThreads of [1, 3]) {
      await using other = await new UMAP({ ...options, nThreads }).fit(input);
      expect(bits((await other.transform(asked)).data)).toBe(bits(places.data));
    }
  });

  it("gives memberships in mode graph", async () => {
    await using graph = await new UMAP({ ...options, transformMode: "graph" }).fit(input);
    const { indptr, indices, data, rows, cols } = await graph.transform(asked);
    expect({ rows, cols, entries: indptr[60] }).toEqual({ rows: 60, cols: 600, entries: indices.length });
    expect(data.every((weight) => weight > 0 && weight <= 1)).toBe(true);
  });

  it("reports progress, and stops when it is aborted", async () => {
    const many = points(20_000, cols);
    const stages = new Set<string>();
    await umap.transform(many, { onProgress: ({ stage }) => stages.add(stage) });
    // The last stage can be over before its turn to report.
    expect([...stages]).toEqual(expect.arrayContaining(["points", "knn"]));
    const controller = new AbortController();
    const call = umap.transform(many, { signal: controller.signal, onProgress: () => controller.abort("enough") });
    await expect(call).rejects.toMatchObject({ code: "cancelled", cause: "enough" });
    expect(bits((await umap.transform(asked)).data)).toBe(bits(places.data));
  });

  it.each([
    ["rows of another length", { data: new Float32Array(21), rows: 1, cols: 21 }, "shape-mismatch", /20 columns/],
    ["values that are not finite", [Array(20).fill(Number.NaN)], "not-finite", /\[0, 0\]/],
    ["no rows", [], "shape-mismatch", /20 columns.*got 0/],
  ])("refuses %s", async (_, wrong, code, message) => {
    await expect(umap.transform(wrong)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("needs a model", async () => {
    const none = new UMAP(options);
    await expect(none.transform(asked)).rejects.toMatchObject({ code: "not-fitted" });
    await expect(none.save()).rejects.toMatchObject({ code: "not-fitted" });
    await expect(none.resume()).rejects.toMatchObject({ code: "not-fitted" });
    await none.fit(blobs(50, 5));
    await none.dispose();
    await expect(none.transform(asked)).rejects.toMatchObject({ code: "not-fitted" });
  });

  it("says that the model is lost when the module ended, and works after the next fit", async () => {
    const lost = await new UMAP({ ...options, nThreads: 5 }).fit(input);
    await expect(provoke("panic", 5)).rejects.toMatchObject({ code: "panic" });
    expect(lost.embedding.rows).toBe(600);
    await expect(lost.transform(asked)).rejects.toMatchObject({ code: "instance-lost" });
    await lost.fit(input);
    expect(bits((await lost.transform(asked)).data)).toBe(bits(places.data));
    await lost.dispose();
  });
});

describe("files", () => {
  it("give the same model in any form", async () => {
    const file = await umap.save();
    const { knn, graph } = umap;
    const found = bits(knn.indices, knn.distances, ...csr(graph));
    const forms = [file, file.buffer, new Blob([file]), new Blob([file]).stream()];
    for (const form of forms) {
      await using again = await UMAP.load(form, { nThreads: 3 });
      expect(again.diagnostics.threads).toBe(3);
      expect(bits(again.embedding.data)).toBe(bits(umap.embedding.data));
      expect(bits(again.knn.indices, again.knn.distances, ...csr(again.graph))).toBe(found);
      expect(bits((await again.transform(asked)).data)).toBe(bits(places.data));
      expect(bits(await again.save())).toBe(bits(file));
    }
  });

  it("without raw data have landmarks, and neither neighbours nor graph", async () => {
    const file = await umap.save({ rawData: false, landmarks: 200 });
    await using again = await UMAP.load(file);
    expect(bits(again.embedding.data)).toBe(bits(umap.embedding.data));
    expect(() => again.knn).toThrow(expect.objectContaining({ code: "not-fitted" }));
    expect(() => again.graph).toThrow(expect.objectContaining({ code: "not-fitted" }));
    const found: Embedding = await again.transform(asked);
    expect(found.data.every(Number.isFinite)).toBe(true);
    await expect(again.save()).rejects.toMatchObject({ code: "invalid-parameter" });
    await expect(umap.save({ rawData: false, landmarks: 601 })).rejects.toMatchObject({ code: "invalid-parameter" });
    await expect(umap.save({ rawdata: false } as object)).rejects.toMatchObject({ code: "unknown-option" });
  });

  it("keep the options", async () => {
    await using again = await UMAP.load(await umap.save());
    await again.fit(input);
    expect(bits(again.embedding.data)).toBe(bits(umap.embedding.data));
  });

  it("that are damaged are refused, and the next call works", async () => {
    const malformed = { name: "UmapError", code: "malformed-file" };
    const wrong = [new Uint8Array(0), new Uint8Array(100), golden.file.slice(0, -1), new Uint8Array(9).fill(255)];
    for (const file of wrong) await expect(UMAP.load(file)).rejects.toMatchObject(malformed);
    for (let at = 0; at < golden.file.length; at += 97) {
      const changed = golden.file.slice();
      changed[at] = 255 - Number(changed[at]);
      await expect(UMAP.load(changed)).rejects.toMatchObject(malformed);
    }
    await expect(UMAP.load("model.umap" as never)).rejects.toMatchObject({ code: "invalid-parameter" });
    const failing = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new TypeError("mine")) });
    await expect(UMAP.load(failing)).rejects.toThrow(new TypeError("mine"));
    await expect(UMAP.load(golden.file, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "cancelled" });
    await using again = await UMAP.load(golden.file);
    expect(again.embedding.rows).toBe(60);
  });
});

describe("a fit that was aborted", () => {
  /** Aborts a fit in its layout. */
  async function aborted(stage: string, more = {}) {
    const fit = new UMAP({ ...options, ...more });
    const controller = new AbortController();
    const onProgress = (progress: { stage: string }) => void (progress.stage === stage && controller.abort());
    const slow = fit.fit(input, { signal: controller.signal, onProgress });
    await expect(slow).rejects.toMatchObject({ code: "cancelled" });
    return fit;
  }

  it("goes on to the bits of one that was not", async () => {
    const { nEpochs } = { nEpochs: 3000 };
    await using whole = await new UMAP({ ...options, nEpochs }).fit(input);
    const part = new UMAP({ ...options, nEpochs });
    const controller = new AbortController();
    const onProgress = ({ epoch = 0 }) => void (epoch > 0 && controller.abort());
    const call = part.fit(input, { signal: controller.signal, onProgress });
    await expect(call).rejects.toMatchObject({ code: "cancelled" });
    const file = await part.save();
    await using loaded = await UMAP.load(file);
    expect(() => loaded.embedding).toThrow(expect.objectContaining({ code: "not-fitted" }));
    await expect(loaded.transform(asked)).rejects.toMatchObject({ code: "not-fitted" });
    await part.resume();
    await loaded.resume();
    for (const umap of [part, loaded]) {
      expect(bits(umap.embedding.data)).toBe(bits(whole.embedding.data));
      expect(bits((await umap.transform(asked)).data)).toBe(bits((await whole.transform(asked)).data));
      // There is nothing left to do.
      expect(await umap.resume()).toBe(umap);
    }
    await part.dispose();
  });

  it("before it runs leaves what there is: a model, and a fit to go on with", async () => {
    const never = { signal: AbortSignal.abort() };
    await using whole = await new UMAP(options).fit(input);
    await expect(whole.fit(asked, never)).rejects.toMatchObject({ code: "cancelled" });
    await using loaded = await UMAP.load(await whole.save());
    expect(bits(loaded.embedding.data)).toBe(bits(whole.embedding.data));
    const long = { nEpochs: 3000 };
    await using part = await aborted("optimize", long);
    await expect(part.fit(asked, never)).rejects.toMatchObject({ code: "cancelled" });
    const frames = part.frames({ data: new Float32Array(5), rows: 2, cols: 3 });
    await expect(frames.next()).rejects.toMatchObject({ code: "shape-mismatch" });
    await expect(part.resume(never)).rejects.toMatchObject({ code: "cancelled" });
    await part.resume();
    await using uninterrupted = await new UMAP({ ...options, ...long }).fit(input);
    expect(bits(part.embedding.data)).toBe(bits(uninterrupted.embedding.data));
  });

  it("before its first stage has nothing to go on with", async () => {
    const fit = await aborted("points");
    await expect(fit.resume()).rejects.toMatchObject({ code: "not-fitted" });
    await fit.fit(input);
    expect(await fit.resume()).toBe(fit);
    await expect(fit.fit([[Number.NaN]])).rejects.toMatchObject({ code: "not-finite" });
    // Not what was found before it.
    await expect(fit.resume()).rejects.toMatchObject({ code: "not-fitted" });
    expect(bits(fit.embedding.data)).toBe(bits(umap.embedding.data));
    await fit.dispose();
  });
});
