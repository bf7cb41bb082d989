/** Input counts as it is when a call is made, whatever becomes of it afterwards. */
import { AlignedUMAP, DensMAP, evaluate, NeighborIndex, nearestNeighbors, UMAP } from "umap-wasm";
import { ParametricUMAP } from "umap-wasm/parametric";
import { describe, expect, it } from "vitest";
import { bits, points } from "./data.js";

const small = { nEpochs: 5, nNeighbors: 5, nThreads: 2 };
const network = { ...small, nEpochs: 0, trainingSteps: 3, batchSize: 50, encoder: { layers: [] } };
const ROWS = 120;
const fitted = await new UMAP(small).fit(points(ROWS, 8));
const file = await fitted.save();
const index = () => NeighborIndex.build(points(ROWS, 8));
const labels = () => Array.from({ length: ROWS }, (_, row) => row % 3);
const knn = await nearestNeighbors(points(ROWS, 8), { k: 5 });
const trained = () => new ParametricUMAP(network).fit(points(ROWS, 8));
const rowsOf = ({ data, rows, cols }: ReturnType<typeof points>) =>
  Array.from({ length: rows }, (_, row) => Array.from(data.subarray(row * cols, (row + 1) * cols)));

type Spoiled = { result: Promise<unknown>; spoil: () => void };
const zero = (...arrays: { fill(value: never): unknown }[]) => arrays.forEach((array) => void array.fill(0 as never));

/** Each makes a call and says how its input is spoiled; results are arrays, or have them inside. */
const CALLS: Record<string, () => Spoiled | Promise<Spoiled>> = {
  "UMAP.fit": () => {
    const given = points(ROWS, 8);
    return { result: new UMAP(small).fitTransform(given), spoil: () => zero(given.data) };
  },
  "UMAP.fit of rows": () => {
    const rows = rowsOf(points(ROWS, 8));
    return { result: new UMAP(small).fitTransform(rows), spoil: () => rows.splice(0, 90) };
  },
  "UMAP.fit with init, neighbours and target": () => {
    const init = new Float32Array(ROWS * 2).map((_, at) => Math.fround((at * 7) % 11));
    const known = { k: 5, indices: knn.indices.slice(), distances: knn.distances.slice() };
    const target = labels();
    const result = new UMAP({ ...small, init, precomputedKnn: known }).fitTransform(points(ROWS, 8), { target });
    return { result, spoil: () => zero(init, known.indices, known.distances, target) };
  },
  "UMAP.transform": () => {
    const given = points(40, 8);
    return { result: fitted.transform(given), spoil: () => zero(given.data) };
  },
  "UMAP.load": () => {
    const bytes = file.slice();
    return { result: UMAP.load(bytes).then(({ embedding }) => embedding), spoil: () => zero(bytes) };
  },
  "DensMAP.frames": () => {
    const given = points(ROWS, 8);
    const frames = new DensMAP(small).frames(given, { every: 100 });
    const last = async () => {
      let data: Float32Array | undefined;
      for await (const frame of frames) data = frame.data;
      return data;
    };
    return { result: last(), spoil: () => zero(given.data) };
  },
  nearestNeighbors: () => {
    const given = points(ROWS, 8);
    return { result: nearestNeighbors(given), spoil: () => zero(given.data) };
  },
  evaluate: () => {
    const [given, embedding, classes, reference] = [points(ROWS, 8), points(ROWS, 2), labels(), points(ROWS, 3)];
    const result = evaluate(given, embedding, { k: 5, labels: classes, reference });
    return { result, spoil: () => zero(given.data, embedding.data, classes, reference.data) };
  },
  "NeighborIndex.build": () => {
    const given = points(ROWS, 8);
    const result = NeighborIndex.build(given).then((built) => built.query(points(40, 8), { k: 3 }));
    return { result, spoil: () => zero(given.data) };
  },
  "NeighborIndex.query": async () => {
    const [built, given] = [await index(), points(40, 8)];
    return { result: built.query(given, { k: 3 }), spoil: () => zero(given.data) };
  },
  "NeighborIndex.add": async () => {
    const [built, given] = [await index(), points(40, 8)];
    const result = built.add(given).then(() => built.query(points(40, 8), { k: 3 }));
    return { result, spoil: () => zero(given.data) };
  },
  "AlignedUMAP.fit": () => {
    const [one, other] = [points(ROWS, 8), points(ROWS, 8)];
    const ids = [labels().map((_, row) => row), labels().map((_, row) => row)];
    const result = new AlignedUMAP(small).fitTransform([one, other], { ids });
    return { result, spoil: () => zero(one.data, other.data, ...ids) };
  },
  "AlignedUMAP.update": async () => {
    const names = () => labels().map((_, row) => row);
    const aligned = await new AlignedUMAP(small).fit([points(ROWS, 8), points(ROWS, 8)], { ids: [names(), names()] });
    const [given, ids] = [points(ROWS, 8), names()];
    return { result: aligned.update(given, { ids }), spoil: () => zero(given.data, ids) };
  },
  "ParametricUMAP.fit": () => {
    const [given, target] = [points(ROWS, 8), labels()];
    const landmarkPositions = new Float32Array(ROWS * 2).fill(Number.NaN);
    landmarkPositions.set([1, 2]);
    const result = new ParametricUMAP(network).fitTransform(given, { target, landmarkPositions });
    return { result, spoil: () => zero(given.data, target, landmarkPositions) };
  },
  "ParametricUMAP.partialFit": async () => {
    const [umap, given] = [await trained(), points(ROWS, 8)];
    const result = umap.partialFit(given).then(({ embedding }) => embedding);
    return { result, spoil: () => zero(given.data) };
  },
  "ParametricUMAP.transform and setWeights": async () => {
    const [umap, given] = [await trained(), points(40, 8)];
    const bias = new Float32Array([3, 4]);
    const setting = umap.setWeights({ "encoder.output.bias": { data: bias } });
    const result = setting.then(() => umap.transform(points(40, 8)));
    const places = umap.transform(given);
    return { result: Promise.all([result, places]), spoil: () => zero(given.data, bias) };
  },
  "ParametricUMAP.addLandmarks": async () => {
    const [umap, given] = [await trained(), rowsOf(points(ROWS, 8))];
    const result = umap
      .addLandmarks(given, { rows: 50 })
      .then(() => umap.partialFit(points(ROWS, 8)))
      .then(({ embedding }) => embedding);
    return { result, spoil: () => given.forEach((row) => void row.fill(0)) };
  },
};

