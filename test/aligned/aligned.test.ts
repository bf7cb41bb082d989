/** AlignedUMAP through every layer: forms of relations, ids, options, updates, new points, files, register. */

import { AlignedUMAP, DensMAP, evaluate, type Points, register, UMAP } from "umap-wasm";
import { describe, expect, it } from "vitest";
import { bits, blobs, nested } from "../data.js";
import { all, COLS, embed, first, hash, ids, map, options, pairs, ROWS, STEP, slices } from "./slices.js";

const whole = await embed();

describe("fit", () => {
  it("gives an embedding for each dataset, and says how it went", () => {
    expect(whole.embeddings).toMatchObject(Array(3).fill({ rows: ROWS, cols: 2 }));
    const { related, datasets, stageMs, notes, threads } = whole.diagnostics;
    expect({ related, notes, threads }).toEqual({ related: [80, 80], notes: [], threads: 2 });
    expect(datasets).toMatchObject(Array(3).fill({ rows: ROWS, nNeighbors: 15, nEpochs: 60 }));
    expect(stageMs.map(([stage]) => stage)).toEqual(["points", "knn", "fuzzy", "init", "optimize"]);
  });

  it.each<[string, object]>([
    ["pairs", { relations: [pairs, pairs] }],
    [
      "two arrays",
      { relations: Array(2).fill([0, 1].map((side) => Int32Array.from(pairs, (pair) => Number(pair[side])))) },
    ],
    ["pairs in another order", { relations: [[...pairs].reverse(), map] }],
    ["ids", { ids: ids.slice(0, 3) }],
    [
      "ids that are numbers",
      { ids: [0, 1, 2].map((i) => Array.from({ length: ROWS }, (_, row) => 0.5 + i * STEP + row)) },
    ],
  ])("takes relations as %s", async (_, call) => {
    await using aligned = await embed({}, call);
    expect(hash(aligned)).toBe(hash(whole));
  });

  it("takes points in any form, and any number of threads", async () => {
    for (const nThreads of [1, 3]) {
      await using aligned = await embed({ nThreads }, undefined, first.map(nested));
      expect(hash(aligned)).toBe(hash(whole));
    }
  });

  it("is UMAP for one dataset", async () => {
    const datasets = slices.slice(0, 1);
    await using alone = await embed({}, {}, datasets);
    await using umap = await new UMAP(options).fit(datasets[0] as Points);
    expect(bits(alone.embeddings[0]?.data as Float32Array)).toBe(bits(umap.embedding.data));
  });

  it("takes gaps, and says who is alone", async () => {
    await using aligned = await embed({}, { relations: [map, null] });
    expect(aligned.diagnostics.related).toEqual([80, 0]);
    expect(aligned.diagnostics.notes).toEqual([expect.stringContaining("datasets[2]")]);
  });

  it("takes lists of options", async () => {
    await using aligned = await embed({ nNeighbors: [5, 10, 15], minDist: [0, 0.1, 0.5], nEpochs: [60, 20, 40] });
    expect(aligned.diagnostics.datasets).toMatchObject([
      { nNeighbors: 5, nEpochs: 60 },
      { nNeighbors: 10, nEpochs: 20 },
      { nNeighbors: 15, nEpochs: 40 },
    ]);
  });

  it("takes targets, each in the metric of its dataset", async () => {
    const labels = Array.from({ length: ROWS }, (_, row) => (row % 2 ? "odd" : "even"));
    const numbers = Float32Array.from({ length: ROWS }, (_, row) => row);
    const relations = [map, map];
    await using aligned = await embed(
      { targetMetric: ["categorical", "euclidean", "categorical"] },
      { relations, targets: [labels, numbers, null] },
    );
    expect(aligned.diagnostics.datasets.map(({ labelled }) => labelled)).toEqual([ROWS, ROWS, null]);
  });

  it("keeps densities with densmap", async () => {
    await using aligned = await embed({ densmap: true, outputDens: [true, false, true] });
    expect(aligned.radii.map((radii) => radii?.embedding.length)).toEqual([ROWS, undefined, ROWS]);
    expect(hash(aligned)).not.toBe(hash(whole));
    await using alone = await new DensMAP(options).fit(first[0] as Points);
    const density = async ({ data, rows, cols }: UMAP["embedding"]) =>
      (await evaluate(first[0] as Points, { data, rows, cols })).densityCorrelation as number;
    const found = await density(aligned.embeddings[0] as UMAP["embedding"]);
    expect(found).toBeGreaterThan((await density(alone.embedding)) - 0.15);
  });

  it("says which dataset is at work, and stops when it is aborted", async () => {
    const seen = new Set<string>();
    const onProgress = ({ stage, slice }: { stage: string; slice?: number }) => seen.add(`${stage} ${slice}`);
    await using aligned = new AlignedUMAP({ ...options, nEpochs: 2000 });
    const many = Array.from({ length: 3 }, () => blobs(3000, 20));
    const controller = new AbortController();
    const aborts = (progress: { stage: string; slice?: number }) => {
      onProgress(progress);
      // Each layout is prepared by itself before all advance together.
      if (progress.stage === "optimize" && progress.slice === undefined) controller.abort("enough");
    };
    const same = pairs.map(([, row]) => [row, row] as [number, number]);
    const call = aligned.fit(many, { relations: [same, same], signal: controller.signal, onProgress: aborts });
    await expect(call).rejects.toMatchObject({ code: "cancelled", cause: "enough" });
    // Any one stage can be over before it reports.
    for (const expected of [/^points 0$/, /^points 2$/, /^(knn|fuzzy|init|optimize) [012]$/, /^optimize undefined$/])
      expect([...seen]).toContainEqual(expect.stringMatching(expected));
    expect([...seen]).not.toContainEqual(expect.stringMatching(/^(points|knn|fuzzy|init) undefined$/));
    expect(() => aligned.embeddings).toThrow(expect.objectContaining({ code: "not-fitted" }));
    await aligned.fit(first, { relations: [map, map] });
    expect(aligned.embeddings).toHaveLength(3);
  });
});

