/** What the drop-in does and umap-js does not. */
import { UMAP as Main } from "umap-wasm";
import { cosine, euclidean, UMAP, type UMAPParameters, UmapError } from "umap-wasm/umap-js";
import { afterEach, describe, expect, it, vi } from "vitest";
import { clusters, nearest, purity } from "./rows.js";

const { rows, labels } = clusters(300, 12);

/** Of one package: numbers that 32 bits hold. */
const flat = (embedding: number[][]) => Float32Array.from(embedding.flat());

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof UmapError) return error.code;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("results", () => {
  it("are the bits of the main package", async () => {
    const options = { nNeighbors: 12, nEpochs: 60, minDist: 0.3, nComponents: 3, negativeSampleRate: 4 };
    const main = await new Main({ ...options, store: "f32" }).fitTransform(rows);
    expect(flat(new UMAP(options).fit(rows))).toEqual(main.data);
    const cosines = await new Main({ ...options, store: "f32", metric: "cosine" }).fitTransform(rows);
    expect(flat(new UMAP({ ...options, distanceFn: cosine }).fit(rows))).toEqual(cosines.data);
  });

  it("are the main package's with labels, with numbers, and for new rows", async () => {
    const values = rows.map((row) => row[0] as number);
    const cases = [
      { target: labels, theirs: "categorical" as const, ours: "categorical" as const, targetWeight: 0.8 },
      { target: values, theirs: "l2" as const, ours: "euclidean" as const, targetWeight: 0.3 },
    ];
    for (const { target, theirs, ours, targetWeight } of cases) {
      const umap = new UMAP({ nEpochs: 60 });
      umap.setSupervisedProjection(target, { targetMetric: theirs, targetWeight });
      const main = new Main({ nEpochs: 60, store: "f32", targetMetric: ours, targetWeight });
      const expected = await main.fitTransform(rows, { target });
      expect(flat(umap.fit(rows))).toEqual(expected.data);
      const fresh = clusters(20, 12, 2, 5).rows;
      expect(flat(umap.transform(fresh))).toEqual((await main.transform(fresh)).data);
      await main.dispose();
    }
  });

  it("are the same bits each time, at once, in slices and step by step", async () => {
    const once = new UMAP({ nEpochs: 30 }).fit(rows);
    const stepped = new UMAP({ nEpochs: 30 });
    stepped.initializeFit(rows);
    while (stepped.step() < 30);
    expect(stepped.getEmbedding()).toEqual(once);
    expect(await new UMAP({ nEpochs: 30 }).fitAsync(rows)).toEqual(once);
    const distanceFn = (x: number[], y: number[]) => euclidean(x, y);
    const slices = new UMAP({ nEpochs: 30, distanceFn }).fitAsync(rows);
    expect(await slices).toEqual(new UMAP({ nEpochs: 30, distanceFn }).fit(rows));
  });

  it("take unknown labels and labels of any kind", () => {
    const learn = (target: unknown[]) => {
      const umap = new UMAP({ nEpochs: 30 });
      umap.setSupervisedProjection(target as number[]);
      return umap.fit(rows);
    };
    const some = labels.map((label, i) => (i % 2 ? label : -1));
    expect(learn(some.map((label) => (label < 0 ? null : `class ${label}`)))).toEqual(learn(some));
    // Nothing is known of any row.
    expect(learn(Array(300).fill(-1))).toEqual(new UMAP({ nEpochs: 30 }).fit(rows));
  });
});