/** All numbers in a result. */
function numbersIn(value: unknown): Float64Array {
  const numbers = (part: unknown): number[] => {
    if (typeof part === "number") return [part];
    if (ArrayBuffer.isView(part)) return Array.from(part as Float32Array);
    return typeof part === "object" && part !== null ? Object.values(part).flatMap(numbers) : [];
  };
  return Float64Array.from(numbers(value));
}

describe("up to 4 MiB are copied before the call returns", () => {
  it.each(Object.entries(CALLS))("%s", async (_, call) => {
    const untouched = numbersIn(await (await call()).result);
    const { result, spoil } = await call();
    spoil();
    const found = numbersIn(await result);
    expect(found.length).toBeGreaterThan(1);
    expect(bits(found)).toBe(bits(untouched));
  });
});

describe("of more a change is an error", () => {
  const changed = { code: "invalid-parameter", message: expect.stringMatching(/do not change.*pass a copy/) };
  const large = () => ({ data: new Float32Array(700 * 2000).map((_, at) => at % 97), rows: 700, cols: 2000 });

  it.each<[string, (given: ReturnType<typeof large>) => Promise<unknown>]>([
    ["UMAP.fit", (given) => new UMAP(small).fit(given)],
    ["nearestNeighbors", (given) => nearestNeighbors(given)],
    ["NeighborIndex.build", (given) => NeighborIndex.build(given)],
    ["evaluate", (given) => evaluate(given, points(700, 2))],
    ["AlignedUMAP.fit", (given) => new AlignedUMAP(small).fit([given])],
    ["ParametricUMAP.fit", (given) => new ParametricUMAP(network).fit(given)],
  ])("%s", async (_, call) => {
    const given = large();
    const result = call(given);
    given.data.fill(1, 600_000, 700_000);
    await expect(result).rejects.toMatchObject(changed);
  });

  it("of rows, too, and where the array was transferred", async () => {
    const rows = Array.from({ length: 700 }, () => new Array(2000).fill(1));
    const ofRows = nearestNeighbors(rows);
    rows.length = 10;
    await expect(ofRows).rejects.toMatchObject(changed);
    const given = large();
    const ofTransferred = nearestNeighbors(given);
    structuredClone(given.data.buffer, { transfer: [given.data.buffer] });
    await expect(ofTransferred).rejects.toMatchObject(changed);
  });
});