describe("update", () => {
  it("adds embeddings and leaves those that are there", async () => {
    await using aligned = await embed();
    const [before, held] = [hash(aligned), aligned.embeddings];
    const found = await aligned.update(slices[3] as Points, { relations: map });
    expect(found).toMatchObject({ rows: ROWS, cols: 2 });
    expect(aligned.embeddings[3]).toBe(found);
    expect(aligned.embeddings.slice(0, 3)).toEqual(held);
    expect(bits(...aligned.embeddings.slice(0, 3).map(({ data }) => data))).toBe(before);
    expect(aligned.diagnostics.related).toEqual([80, 80, 80]);
    expect(aligned.diagnostics.datasets).toHaveLength(4);
  });

  it("takes ids, and calls at once follow each other", async () => {
    await using byRelations = await embed();
    await using byIds = await embed({}, { ids: ids.slice(0, 3) });
    for (const i of [3, 4]) await byRelations.update(slices[i] as Points, { relations: pairs });
    await Promise.all([3, 4].map((i) => byIds.update(slices[i] as Points, { ids: ids[i] })));
    expect(hash(byIds)).toBe(hash(byRelations));
  });

  it("takes options and a target", async () => {
    await using aligned = await embed();
    const target = Array.from({ length: ROWS }, (_, row) => row % 3);
    await aligned.update(slices[3] as Points, { relations: map, target, options: { nNeighbors: 7, nEpochs: 10 } });
    expect(aligned.diagnostics.datasets[3]).toMatchObject({ nNeighbors: 7, nEpochs: 10, labelled: ROWS });
  });

  it("that is aborted or refused leaves the model as it was", async () => {
    await using aligned = await embed();
    await using untouched = await embed();
    const refused = aligned.update(slices[3] as Points, { relations: [[0, ROWS]] });
    await expect(refused).rejects.toMatchObject({ code: "invalid-parameter" });
    const controller = new AbortController();
    const call = { relations: map, signal: controller.signal, onProgress: () => controller.abort() };
    await expect(aligned.update(slices[3] as Points, call)).rejects.toMatchObject({ code: "cancelled" });
    for (const one of [aligned, untouched]) await one.update(slices[3] as Points, { relations: map });
    expect(hash(aligned)).toBe(hash(untouched));
  });
});

describe("new points", () => {
  it("find their places in any slice, alone as in a batch", async () => {
    for (const slice of [0, 2]) {
      const places = await whole.transform(all, { slice });
      const alone = await whole.transform({ data: all.data.slice(7 * COLS, 8 * COLS), rows: 1, cols: COLS }, { slice });
      expect(alone.data).toEqual(places.data.slice(14, 16));
      // Rows of the slice itself come to lie where they are.
      const own = whole.embeddings[slice]?.data as Float32Array;
      const at = 2 * slice * STEP;
      expect(
        Math.hypot(Number(places.data[at]) - Number(own[0]), Number(places.data[at + 1]) - Number(own[1])),
      ).toBeLessThan(1);
    }
  });

  it.each([
    [{ slice: 3 }, "slice: expected the number of a dataset, 0 to 2, got 3"],
    [{ slice: -1 }, "slice: expected"],
    [{ slice: 0.5 }, "slice: expected"],
    [undefined, "slice: expected the number of a dataset, got nothing"],
  ])("refuse %o", async (call, message) => {
    await expect(whole.transform(all, call as { slice: number })).rejects.toThrow(message);
  });

  it("refuse other columns", async () => {
    const wrong = whole.transform([[1, 2]], { slice: 0 });
    await expect(wrong).rejects.toMatchObject({ code: "shape-mismatch" });
  });
});