describe("inputs", () => {
  it("may have fewer rows than neighbours", () => {
    expect(new UMAP().fit(rows.slice(0, 9)).flat().every(Number.isFinite)).toBe(true);
    expect(new UMAP().fit([[1, 2]]).length).toBe(1);
  });

  it("may be other rows each time", () => {
    const umap = new UMAP({ nEpochs: 30 });
    umap.fit(rows);
    const others = clusters(120, 5, 2, 9).rows;
    const embedding = umap.fit(others);
    expect(embedding).toEqual(new UMAP({ nEpochs: 30 }).fit(others));
    // The same array again is not looked at again.
    expect(umap.fit(others)).toBe(embedding);
  });

  it("may come with labels or neighbours after a fit, which stays until the next", () => {
    const umap = new UMAP({ nEpochs: 30 });
    const before = umap.fit(rows);
    umap.setSupervisedProjection(labels);
    expect(umap.getEmbedding()).toBe(before);
    expect(umap.transform(rows.slice(0, 2)).length).toBe(2);
    expect(umap.fit(rows)).not.toEqual(before);
    const known = nearest(rows, 5);
    umap.setPrecomputedKNN(known.indices, known.distances);
    const fewer = umap.fit(rows);
    expect(fewer).not.toEqual(before);
    expect(purity(fewer, labels)).toBeGreaterThan(0.95);
  });

  it.each<[UMAPParameters, number[][], string]>([
    [{ nNeighbors: Number.NaN }, rows, "invalid-parameter"],
    [{ nComponents: 0 }, rows, "invalid-parameter"],
    [{ minDist: 2 }, rows, "invalid-parameter"],
    [{ distanceFn: () => Number.NaN }, rows, "invalid-parameter"],
    [{}, [], "empty-input"],
    [{}, [[1, 2], [3]], "shape-mismatch"],
    [
      {},
      [
        [1, Number.NaN],
        [3, 4],
      ],
      "not-finite",
    ],
  ])("%j, rows %#: are refused by name", async (options, data, code) => {
    expect(codeOf(() => new UMAP(options).fit(data))).toBe(code);
    await expect(new UMAP(options).fitAsync(data)).rejects.toMatchObject({ name: "UmapError", code });
  });

  it("with other columns are refused by transform, and by neighbours of another number", () => {
    const umap = new UMAP({ nEpochs: 5 });
    umap.fit(rows);
    expect(codeOf(() => umap.transform([[1, 2]]))).toBe("shape-mismatch");
    expect(umap.transform([])).toEqual([]);
    expect(codeOf(() => umap.setPrecomputedKNN([[0], [1]], [[0]]))).toBe("shape-mismatch");
  });
});

describe("distances of the caller's", () => {
  const distanceFn = (x: number[], y: number[]) => euclidean(x, y);

  it("find by NN-descent, with many rows, nearly all neighbours", () => {
    const many = clusters(5000, 6);
    let calls = 0;
    const counting = (x: number[], y: number[]) => {
      calls++;
      return euclidean(x, y);
    };
    const umap = new UMAP({ nEpochs: 100, distanceFn: counting });
    const embedding = umap.fit(many.rows);
    expect(calls).toBeLessThan((5000 * 4999) / 2 / 2);
    const sample = { places: embedding.slice(0, 200), labels: many.labels.slice(0, 200) };
    expect(purity(sample.places, sample.labels)).toBeGreaterThan(0.95);
  });

  it("place new rows where the module places them", () => {
    const [own, foreign] = [new UMAP({ nEpochs: 50 }), new UMAP({ nEpochs: 50, distanceFn })];
    expect(foreign.fit(rows).length).toBe(own.fit(rows).length);
    const fresh = clusters(20, 12, 2, 5);
    expect(purity(foreign.transform(fresh.rows), fresh.labels, foreign.getEmbedding(), labels)).toBe(1);
  });
});

describe("a fit in slices", () => {
  afterEach(() => vi.restoreAllMocks());

  it("lets other work run, the search for neighbours included", async () => {
    // A clock that goes on by a millisecond with each look at it, whatever the machine.
    let time = 0;
    vi.spyOn(performance, "now").mockImplementation(() => time++);
    let turns = 0;
    const turn = () => {
      turns++;
      timer = setImmediate(turn);
    };
    let timer = setImmediate(turn);
    let turnsBefore = 0;
    const many = clusters(1000, 30).rows;
    await new UMAP({ nEpochs: 20 }).fitAsync(many, (epoch) => {
      if (epoch === 1) turnsBefore = turns;
    });
    clearImmediate(timer);
    expect(turnsBefore).toBeGreaterThan(3);
    expect(turns).toBeGreaterThan(turnsBefore);
  });

  it("shares the module with all that start while it is compiled", async () => {
    const fresh = new URL("../../dist/umap-js.js?fresh", import.meta.url).href;
    const { UMAP: Fresh } = (await import(fresh)) as { UMAP: typeof UMAP };
    const compile = vi.spyOn(WebAssembly, "compile");
    const [first, second] = [0, 1].map(() => new Fresh({ nEpochs: 30 }).fitAsync(rows));
    const stepped = new Fresh({ nEpochs: 30 });
    stepped.initializeFit(rows);
    const expected = new UMAP({ nEpochs: 30 }).fit(rows);
    expect(await first).toEqual(expected);
    expect(await second).toEqual(expected);
    // A second instance would take the place of the first, and know nothing of its fits.
    expect(compile).toHaveBeenCalledTimes(1);
    while (stepped.step() < 30);
    expect(stepped.getEmbedding()).toEqual(expected);
  });

  it("ends when another one is started on the same object", async () => {
    const umap = new UMAP({ nEpochs: 200 });
    const first = umap.fitAsync(rows, (epoch) => {
      if (epoch === 3) umap.initializeFit(clusters(50, 3).rows);
    });
    await expect(first).rejects.toMatchObject({ code: "cancelled" });
    expect(umap.getEmbedding().length).toBe(50);
  });

  it("does not go on after new rows were placed", async () => {
    const umap = new UMAP({ nEpochs: 200 });
    const work = umap.fitAsync(rows, (epoch) => {
      if (epoch === 3) umap.transform(rows.slice(0, 1));
    });
    await expect(work).rejects.toMatchObject({ code: "not-fitted" });
    expect(umap.getEmbedding().length).toBe(300);
  });
});

