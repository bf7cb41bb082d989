/** What programs that use umap-js rely on, held against both packages. */
import * as theirs from "umap-js";
import * as ours from "umap-wasm/umap-js";
import { describe, expect, it } from "vitest";
import { clusters, generator, nearest, purity } from "./rows.js";

// The classes differ in their private parts only; what follows compiles against the drop-in's types.
const packages = { "umap-js 1.4.0": theirs.UMAP as unknown as typeof ours.UMAP, "umap-wasm/umap-js": ours.UMAP };

describe.each(Object.entries(packages))("%s", (_, UMAP) => {
  const { rows, labels } = clusters(90, 12);
  const options = () => ({ nNeighbors: 10, nEpochs: 150, random: generator(7) });

  it("fits synchronously: as many rows, two numbers each, neighbours together", () => {
    const before = structuredClone(rows);
    const embedding = new UMAP(options()).fit(rows);
    expect(embedding.length).toBe(90);
    expect(embedding.every((place) => place.length === 2 && place.every(Number.isFinite))).toBe(true);
    expect(purity(embedding, labels)).toBeGreaterThan(0.95);
    expect(rows).toEqual(before);
  });

  it("has as many dimensions as it is told to", () => {
    const embedding = new UMAP({ ...options(), nComponents: 3 }).fit(rows);
    expect(embedding.map((place) => place.length)).toEqual(Array(90).fill(3));
  });

  it("works without options", () => {
    const umap = new UMAP();
    const embedding = umap.fit(rows);
    expect(purity(embedding, labels)).toBeGreaterThan(0.95);
    expect(umap.getEmbedding()).toBe(embedding);
  });

  it("does some 500 epochs with so few rows, or as many as it is told to", () => {
    expect(new UMAP({ nNeighbors: 10 }).initializeFit(rows)).toBe(500);
    expect(new UMAP({ nNeighbors: 10, nEpochs: 20 }).initializeFit(rows)).toBe(20);
  });

  it("goes step by step, in one array that stays the same", () => {
    const umap = new UMAP(options());
    const nEpochs = umap.initializeFit(rows);
    const embedding = umap.getEmbedding();
    expect(embedding.length).toBe(90);
    for (let epoch = 1; epoch <= nEpochs; epoch++) {
      const before = structuredClone(embedding);
      expect(umap.step()).toBe(epoch);
      // umap-js has edges wait for some epochs.
      if (epoch === 10) expect(embedding).not.toEqual(before);
    }
    expect(umap.getEmbedding()).toBe(embedding);
    expect(purity(embedding, labels)).toBeGreaterThan(0.95);
    const done = structuredClone(embedding);
    expect(umap.step()).toBe(nEpochs);
    expect(embedding).toEqual(done);
  });

  it("fits asynchronously, and calls back after every epoch", async () => {
    const epochs: number[] = [];
    const embedding = await new UMAP(options()).fitAsync(rows, (epoch) => {
      epochs.push(epoch);
    });
    expect(epochs).toEqual(Array.from({ length: 150 }, (_, at) => at + 1));
    expect(purity(embedding, labels)).toBeGreaterThan(0.95);
    expect((await new UMAP({ ...options(), nEpochs: 2 }).fitAsync(rows)).length).toBe(90);
  });

  it("stops right after the epoch whose callback returns false", async () => {
    const umap = new UMAP(options());
    const epochs: number[] = [];
    const embedding = await umap.fitAsync(rows, (epoch) => epochs.push(epoch) < 12);
    expect(epochs.length).toBe(12);
    const stepped = new UMAP(options());
    stepped.initializeFit(rows);
    for (let epoch = 0; epoch < 12; epoch++) stepped.step();
    expect(embedding).toEqual(stepped.getEmbedding());
    expect(umap.step()).toBe(13);
  });

  it("shows in the callback the layout after that epoch", async () => {
    const umap = new UMAP({ ...options(), nEpochs: 5 });
    const seen: number[][][] = [];
    await umap.fitAsync(rows, () => {
      seen.push(structuredClone(umap.getEmbedding()));
    });
    const stepped = new UMAP({ ...options(), nEpochs: 5 });
    stepped.initializeFit(rows);
    for (const embedding of seen) {
      stepped.step();
      expect(embedding).toEqual(stepped.getEmbedding());
    }
  });

  it("passes on what the callback throws", async () => {
    const failing = new UMAP(options()).fitAsync(rows, () => {
      throw new RangeError("of the caller's");
    });
    await expect(failing).rejects.toThrow(RangeError);
  });

  it("takes its randomness from `random`", () => {
    const embed = (seed: number) => new UMAP({ ...options(), random: generator(seed) }).fit(rows);
    expect(embed(1)).toEqual(embed(1));
    expect(embed(1)).not.toEqual(embed(2));
  });

  it("measures with `distanceFn`", () => {
    let calls = 0;
    // By the first column alone, which other columns drown.
    const noisy = rows.map((row, i) => [labels[i] as number, ...row.map((x) => 100 * Math.sin(1e4 * x))]);
    const distanceFn = (x: number[], y: number[]) => {
      calls++;
      return Math.abs((x[0] as number) - (y[0] as number)) + 1e-3 * Math.abs((x[1] as number) - (y[1] as number));
    };
    expect(purity(new UMAP(options()).fit(noisy), labels)).toBeLessThan(0.9);
    expect(purity(new UMAP({ ...options(), distanceFn }).fit(noisy), labels)).toBeGreaterThan(0.95);
    expect(calls).toBeGreaterThan(90);
  });

  it("passes on what `distanceFn` throws", () => {
    const distanceFn = () => {
      throw new RangeError("of the caller's");
    };
    expect(() => new UMAP({ ...options(), distanceFn }).fit(rows)).toThrow(RangeError);
  });

  it("learns from labels", () => {
    // Points that know nothing of the labels.
    const noise = clusters(90, 12, 100).rows;
    const umap = new UMAP({ ...options(), nEpochs: 400 });
    umap.setSupervisedProjection(labels, { targetWeight: 0.9 });
    const learned = purity(umap.fit(noise), labels);
    const unlearned = purity(new UMAP({ ...options(), nEpochs: 400 }).fit(noise), labels);
    expect(learned).toBeGreaterThan(unlearned + 0.1);
  });

  it("refuses labels of another length", () => {
    const umap = new UMAP(options());
    umap.setSupervisedProjection([0, 1, 2]);
    expect(() => umap.fit(rows)).toThrow("Length of X and y must be equal");
  });

  it("takes neighbours that are known already", () => {
    const noise = clusters(90, 12, 100).rows;
    const known = nearest(rows, 10);
    const umap = new UMAP(options());
    umap.setPrecomputedKNN(known.indices, known.distances);
    expect(purity(umap.fit(noise), labels)).toBeGreaterThan(0.95);
  });

  it("places new rows among those that it knows", () => {
    const umap = new UMAP(options());
    const embedding = umap.fit(rows);
    const before = structuredClone(embedding);
    const fresh = clusters(30, 12, 2, 5);
    const places = umap.transform(fresh.rows);
    expect(places.map((place) => place.length)).toEqual(Array(30).fill(2));
    expect(purity(places, fresh.labels, embedding, labels)).toBeGreaterThan(0.95);
    expect(embedding).toEqual(before);
  });

  it("places new rows by `distanceFn`", () => {
    const distanceFn = (x: number[], y: number[]) => Math.hypot(...x.map((a, at) => a - (y[at] as number)));
    const umap = new UMAP({ ...options(), distanceFn });
    const embedding = umap.fit(rows);
    const fresh = clusters(30, 12, 2, 5);
    expect(purity(umap.transform(fresh.rows), fresh.labels, embedding, labels)).toBeGreaterThan(0.95);
  });

  it("refuses new rows before a fit", () => {
    expect(() => new UMAP(options()).transform(rows)).toThrow("No data has been fit.");
  });

  it("refuses no rows", () => {
    expect(() => new UMAP(options()).fit([])).toThrow();
  });
});
