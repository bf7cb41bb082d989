/** AlignedUMAP through every layer: forms of relations, ids, options, updates, new points, files, refusals. */

import { AlignedUMAP, DensMAP, evaluate, type Points, type Relation, register, UMAP } from "umap-wasm";
import { describe, expect, it } from "vitest";
import { bits, blobs, nested } from "./data.js";

const [ROWS, STEP, COLS] = [120, 40, 8];
const all = blobs(ROWS + 4 * STEP, COLS);
/** Windows over the same rows. */
const slices = Array.from({ length: 5 }, (_, i) => ({
  data: all.data.slice(i * STEP * COLS, (i * STEP + ROWS) * COLS),
  rows: ROWS,
  cols: COLS,
}));
const ids = slices.map((_, i) => Array.from({ length: ROWS }, (_, row) => `row ${i * STEP + row}`));
const pairs = Array.from({ length: ROWS - STEP }, (_, row) => [row + STEP, row] as [number, number]);
const first = slices.slice(0, 3);
const map = new Map(pairs);
const options = { nEpochs: 60, nThreads: 2 };

const hash = (aligned: AlignedUMAP) => bits(...aligned.embeddings.map(({ data }) => data));
const embed = (more: object = {}, call: object = { relations: [map, map] }, datasets: Points[] = first) =>
  new AlignedUMAP({ ...options, ...more }).fit(datasets, call);

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