describe("a trap", () => {
  afterEach(() => vi.restoreAllMocks());

  it("ends the fits there are; the next one has a new instance", () => {
    const [umap, other] = [new UMAP({ nEpochs: 20 }), new UMAP({ nEpochs: 20 })];
    const expected = structuredClone(other.fit(rows));
    umap.initializeFit(rows);
    // The module asks for the time; what is thrown there passes through it as a trap does.
    vi.spyOn(performance, "now").mockImplementation(() => {
      throw new WebAssembly.RuntimeError("unreachable");
    });
    expect(codeOf(() => umap.step())).toBe("panic");
    vi.restoreAllMocks();
    expect(codeOf(() => umap.step())).toBe("not-fitted");
    expect(codeOf(() => other.transform(rows))).toBe("instance-lost");
    expect(umap.fit(rows)).toEqual(expected);
    expect(other.fit(rows)).toEqual(expected);
  });
});

describe("rows that change after they were fitted", () => {
  const distanceFn = (x: number[], y: number[]) => euclidean(x, y);
  const changes: [string, (rows: number[][]) => void][] = [
    ["pushed to", (rows) => void rows.push([1, 2])],
    ["cut", (rows) => void rows.splice(40)],
    ["cleared", (rows) => void rows.splice(0)],
  ];

  it.each(changes)("are %s: the fit is of what they were", (_, change) => {
    for (const options of [{ nEpochs: 20 }, { nEpochs: 20, distanceFn }]) {
      const expected = new UMAP(options).fit(rows);
      const mine = rows.map((row) => row.slice());
      const umap = new UMAP(options);
      umap.initializeFit(mine);
      change(mine);
      while (umap.step() < 20);
      expect(umap.getEmbedding()).toEqual(expected);
      expect(umap.transform(rows.slice(0, 5)).length).toBe(5);
    }
  });

  it.each([...changes, ["filled", (rows: number[][]) => rows.forEach((row) => void row.fill(0))] as const])(
    "are %s while fitAsync runs",
    async (name, change) => {
      const expected = new UMAP({ nEpochs: 20 }).fit(rows);
      const mine = rows.map((row) => row.slice());
      const call = new UMAP({ nEpochs: 20 }).fitAsync(mine);
      change(mine);
      expect(await call, name).toEqual(expected);
    },
  );
});

describe("of two fits on one object the later one counts", () => {
  const others = clusters(50, 3).rows;
  const replaced = { code: "cancelled" };

  it("two fitAsync in a row", async () => {
    const umap = new UMAP({ nEpochs: 30 });
    const [earlier, later] = [umap.fitAsync(rows), umap.fitAsync(others)];
    await expect(earlier).rejects.toMatchObject(replaced);
    expect(await later).toEqual(new UMAP({ nEpochs: 30 }).fit(others));
    expect(umap.getEmbedding().length).toBe(50);
  });

  it("a whole fit in a callback", async () => {
    const umap = new UMAP({ nEpochs: 30 });
    const call = umap.fitAsync(rows, (epoch) => {
      if (epoch === 3) umap.fit(others);
    });
    await expect(call).rejects.toMatchObject(replaced);
    expect(umap.getEmbedding().length).toBe(50);
  });
});

it("gives every row a place, also one without neighbours (setOpMixRatio 0)", () => {
  const scattered = Array.from({ length: 200 }, (_, i) => [((i * 7919) % 1009) ** 2, (i * 104_729) % 997, i % 3]);
  const embedding = new UMAP({ setOpMixRatio: 0, nNeighbors: 2, nEpochs: 20 }).fit(scattered);
  expect(embedding.length).toBe(200);
  expect(embedding.flat().every(Number.isFinite)).toBe(true);
});

it.each<[string, unknown, unknown]>([
  ["fractions", [[0, 1.5]], [[0, 1]]],
  ["strings", [[0, "1"]], [[0, 1]]],
  ["negative distances", [[0, 1]], [[0, -1]]],
  ["distances that are none", [[0, 1]], [[0, Number.NaN]]],
  ["no rows", 5, [[0, 1]]],
])("refuses %s as known neighbours", (_, indices, distances) => {
  const known = () => new UMAP().setPrecomputedKNN(indices as number[][], distances as number[][]);
  expect(codeOf(known)).toBe("invalid-parameter");
});