describe("files", () => {
  it("keep all that later calls need", async () => {
    await using aligned = await embed({ nNeighbors: [5, 10, 15], alignmentWindowSize: 2 }, { ids: ids.slice(0, 3) });
    const file = await aligned.save();
    await using again = await AlignedUMAP.load(new Blob([file]));
    expect(hash(again)).toBe(hash(aligned));
    expect(bits(await again.save())).toBe(bits(file));
    const [place, same] = await Promise.all([aligned, again].map((one) => one.transform(all, { slice: 1 })));
    expect(same?.data).toEqual(place?.data);
    for (const one of [aligned, again]) await one.update(slices[3] as Points, { ids: ids[3] });
    expect(hash(again)).toBe(hash(aligned));
    await using anew = await AlignedUMAP.load(file);
    await anew.fit(first, { relations: [map, map] });
    expect(anew.diagnostics.datasets.map(({ nNeighbors }) => nNeighbors)).toEqual([5, 10, 15]);
  });

  it("without raw data place points, and do not grow", async () => {
    await using again = await AlignedUMAP.load(await whole.save({ rawData: false, landmarks: 50 }));
    expect((await again.transform(all, { slice: 2 })).data.every(Number.isFinite)).toBe(true);
    const update = again.update(slices[3] as Points, { relations: map });
    await expect(update).rejects.toMatchObject({ code: "not-fitted", message: expect.stringContaining("raw data") });
  });

  it("that are damaged or of another kind are refused", async () => {
    const file = await whole.save();
    const changed = file.slice();
    changed[file.length >> 1] = 255 - Number(file[file.length >> 1]);
    await using umap = await new UMAP({ nEpochs: 2 }).fit(first[0] as Points);
    for (const wrong of [changed, file.slice(0, -1), new Uint8Array(3), await umap.save()]) {
      await expect(AlignedUMAP.load(wrong)).rejects.toMatchObject({ code: "malformed-file" });
    }
    await expect(UMAP.load(file)).rejects.toThrow("AlignedUMAP.load");
  });
});

describe("register", () => {
  it("brings an embedding onto another by its anchors", async () => {
    const onto = whole.embeddings[1] as UMAP["embedding"];
    const [cos, sin] = [Math.cos(2), Math.sin(2)];
    const data = Float32Array.from(onto.data, (_, at) => {
      const [x, y] = [Number(onto.data[at - (at % 2)]), Number(onto.data[at - (at % 2) + 1])];
      return at % 2 ? 0.5 * (sin * x + cos * y) + 3 : -0.5 * (cos * x - sin * y) - 8;
    });
    const anchors = new Map(Array.from({ length: 20 }, (_, i) => [i, i]));
    const { embedding, transformation, deviation } = await register({ ...onto, data }, { embedding: onto }, anchors);
    expect(transformation.scale).toBeCloseTo(2, 4);
    expect(transformation.rotation).toHaveLength(4);
    expect(deviation).toBeLessThan(1e-4);
    expect(Math.max(...embedding.data.map((x, at) => Math.abs(x - Number(onto.data[at]))))).toBeLessThan(1e-3);
  });

  it("refuses what does not fit", async () => {
    const onto = whole.embeddings[1] as UMAP["embedding"];
    const wide = { data: new Float32Array(30), rows: 10, cols: 3 };
    await expect(register(wide, onto, [[0, 0]])).rejects.toMatchObject({ code: "shape-mismatch" });
    await expect(register(onto, onto, [])).rejects.toThrow("anchors: expected at least one pair");
    await expect(register(onto, onto, [[0, 500]])).rejects.toThrow("anchors: expected rows of `onto`");
    await expect(register({ ...onto, rows: 3 }, onto, [[0, 0]])).rejects.toThrow("model: expected an embedding");
    await expect(register(null as never, onto, [[0, 0]])).rejects.toThrow("model: expected an embedding");
    const several = register(new AlignedUMAP() as never, onto, [[0, 0]]);
    await expect(several).rejects.toThrow("got an AlignedUMAP: pass one of its `embeddings`");
  });
});
