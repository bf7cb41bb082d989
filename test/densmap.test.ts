/** DensMAP through every layer: the class, radii, targets, new points, files, refusals. */

import { DensMAP, evaluate, UMAP, type UmapConstructorOptions } from "umap-wasm";
import { describe, expect, it } from "vitest";
import { bits, points } from "./data.js";

const ROWS = 600;
const COLS = 5;
/** Four groups far apart, each twice as wide as the one before. */
const input = points(ROWS, COLS);
input.data.forEach((noise, at) => {
  const group = Math.floor(at / COLS) % 4;
  input.data[at] = noise * 2 ** group + (at % COLS === group ? 40 : 0);
});
const options = { nEpochs: 200, nThreads: 2, outputDens: true };

async function embed(umap: UMAP, target?: number[]) {
  await using fitted = await umap.fit(input, { target });
  return { embedding: fitted.embedding, radii: fitted.radii };
}
const densityOf = async (embedding: UMAP["embedding"]) => (await evaluate(input, embedding)).densityCorrelation ?? 0;

const [dense, plain] = await Promise.all([embed(new DensMAP(options)), embed(new UMAP(options))]);

describe("DensMAP", () => {
  it("is UMAP with densmap", async () => {
    const { embedding } = await embed(new UMAP({ ...options, densmap: true }));
    expect(bits(embedding.data)).toBe(bits(dense.embedding.data));
    expect(bits(plain.embedding.data)).not.toBe(bits(dense.embedding.data));
  });

  it("is dense where the points are", async () => {
    expect(await densityOf(dense.embedding)).toBeGreaterThan(0.85);
    expect(await densityOf(plain.embedding)).toBeLessThan(0.6);
  });

  it("gives radii of points and embedding, and UMAP too", () => {
    // Mean over a group; both are logarithms of squared distances, so widths of 2 are 2 ln 2 = 1.4 apart.
    const means = (radii: Float32Array) =>
      [0, 1, 2, 3].map((group) => {
        const own = radii.filter((_, row) => row % 4 === group);
        return own.reduce((sum, x) => sum + x, 0) / own.length;
      });
    const gaps = (radii: Float32Array) =>
      means(radii).flatMap((x, i, all) => (i > 0 ? [x - (all[i - 1] as number)] : []));
    expect(dense.radii.input).toEqual(plain.radii.input);
    for (const gap of gaps(dense.radii.input)) expect(gap).toBeCloseTo(1.4, 0);
    expect(Math.min(...gaps(dense.radii.embedding))).toBeGreaterThan(0.4);
    expect(Math.min(...gaps(plain.radii.embedding))).toBeLessThan(0.4);
  });

  it("takes targets", async () => {
    const target = Array.from({ length: ROWS }, (_, row) => row % 4);
    const { embedding } = await embed(new DensMAP(options), target);
    expect(await densityOf(embedding)).toBeGreaterThan(0.8);
    expect(bits(embedding.data)).not.toBe(bits(dense.embedding.data));
  });

  it("has frames, the last of which is the embedding", async () => {
    let last: Float32Array | undefined;
    for await (const { data } of new DensMAP(options).frames(input, { every: 50 })) last = data;
    expect(bits(last as Float32Array)).toBe(bits(dense.embedding.data));
  });
});

describe("new points", () => {
  /** Log mean squared distance of the 15 nearest of every row. */
  const radii = ({ data, rows, cols }: { data: Float32Array; rows: number; cols: number }) =>
    Array.from({ length: rows }, (_, row) => {
      const squared = Float64Array.from({ length: rows }, (_, other) => {
        const at = (row: number, col: number) => data[row * cols + col] as number;
        return Array.from({ length: cols }, (_, col) => (at(row, col) - at(other, col)) ** 2).reduce((a, b) => a + b);
      });
      return Math.log(
        squared
          .sort()
          .subarray(1, 16)
          .reduce((sum, x) => sum + x) / 15,
      );
    });
  const mean = (values: number[]) => values.reduce((sum, x) => sum + x) / values.length;
  const covariance = (a: number[], b: number[]) => mean(a.map((x, at) => x * (b[at] as number))) - mean(a) * mean(b);
  const correlation = (a: number[], b: number[]) => covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b));
  const fitted = { data: input.data.subarray(0, 500 * COLS), rows: 500, cols: COLS };
  const others = { data: input.data.subarray(500 * COLS), rows: 100, cols: COLS };

  it("find places of their density, alone as in a batch", async () => {
    await using model = await new DensMAP(options).fit(fitted);
    const places = await model.transform(others);
    const all = { data: Float32Array.of(...model.embedding.data, ...places.data), rows: ROWS, cols: 2 };
    const inputRadii = radii(input);
    const placedRadii = radii(all);
    const fittedOnes = correlation(inputRadii.slice(0, 500), placedRadii.slice(0, 500));
    const newOnes = correlation(inputRadii.slice(500), placedRadii.slice(500));
    expect(fittedOnes).toBeGreaterThan(0.85);
    expect(Math.abs(newOnes - fittedOnes)).toBeLessThan(0.05);
    const alone = await model.transform({ data: others.data.subarray(0, COLS), rows: 1, cols: COLS });
    expect(alone.data).toEqual(places.data.subarray(0, 2));
  });
});

describe("files", () => {
  it.each([true, false])("keep radii and options (raw data: %s)", async (rawData) => {
    await using model = await new DensMAP(options).fit(input);
    const file = await model.save({ rawData });
    await using again = await DensMAP.load(file);
    expect(again).toBeInstanceOf(DensMAP);
    expect(again.radii).toEqual(dense.radii);
    expect(bits(await again.save({ rawData }))).toBe(bits(file));
  });
});

describe("refusals", () => {
  it.each<[UmapConstructorOptions, string]>([
    [{ densLambda: -1 }, "densLambda"],
    [{ densFrac: 1.01 }, "densFrac"],
    [{ densVarShift: Number.NaN }, "densVarShift"],
    [{ metric: "inner_product" }, "metric"],
  ])("%o", async (wrong, name) => {
    await expect(new DensMAP(wrong).fit(input)).rejects.toMatchObject({ code: "invalid-parameter" });
    await expect(new DensMAP(wrong).fit(input)).rejects.toThrow(name);
  });

  it("radii that were not asked for", async () => {
    await using umap = await new DensMAP({ nEpochs: 5 }).fit(input);
    expect(() => umap.radii).toThrow("outputDens");
  });

  it("stays finite for copies of one point", async () => {
    const copies = { data: new Float32Array(300).fill(2), rows: 100, cols: 3 };
    for (const more of [{}, { a: 1.5, b: 0.4 }]) {
      await using umap = await new DensMAP({ ...options, ...more }).fit(copies);
      expect(umap.embedding.data.every(Number.isFinite)).toBe(true);
      expect((await evaluate(copies, umap.embedding)).densityCorrelation).toBeNull();
    }
  });
});
