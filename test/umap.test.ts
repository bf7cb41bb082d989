/** The class UMAP and its surroundings; the bits of its results are in engine.test.ts. */

import { evaluate, NeighborIndex, nearestNeighbors, type Progress, UMAP } from "umap-wasm";
import { describe, expect, it } from "vitest";
import { bits, blobs, points } from "./data.js";
import fits from "./fixtures/bits.json" with { type: "json" };

const input = blobs(600, 20);
const options = { nEpochs: 60, nThreads: 2 };
const solo = await new UMAP(options).fit(input);

describe("UMAP", () => {
  it("holds what fit found", () => {
    expect(solo.embedding).toMatchObject({ rows: 600, cols: 2 });
    expect(solo.embedding.data).toHaveLength(1200);
    expect(solo.knn.k).toBe(15);
    expect(Array.from(solo.knn.indices.filter((_, at) => at % 15 === 0))).toEqual(
      Array.from({ length: 600 }, (_, i) => i),
    );
    expect(solo.graph.indptr).toHaveLength(601);
    expect(solo.graph.indices).toHaveLength(solo.graph.indptr[600] ?? 0);
    expect(solo.diagnostics).toMatchObject({ rows: 600, nNeighbors: 15, nEpochs: 60, backend: "threads", threads: 2 });
    // Node 20 has no relaxed SIMD; browsers.test.ts looks at engines that have.
    expect(solo.diagnostics.relaxedSimd).toBe(Number.parseInt(process.versions.node, 10) >= 24);
    expect(solo.diagnostics.wasmMemoryBytes / 65536).toBeGreaterThan(16);
  });

  // Run by its name it loads modules in the profile for development, in CI those that ship: both have these bits.
  it("has the committed bits in every profile", () => {
    expect(bits(solo.embedding.data)).toBe(fits.euclidean.hash);
  });

  it("gives overlapping calls what they give alone", async () => {
    const embeddings = await Promise.all([1, 2, 3].map(() => new UMAP(options).fitTransform(input)));
    for (const embedding of embeddings) expect(bits(embedding.data)).toBe(bits(solo.embedding.data));
  });

  it("takes neighbours that are known already", async () => {
    const { indices, distances } = await nearestNeighbors(input, { k: 15 });
    const flat = await new UMAP({ ...options, precomputedKnn: { indices, distances, k: 15 } }).fitTransform(input);
    expect(bits(flat.data)).toBe(bits(solo.embedding.data));
    const rows = <T>(array: Iterable<T>) =>
      Array.from({ length: 600 }, (_, i) => [...array].slice(i * 15, (i + 1) * 15));
    const asRows = { indices: rows(indices), distances: rows(distances) };
    const nested = await new UMAP({ ...options, precomputedKnn: asRows }).fitTransform(input);
    expect(bits(nested.data)).toBe(bits(solo.embedding.data));
  });

  it("takes an initial layout", async () => {
    const init = Float32Array.from({ length: 1200 }, (_, i) => (i % 37) - 18);
    const umap = await new UMAP({ ...options, nEpochs: 0, init }).fit(input);
    expect(umap.diagnostics.init).toEqual({ method: "given" });
    const rows = Array.from({ length: 600 }, (_, i) => Array.from(init.slice(2 * i, 2 * i + 2)));
    const nested = await new UMAP({ ...options, nEpochs: 0, init: rows }).fitTransform(input);
    expect(bits(nested.data)).toBe(bits(umap.embedding.data));
  });

  it("takes no null for a call's options", async () => {
    await using umap = new UMAP(options);
    for (const call of [umap.fit(input, null as never), nearestNeighbors(input, null as never)]) {
      await expect(call).rejects.toMatchObject({ name: "UmapError", code: "invalid-parameter" });
    }
  });

  it("has no result before fit and after dispose", async () => {
    const umap = new UMAP(options);
    expect(() => umap.embedding).toThrow(expect.objectContaining({ code: "not-fitted" }));
    await umap.fit(input);
    await umap.dispose();
    expect(() => umap.embedding).toThrow(expect.objectContaining({ code: "not-fitted" }));
    const disposed = {
      name: "UmapError",
      code: "not-fitted",
      message: expect.stringMatching(/was disposed: make a new/),
    };
    for (const call of [umap.fit(input), umap.fitTransform(input), umap.transform(input), umap.resume(), umap.save()]) {
      await expect(call).rejects.toMatchObject(disposed);
    }
    await expect(umap.frames(input).next()).rejects.toMatchObject(disposed);
  });

  it("says that the fit is to be awaited where a result is asked for too early", async () => {
    const umap = new UMAP(options);
    const fit = umap.fit(input);
    const running = { code: "not-fitted", message: expect.stringMatching(/the fit has not ended: await it/) };
    expect(() => umap.embedding).toThrow(expect.objectContaining(running));
    expect(() => umap.diagnostics).toThrow(expect.objectContaining(running));
    await expect(umap.transform(input)).rejects.toMatchObject(running);
    await expect(umap.resume()).rejects.toMatchObject(running);
    await fit;
    expect(bits(umap.embedding.data)).toBe(bits(solo.embedding.data));
  });

  it("stops what runs when it is disposed", async () => {
    const umap = new UMAP({ nEpochs: 1_000_000, nThreads: 2 });
    const call = umap.fit(input, { onProgress: ({ epoch }) => void (epoch && umap.dispose()) });
    await expect(call).rejects.toMatchObject({ code: "cancelled" });
  });
});

