/** What AlignedUMAP refuses, and what it says then. */

import { AlignedUMAP, type Points, type Relation } from "umap-wasm";
import { describe, expect, it } from "vitest";
import { all, COLS, embed, first, ids, map, options, pairs, ROWS, slices } from "./slices.js";

describe("refusals", () => {
  const holed: Relation = Array.from({ length: 3 }, (_, i) => [i, i]);
  it.each<[string, object, object, string, string]>([
    ["neither relations nor ids", {}, {}, "invalid-parameter", "relations, ids: expected one of them, got neither"],
    ["both", {}, { relations: [map, map], ids }, "invalid-parameter", "got both"],
    ["too few relations", {}, { relations: [map] }, "shape-mismatch", "relations: expected 2, one for each two"],
    ["relations that are none", {}, { relations: map }, "invalid-parameter", "relations: expected a list, got a Map"],
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
      'got the string "1" as `from` of entry 0',
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
      "ids[2]: expected strings or finite numbers, got NaN in row 0",
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
      "a target that is none",
      {},
      { relations: [map, map], targets: [null, 1, null] },
      "shape-mismatch",
      "datasets[1]: target: expected a label for each point, got 1",
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
      "minDist[2]: expected a number, 0 to spread (1), got 3",
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
      [slices[0], "invalid-parameter", "datasets: expected a list, got an object with data, rows, cols"],
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
      [
        { relations: map, options: { minDist: 3 } },
        "invalid-parameter",
        "minDist: expected a number, 0 to spread (1), got 3",
      ],
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
    const calls: (() => Promise<unknown>)[] = [
      () => none.update(slices[0] as Points, { relations: null }),
      () => none.transform(all, { slice: 0 }),
      () => none.save(),
      async () => none.embeddings,
      async () => none.diagnostics,
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "not-fitted" });
    const fit = none.fit(first, { relations: [map, map] });
    for (const call of calls) await expect(call()).rejects.toThrow("the fit has not ended: await it");
    await fit;
    await none.dispose();
    calls.push(() => none.fit(first, { relations: [map, map] }));
    for (const call of calls) await expect(call()).rejects.toThrow("the AlignedUMAP was disposed");
  });
});