describe("refusals", () => {
  const holed: Relation = Array.from({ length: 3 }, (_, i) => [i, i]);
  it.each<[string, object, object, string, string]>([
    ["neither relations nor ids", {}, {}, "invalid-parameter", "relations, ids: expected one of them, got neither"],
    ["both", {}, { relations: [map, map], ids }, "invalid-parameter", "got both"],
    ["too few relations", {}, { relations: [map] }, "shape-mismatch", "relations: expected 2, one for each two"],
    ["relations that are none", {}, { relations: map }, "invalid-parameter", "relations: expected a list, got Map"],
    [
      "a relation that is none",
      {},
      { relations: [map, { 1: 2 }] },
      "invalid-parameter",
      "relations[1]: expected a Map, pairs",
    ],
    [
      "an empty relation",
      {},
      { relations: [map, []] },
      "invalid-parameter",
      "relations[1]: expected at least one pair",
    ],
    [
      "an empty map",
      {},
      { relations: [new Map(), map] },
      "invalid-parameter",
      "relations[0]: expected at least one pair",
    ],
    [
      "rows out of range",
      {},
      {
        relations: [
          map,
          [
            [1, 2],
            [0, ROWS],
          ],
        ],
      },
      "invalid-parameter",
      `relations[1]: expected rows of datasets[2], which has ${ROWS}, got ${ROWS} as \`to\` of entry 1`,
    ],
    ["rows below 0", {}, { relations: [[[-1, 2]], map] }, "invalid-parameter", "got -1 as `from` of entry 0"],
    [
      "rows that wrap around",
      {},
      { relations: [[[2 ** 32, 2]], map] },
      "invalid-parameter",
      "got 4294967296 as `from` of entry 0",
    ],
    [
      "rows that are no numbers",
      {},
      { relations: [[["1", 2]], map] },
      "invalid-parameter",
      "got String as `from` of entry 0",
    ],
    [
      "a row twice",
      {},
      { relations: [map, [...holed, [7, 2]]] },
      "invalid-parameter",
      "relations[1]: expected each row in one pair at most, got row 2 of datasets[2] in entries 2 and 3",
    ],
    [
      "pairs of three",
      {},
      { relations: [map, [[1, 2, 3]]] },
      "shape-mismatch",
      "relations[1]: expected pairs of rows, got 3 values in entry 0",
    ],
    [
      "arrays of two lengths",
      {},
      { relations: [map, [new Int32Array(2), new Int32Array(3)]] },
      "shape-mismatch",
      "relations[1]: expected two Int32Arrays of the same length",
    ],
    ["ids for some", {}, { ids: ids.slice(0, 2) }, "shape-mismatch", "ids: expected 3, one for each dataset, got 2"],
    [
      "too few ids",
      {},
      { ids: [ids[0], ids[1], ["row"]] },
      "shape-mismatch",
      "ids[2]: expected 120 ids, one for each row, got 1",
    ],
    [
      "ids twice",
      {},
      { ids: [ids[0], ids[1], Array(ROWS).fill("row")] },
      "invalid-parameter",
      "ids[2]: expected an id of its own for each row, got the same in rows 0 and 1",
    ],
    [
      "ids that are none",
      {},
      { ids: [ids[0], ids[1], Array(ROWS).fill(Number.NaN)] },
      "invalid-parameter",
      "ids[2]: expected texts or finite numbers, got NaN in row 0",
    ],
    [
      "ids that nobody shares",
      {},
      { ids: [0, 1, 2].map((i) => Array.from({ length: ROWS }, (_, row) => `${i} ${row}`)) },
      "invalid-parameter",
      "ids: expected ids that occur in more than one dataset",
    ],
    [
      "too few targets",
      {},
      { relations: [map, map], targets: [[1]] },
      "shape-mismatch",
      "targets: expected 3, one for each dataset, got 1",
    ],
    [
      "a short target",
      {},
      { relations: [map, map], targets: [null, [1], null] },
      "shape-mismatch",
      "datasets[1]: target: expected",
    ],
    [
      "a list for all datasets' option",
      { nComponents: [2, 3, 2] },
      { relations: [map, map] },
      "invalid-parameter",
      "nComponents: expected one value for all datasets, got a list",
    ],
    [
      "lists of other lengths",
      { minDist: [0.1, 0.2] },
      { relations: [map, map] },
      "invalid-parameter",
      "minDist: expected a list with one value for each dataset, got 2",
    ],
    [
      "a value in a list",
      { minDist: [0.1, 0.2, 3] },
      { relations: [map, map] },
      "invalid-parameter",
      "minDist[2]: expected 0 to spread (1), got 3",
    ],
    ["an unknown option", { windowSize: 3 }, { relations: [map, map] }, "unknown-option", "windowSize"],
    ["an unknown option of the call", {}, { relation: [map, map] }, "unknown-option", "relation"],
    [
      "a regularisation below 0",
      { alignmentRegularisation: -1 },
      { relations: [map, map] },
      "invalid-parameter",
      "alignmentRegularisation",
    ],
    ["no window", { alignmentWindowSize: 0 }, { relations: [map, map] }, "invalid-parameter", "alignmentWindowSize"],
  ])("%s", async (_, more, call, code, message) => {
    await expect(embed(more, call)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it("datasets that are none", async () => {
    const cases: [unknown, string, string][] = [
      [slices[0], "invalid-parameter", "datasets: expected a list, got Object"],
      [[], "shape-mismatch", "datasets: expected at least one, got none"],
      [[slices[0], [[1, Number.NaN]], slices[1]], "not-finite", "datasets[1]: points[0, 1] is NaN"],
      [
        [slices[0], { data: new Float32Array(3), rows: 2, cols: 2 }, slices[1]],
        "shape-mismatch",
        "datasets[1]: points.data",
      ],
      [[slices[0], [], slices[1]], "empty-input", "datasets[1]: points"],
    ];
    for (const [datasets, code, message] of cases) {
      const between = Array.isArray(datasets) ? datasets.slice(1) : [];
      const call = { relations: between.map(() => map) };
      const refused = new AlignedUMAP(options).fit(datasets as Points[], call);
      await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    }
  });

  it("relations the other way round, where sizes show it", async () => {
    const short = { data: slices[1]?.data.slice(0, 80 * COLS) as Float32Array, rows: 80, cols: COLS };
    const reversed = pairs.map(([from, to]) => [to, from] as [number, number]);
    const refused = embed({}, { relations: [reversed] }, [slices[0] as Points, short]);
    await expect(refused).rejects.toThrow("the other way round all pairs fit: they lead from earlier to later");
  });

  it("updates that cannot be", async () => {
    await using aligned = await embed();
    const update = (call: object, points = slices[3] as Points) => aligned.update(points, call);
    const cases: [object, string, string][] = [
      [{}, "invalid-parameter", "relations, ids: expected one of them, got neither"],
      [{ ids: ids[3] }, "invalid-parameter", "ids: expected relations, because the last datasets had no ids"],
      [{ relations: map, options: { nComponents: 3 } }, "invalid-parameter", "nComponents: expected no value"],
      [{ relations: map, options: { minDist: 3 } }, "invalid-parameter", "minDist: expected 0 to spread (1), got 3"],
      [
        {
          relations: [
            [0, 0],
            [0, 1],
          ],
        },
        "invalid-parameter",
        "got row 0 of the last dataset in entries 0 and 1",
      ],
      [{ relation: map }, "unknown-option", "relation"],
    ];
    for (const [call, code, message] of cases) {
      await expect(update(call)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    }
    await using named = await embed({}, { ids: ids.slice(0, 3) });
    const strange = named.update(slices[3] as Points, { ids: Array.from({ length: ROWS }, (_, row) => row) });
    await expect(strange).rejects.toThrow("ids that occur in the new dataset and in one of its window");
  });

  it("calls before a fit, and after the end", async () => {
    const none = new AlignedUMAP(options);
    const calls = [
      () => none.update(slices[0] as Points, { relations: null }),
      () => none.transform(all, { slice: 0 }),
      () => none.save(),
      async () => none.embeddings,
      async () => none.diagnostics,
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "not-fitted" });
    await none.fit(first, { relations: [map, map] });
    await none.dispose();
    for (const call of calls) await expect(call()).rejects.toThrow("disposed");
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
  });
});