describe("of two fits of a UMAP the later one counts", () => {
  const options = { nEpochs: 50, nThreads: 2 };
  const [large, few] = [points(2000, 40), points(100, 8)];
  const replaced = { code: "cancelled", message: expect.stringContaining("a later fit of the same UMAP") };

  it("whatever makes them", async () => {
    const alone = bits((await new UMAP(options).fitTransform(few)).data);
    const starts: ((umap: UMAP) => Promise<unknown>)[] = [
      (umap) => umap.fit(large),
      (umap) => umap.fitTransform(large),
      async (umap) => {
        for await (const _ of umap.frames(large));
      },
    ];
    for (const start of starts) {
      await using umap = new UMAP(options);
      const earlier = start(umap);
      const later = umap.fit(few);
      await expect(earlier).rejects.toMatchObject(replaced);
      await later;
      expect(bits(umap.embedding.data)).toBe(alone);
      // Nothing of the earlier one is left to go on with.
      expect(await umap.resume()).toBe(umap);
      expect(umap.embedding.rows).toBe(100);
    }
  });

  it("also where the earlier one was in its layout", async () => {
    await using umap = new UMAP({ ...options, nEpochs: 5000 });
    let later: Promise<UMAP> | undefined;
    const earlier = umap.fit(large, {
      onProgress: ({ stage }) => {
        if (stage === "optimize") later ??= umap.fit(few);
      },
    });
    await expect(earlier).rejects.toMatchObject(replaced);
    await later;
    expect(umap.embedding.rows).toBe(100);
  });
});

describe("frames", () => {
  it("come every so many epochs and end with the embedding", async () => {
    const umap = new UMAP(options);
    const epochs: number[] = [];
    let last: Float32Array | undefined;
    for await (const frame of umap.frames(input, { every: 20 })) {
      expect(frame).toMatchObject({ rows: 600, cols: 2 });
      epochs.push(frame.epoch);
      last = frame.data;
    }
    expect(epochs).toEqual([20, 40, 60]);
    expect(last).toEqual(umap.embedding.data);
    expect(bits(umap.embedding.data)).toBe(bits(solo.embedding.data));
  });

  it("wait for a slow reader, and others are not held up", async () => {
    let other: Promise<unknown> | undefined;
    for await (const _ of new UMAP(options).frames(input, { every: 30 })) {
      other ??= new UMAP(options).fit(input);
      await other;
    }
    expect(other).toBeDefined();
  });

  it("stop the work when the loop is left", async () => {
    for await (const frame of new UMAP({ ...options, nEpochs: 1_000_000 }).frames(input)) {
      if (frame.epoch >= 30) break;
    }
  });

  it("reject as fit does", async () => {
    const umap = new UMAP({ nNeighbors: -1 });
    await expect(umap.frames(input).next()).rejects.toMatchObject({ code: "invalid-parameter" });
  });
});

describe("progress and abort", () => {
  it("reports every stage in order, each rising", async () => {
    const reports: Progress[] = [];
    await new UMAP({ nThreads: 2 }).fit(blobs(5000, 50), { onProgress: (progress) => reports.push(progress) });
    const stages = [...new Set(reports.map(({ stage }) => stage))];
    expect(stages).toEqual(
      ["points", "knn", "fuzzy", "init", "optimize"].filter((stage) => stages.includes(stage as never)),
    );
    expect(stages).toContain("optimize");
    for (const stage of stages) {
      const fractions = reports.filter((report) => report.stage === stage).map(({ fraction }) => fraction);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    }
  });

  it.each(["knn", "optimize"])("stops in the stage %s and works afterwards", async (wanted) => {
    const controller = new AbortController();
    const onProgress = ({ stage }: Progress) => void (stage === wanted && controller.abort());
    const call = new UMAP({ nThreads: 2 }).fit(blobs(8000, 50), { signal: controller.signal, onProgress });
    await expect(call).rejects.toMatchObject({ code: "cancelled" });
    expect(bits((await new UMAP(options).fitTransform(input)).data)).toBe(bits(solo.embedding.data));
  });
});

describe("progress of short work", () => {
  const few = points(300, 8);
  const of = async (work: (onProgress: (progress: Progress) => void) => Promise<unknown>) => {
    const seen: Progress[] = [];
    await work((progress) => seen.push(progress));
    return seen;
  };
  const index = NeighborIndex.build(few);
  const fitted = new UMAP(options).fit(few);
  const file = fitted.then((umap) => umap.save());

  it.each<[string, (onProgress: (progress: Progress) => void) => Promise<unknown>, string[]]>([
    ["fit", (onProgress) => new UMAP(options).fit(few, { onProgress }), ["points", "knn", "fuzzy", "init", "optimize"]],
    ["nearestNeighbors", (onProgress) => nearestNeighbors(few, { onProgress }), ["points", "knn"]],
    ["evaluate", (onProgress) => evaluate(few, points(300, 2), { onProgress }), ["points", "evaluate"]],
    ["query", async (onProgress) => (await index).query(few, { onProgress }), ["points", "knn"]],
    ["transform", async (onProgress) => (await fitted).transform(few, { onProgress }), ["points", "knn"]],
    ["save", async (onProgress) => (await fitted).save({ onProgress }), ["save"]],
    ["load", async (onProgress) => UMAP.load(await file, { onProgress }), ["load"]],
  ])("of %s comes to the end of every stage", async (_, work, stages) => {
    const seen = await of(work);
    const ended = seen.filter(({ fraction }) => fraction === 1).map(({ stage }) => stage);
    expect([...new Set(ended)]).toEqual(expect.arrayContaining(stages));
    expect(seen.at(-1)?.fraction).toBe(1);
  });
});

describe("options", () => {
  const rejects = (wrong: object, expected: object) =>
    expect(new UMAP(wrong).fit(input)).rejects.toMatchObject({ name: "UmapError", ...expected });

  it("with an unknown name say which was meant", async () => {
    await rejects({ nNeighbours: 5 }, { code: "unknown-option", message: expect.stringContaining("nNeighbors") });
  });

  it("with an unknown value list the values there are", async () => {
    await rejects(
      { metric: "euclid" },
      { code: "invalid-parameter", message: expect.stringMatching(/metric.*manhattan/) },
    );
    await rejects(
      { metric: () => 1 },
      { code: "invalid-parameter", message: expect.stringMatching(/metric.*manhattan/) },
    );
    await rejects({ init: "pac" }, { code: "invalid-parameter", message: expect.stringMatching(/init.*pca/) });
  });

  it.each([
    { nNeighbors: 1 },
    { nNeighbors: 2.5 },
    { minDist: Number.NaN },
    { spread: Number.POSITIVE_INFINITY },
    { nThreads: 0 },
    { nThreads: "two" },
    { seed: -1 },
    { nComponents: null },
  ])("out of range are refused: %o", (wrong) => rejects(wrong, { code: "invalid-parameter" }));

  it("that have no effect alone are noted", async () => {
    const { diagnostics } = await new UMAP({ ...options, a: 1.5 }).fit(input);
    expect(diagnostics.notes).toEqual(["a has no effect without b"]);
  });

  it("of neighbours that cannot be are refused", async () => {
    const { k, indices, distances } = await nearestNeighbors(input, { k: 15 });
    const fit = (changes: object) => new UMAP({ precomputedKnn: { k, indices, distances, ...changes } }).fit(input);
    const refused = (message: string) => ({ code: "invalid-parameter", message: expect.stringContaining(message) });
    await expect(fit({ k: -5 })).rejects.toMatchObject(refused("precomputedKnn.k: expected an integer, got -5"));
    const negative = distances.map((distance, at) => (at === 0 ? -1 : distance));
    await expect(fit({ distances: negative })).rejects.toMatchObject(refused("at least 0, got -1"));
  });

  it("of evaluate are an embedding with places", async () => {
    const nowhere = { data: new Float32Array(input.rows * 2).fill(Number.NaN), rows: input.rows, cols: 2 };
    await expect(evaluate(input, nowhere)).rejects.toMatchObject({ code: "invalid-parameter" });
  });

  it("of umap-learn without effect are noted", async () => {
    const umap = await new UMAP({ ...options, lowMemory: true, randomState: 7, nThreads: undefined, nJobs: 2 }).fit(
      input,
    );
    expect(umap.diagnostics.notes.join()).toContain("lowMemory");
    expect(umap.diagnostics.threads).toBe(2);
  });
});
