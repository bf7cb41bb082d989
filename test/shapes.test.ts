/** Points as other programs have them: every shape, order and class means the same numbers, and has the same bits. */

import {
  Field,
  FixedSizeList,
  Float16,
  Float32,
  Float64,
  Int64,
  List,
  makeData,
  type RecordBatch,
  Table,
  tableFromArrays,
  Vector,
  vectorFromArray,
} from "apache-arrow";
import { Tensor } from "onnxruntime-web";
import {
  AlignedUMAP,
  type ArrowTable,
  type ArrowVector,
  evaluate,
  type Matrix,
  NeighborIndex,
  nearestNeighbors,
  type OneSidedMatrix,
  type Points,
  type ShapedMatrix,
  UMAP,
} from "umap-wasm";
import { ParametricUMAP } from "umap-wasm/parametric";
import { describe, expect, it } from "vitest";
import { pointsSource } from "../ts/points.js";
import { bits, points } from "./data.js";

const [ROWS, COLS] = [60, 5];
const matrix: Matrix = points(ROWS, COLS);
/** 16-bit floats hold each. */
const whole = Float32Array.from(matrix.data, (x) => Math.round(x * 1000));
const at = (data: ArrayLike<number>, row: number, col: number) => data[row * COLS + col] as number;
const rowsOf = (data: ArrayLike<number>) =>
  Array.from({ length: ROWS }, (_, row) => Array.from({ length: COLS }, (_, col) => at(data, row, col)));
const columnsOf = (data: ArrayLike<number>) =>
  Array.from({ length: COLS }, (_, col) => Float32Array.from({ length: ROWS }, (_, row) => at(data, row, col)));
const byColumns = (data: ArrayLike<number>) => Float32Array.from(columnsOf(data).flatMap((column) => [...column]));

async function neighborBits(input: Points): Promise<string> {
  const { indices, distances } = await nearestNeighbors(input, { k: 5, nThreads: 2 });
  return bits(indices, distances);
}
const expected = await neighborBits(matrix);
const expectedWhole = await neighborBits({ data: whole, rows: ROWS, cols: COLS });

/** What scijs' ndarray has, with values between those that are meant. */
function ndarray(stride: [number, number], offset: number, length: number) {
  const data = new Float32Array(length).fill(Number.NaN);
  for (let row = 0; row < ROWS; row++) {
    for (let col = 0; col < COLS; col++) data[offset + row * stride[0] + col * stride[1]] = at(matrix.data, row, col);
  }
  return { data, shape: [ROWS, COLS], stride, offset, order: [1, 0], dtype: "float32" };
}

/** As of TensorFlow.js: `data` is a method. */
const tensor = {
  shape: [ROWS, COLS] as [number, number],
  dtype: "float32",
  strides: [COLS],
  data: async () => matrix.data,
  dataSync: () => matrix.data,
};
/** As of Danfo.js. */
class DataFrame {
  get values(): (string | number | boolean)[] | (string | number | boolean)[][] {
    return rowsOf(matrix.data);
  }
  get shape(): number[] {
    return [ROWS, COLS];
  }
}

const named = (data: ArrayLike<number>) => Object.fromEntries(columnsOf(data).map((column, i) => [`c${i}`, column]));
const table = tableFromArrays(named(matrix.data));
const parts = (vector: Vector) => new Vector([...vector.slice(0, 7).data, ...vector.slice(7).data]);
const lists = (type: List | FixedSizeList, data: ArrayLike<number>) => vectorFromArray(rowsOf(data), type) as Vector;
const listOf = <T extends Float16 | Float32 | Float64 | Int64>(type: T) => new List(new Field("item", type));
const fixed = (length: number) => new FixedSizeList(length, new Field("item", new Float32()));
const shared = <T extends Float32Array | Int32Array>(array: T): T => {
  const copy = new (array.constructor as new (buffer: SharedArrayBuffer) => T)(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
};

describe("points", () => {
  const oneSided: OneSidedMatrix[] = [
    { data: matrix.data, rows: ROWS },
    { data: matrix.data, cols: COLS },
  ];
  const ofTensor: ShapedMatrix = tensor;
  const ofTable: ArrowTable = table;
  const ofVector: ArrowVector = lists(fixed(COLS), matrix.data);
  const ofBatch: ArrowTable = table.batches[0] as RecordBatch;
  const { data } = matrix;
  it.each<[string, Points]>([
    ["rows alone", oneSided[0] as Points],
    ["columns alone", oneSided[1] as Points],
    ["rows in data", { data: rowsOf(data), rows: ROWS } as never],
    ["columns one after the other", { data: byColumns(data), rows: ROWS, cols: COLS, order: "F" }],
    ["the same of 64 bits", { data: Float64Array.from(byColumns(data)), cols: COLS, order: "F" }],
    ["order C", { data, rows: ROWS, cols: COLS, order: "C" }],
    ["a shape with an order", { data: byColumns(data), shape: [ROWS, COLS], order: "F" }],
    ["an ndarray", ndarray([COLS, 1], 0, ROWS * COLS)],
    ["an ndarray in a longer array", ndarray([COLS, 1], 3, ROWS * COLS + 10)],
    ["a transposed ndarray", ndarray([1, ROWS], 0, ROWS * COLS)],
    ["every other row and column of one", ndarray([4 * COLS, 2], 1, 4 * ROWS * COLS)],
    ["one that is turned around", ndarray([-COLS, -1], ROWS * COLS - 1, ROWS * COLS)],
    ["one whose rows go backwards in columns", ndarray([-1, ROWS], ROWS - 1, ROWS * COLS)],
    ["an offset alone", { data: Float32Array.of(9, ...data), shape: [ROWS, COLS], offset: 1 }],
    ["a tensor of TensorFlow.js", ofTensor],
    ["a data frame of Danfo.js", new DataFrame()],
    ["a tensor of onnxruntime", new Tensor("float32", data as Float32Array, [ROWS, COLS])],
    ["an Arrow table", ofTable],
    ["an Arrow table in parts", new Table(table.schema, [...table.slice(0, 9).batches, ...table.slice(9).batches])],
    ["an Arrow record batch", ofBatch],
    [
      "a part of an Arrow table",
      tableFromArrays({ c: new Float32Array(3), ...named(data) }).select(Object.keys(named(data)) as never),
    ],
    ["Arrow lists of one length", ofVector],
    ["the same in parts", parts(lists(fixed(COLS), data))],
    ["Arrow lists", lists(listOf(new Float32()), data)],
    ["Arrow lists in parts, of 64 bits", parts(lists(listOf(new Float64()), data))],
    ["shared memory", { data: shared(data as Float32Array), rows: ROWS }],
    ["rows in shared memory", rowsOf(data).map((row) => shared(Float32Array.from(row)))],
  ])("as %s", async (_, input) => {
    expect(await neighborBits(input)).toBe(expected);
  });

  it("as 16-bit floats and as columns of several types", async () => {
    const half = (values: ArrayLike<number>) => vectorFromArray(Array.from(values), new Float16());
    const bitsOf = new Uint16Array(half(whole).toArray());
    const turned = Uint16Array.from(bitsOf, (_, i) => at(bitsOf, i % ROWS, Math.floor(i / ROWS)));
    const columns = columnsOf(whole);
    const mixed = new Table({
      a: half(columns[0] as Float32Array),
      b: vectorFromArray(Int32Array.from(columns[1] as Float32Array)),
      c: vectorFromArray(columns[2] as Float32Array),
      d: vectorFromArray(Float64Array.from(columns[3] as Float32Array)),
      e: vectorFromArray(Int16Array.from(columns[4] as Float32Array)),
    });
    const halves = new Table(Object.fromEntries(columns.map((column, i) => [`c${i}`, half(column)])));
    const forms: Points[] = [
      { data: turned, rows: ROWS, cols: COLS, order: "F", dtype: "f16" },
      { data: Int16Array.from(byColumns(whole)), rows: ROWS, order: "F" },
      mixed,
      halves,
      lists(listOf(new Float16()), whole),
    ];
    for (const form of forms) expect(await neighborBits(form)).toBe(expectedWhole);
    expect(pointsSource(halves).source.dtype).toBe("f16");
    expect(pointsSource(tableFromArrays({ a: new Uint8Array(9), b: new Uint8Array(9) })).source.dtype).toBe("u8");
  });

  it("in every call that takes them", async () => {
    const options = { nEpochs: 5, nNeighbors: 5, nThreads: 2 };
    const network = { ...options, nEpochs: 0, trainingSteps: 3, encoder: { layers: [] }, metric: "cosine" as const };
    const results = async (input: Points) => {
      const umap = await new UMAP(options).fit(input);
      const index = await NeighborIndex.build(input);
      await index.add(input);
      const aligned = await new AlignedUMAP(options).fitTransform([input, input], { relations: [[[0, 0]]] });
      const parametric = await new ParametricUMAP(network).fit(input);
      await parametric.addLandmarks(input, { rows: 20 });
      await parametric.partialFit(input);
      return [
        umap.embedding.data,
        (await umap.transform(input)).data,
        (await index.query(input, { k: 3 })).distances,
        ...aligned.map((embedding) => embedding.data),
        parametric.embedding.data,
        Float64Array.of((await evaluate(input, input, { k: 5, reference: input })).trustworthiness),
      ].map((array) => bits(array));
    };
    const plain = await results(matrix);
    for (const form of [ndarray([1, ROWS], 0, ROWS * COLS), tensor, table, lists(fixed(COLS), matrix.data)]) {
      expect(await results(form)).toEqual(plain);
    }
  }, 30_000);

  it("are read in pieces that hold their values", () => {
    const [rows, cols] = [3_000, 1_000];
    const wanted = Float32Array.from({ length: rows * cols }, (_, i) => i % 9973);
    const turned = Float32Array.from(wanted, (_, i) => wanted[(i % rows) * cols + Math.floor(i / rows)] as number);
    const child = makeData({ type: new Float32(), data: wanted });
    const vector = new Vector([makeData({ type: fixed(cols), length: rows, nullCount: 0, child })]);
    const column = (col: number) => turned.subarray(col * rows, (col + 1) * rows);
    const wide = tableFromArrays(Object.fromEntries(Array.from({ length: cols }, (_, i) => [`c${i}`, column(i)])));
    for (const form of [{ data: turned, rows, cols, order: "F" as const }, vector, wide]) {
      const { source } = pointsSource(form);
      let [read, wrong, count] = [0, 0, 0];
      for (const { buffer } of source.pieces()) {
        for (const value of new Float32Array(buffer)) wrong += Number(value !== wanted[read++]);
        count += 1;
      }
      expect({ read, wrong, count }).toEqual({ read: rows * cols, wrong: 0, count: source.count });
      expect(count).toBe(3);
    }
  });
});

describe("arrays beside the points", () => {
  const options = { nEpochs: 5, nNeighbors: 5, nThreads: 2, seed: 1 };
  const fit = async (more: object, call: object = {}) =>
    bits((await new UMAP({ ...options, ...more }).fitTransform(matrix, call)).data);

  it("may be in shared memory", async () => {
    const { indices, distances } = await nearestNeighbors(matrix, { k: 5 });
    const init = points(ROWS, 2).data as Float32Array;
    const target = Int32Array.from({ length: ROWS }, (_, row) => row % 3);
    const own = await fit({ init, precomputedKnn: { indices, distances } }, { target });
    const knn = { indices: shared(indices), distances: shared(distances) };
    expect(await fit({ init: shared(init), precomputedKnn: knn }, { target: shared(target) })).toBe(own);
  });

  it("have every order and class, too", async () => {
    const { data } = points(ROWS, 2);
    const wanted = await fit({ init: data });
    const turned = Float32Array.from(data, (_, i) => data[(i % ROWS) * 2 + Math.floor(i / ROWS)] as number);
    const x = { x: turned.subarray(0, ROWS), y: turned.subarray(ROWS) };
    const dataSync = () => data;
    for (const init of [
      { data: turned, rows: ROWS, cols: 2, order: "F" },
      { data: turned, shape: [ROWS, 2], stride: [1, ROWS], offset: 0 },
      { dataSync, shape: [ROWS, 2] },
      tableFromArrays(x),
    ]) {
      expect(await fit({ init })).toBe(wanted);
    }
  });

  it("may be vectors of labels", async () => {
    const labels = Array.from({ length: ROWS }, (_, row) => (row % 4 ? "abc"[row % 3] : null));
    const vector = vectorFromArray(labels);
    const wanted = await fit({}, { target: labels });
    expect(wanted).not.toBe(await fit({}));
    expect(await fit({}, { target: vector })).toBe(wanted);
    const measured = async (given: ArrowVector | unknown[]) =>
      (await evaluate(matrix, matrix, { k: 5, labels: given as unknown[] })).labelAccuracy;
    expect(await measured(vector)).toBe(await measured(labels));
  });
});

describe("points that cannot be", () => {
  const { data } = matrix;
  const [shape, invalid] = ["shape-mismatch", "invalid-parameter"];
  const withNull = [...columnsOf(data)].map((column, i) =>
    i === 2 ? [...column.slice(0, 8), null, ...column.slice(9)] : column,
  );
  const nulls = new Table(
    Object.fromEntries(withNull.map((column, i) => [`c${i}`, vectorFromArray(Array.from(column), new Float32())])),
  );
  const listsWith = (row: unknown) => vectorFromArray([[1, 2], row], listOf(new Float32()));
  const big = vectorFromArray([1n, 2n], new Int64());
  const onCard = { shape: [2, 2], dataSync: () => fail("no data on this side") };
  const fail = (message: string) => {
    throw new Error(message);
  };
  it.each<[string, unknown, string, RegExp]>([
    [
      "no side",
      { data },
      invalid,
      /^points: expected rows or cols beside data, got neither: pass \{ data, rows, cols \}/,
    ],
    [
      "a side that does not fit",
      { data, cols: 7 },
      shape,
      /^points.data: expected a multiple of its cols, 7, got 300 val/,
    ],
    ["no rows of values", { data, rows: 0 }, shape, /^points.data: expected a multiple of its rows, 0, got 300/],
    ["a negative side", { data, rows: -1 }, invalid, /^points.rows: expected an integer, got -1$/],
    [
      "another order",
      { data, cols: COLS, order: "K" },
      invalid,
      /^points.order: expected "C" .* or "F" .*the string "K"$/,
    ],
    [
      "fewer values by columns",
      { data, rows: 50, cols: 5, order: "F" },
      shape,
      /expected 250 values \(50 x 5\), got 300/,
    ],
    [
      "rows by columns",
      { data: rowsOf(data), cols: COLS, order: "F" },
      invalid,
      /^points: expected no stride, offset or o/,
    ],
    [
      "fewer rows than said",
      { data: rowsOf(data), rows: 61 },
      shape,
      /^points.data: expected 61 rows of 5, got 60 of 5$/,
    ],
    ["16 bits in rows", { data: rowsOf(data), rows: ROWS, dtype: "f16" }, invalid, /^points.dtype: expected none/],
    [
      "a stride that leaves the data",
      ndarrayOf([5, 2]),
      shape,
      /^points.data: expected values from 0 to 303 .* got 300/,
    ],
    ["one that goes below", ndarrayOf([-5, 1]), shape, /^points.data: expected values from -295 to 4 .*: check shape/],
    ["three strides", ndarrayOf([5, 1, 1]), shape, /^points.stride: expected two integers.* \[5, 1, 1\]: pass a view/],
    ["a stride of fractions", ndarrayOf([5, 0.5]), invalid, /^points.stride\[1\]: expected an integer, got 0.5$/],
    ["a stride that is a number", ndarrayOf(5), shape, /^points.stride: expected two integers.* got 5$/],
    [
      "an offset that is none",
      { ...ndarrayOf([5, 1]), offset: "1" },
      invalid,
      /^points.offset: expected an integer, got t/,
    ],
    [
      "values elsewhere",
      onCard,
      invalid,
      /^points: expected values, got an object .*no data on this side\): pass \{ data: aw/,
    ],
    ["texts in a tensor", { shape: [1, 2], dataSync: () => ["a", "b"] }, shape, /^points.data: expected a typed array/],
    [
      "texts in a frame",
      { shape: [1, 2], values: [[1, "b"]] },
      invalid,
      /^points\[0, 1\] is the string "b": every value/,
    ],
    [
      "a frame of another shape",
      { shape: [2, 2], values: [[1, 2]] },
      shape,
      /^points.data: expected 2 rows of 2, got 1 of/,
    ],
    [
      "big integers",
      { data: new BigInt64Array(300), rows: ROWS },
      shape,
      /got a BigInt64Array of 300: convert it by Float64/,
    ],
    [
      "unsigned ones",
      { data: new BigUint64Array(300), rows: ROWS },
      shape,
      /BigUint64Array.* rounds integers above 2 \*\* 53/,
    ],
    [
      "big integers in rows",
      [new BigInt64Array(3)],
      shape,
      /BigInt64Array of 3 in row 0: convert it by Float64Array.from/,
    ],
    ["a null in a table", nulls, "not-finite", /^points\[8, 2\] of column 2 \("c2"\) is null: leave the row out/],
    ["a table of big integers", new Table({ a: big }), shape, /got Int64 in column 0 \("a"\): cast it to Float64/],
    [
      "a table of texts",
      tableFromArrays({ a: [1], b: ["x"] }),
      shape,
      /got Dictionary<.*Utf8> in column 1 \("b"\): leave it/,
    ],
    ["a table of lists", new Table({ v: listsWith([3, 4]) }), shape, /got List<.*> in column 0 \("v"\): pass it alone/],
    ["no columns", { numRows: 2, schema: { fields: [] }, getChildAt: () => null }, "empty-input", /2 x 0/],
    [
      "no vector in a column",
      { numRows: 2, schema: { fields: [{ name: "a" }] }, getChildAt: () => null },
      shape,
      /got null/,
    ],
    [
      "a vector of numbers",
      vectorFromArray([1, 2], new Float32()),
      shape,
      /^points: expected lists of numbers, got a vector/,
    ],
    ["no lists", vectorFromArray([], listOf(new Float32())), "empty-input", /0 x 0/],
    ["a list that is null", listsWith(null), "not-finite", /^points\[1\] is null: leave the row out/],
    ["a null in a list", listsWith([3, null]), "not-finite", /^points\[1, 1\] is null/],
    [
      "a null in a fixed list",
      vectorFromArray(
        [
          [1, 2],
          [3, null],
        ],
        fixed(2),
      ),
      "not-finite",
      /^points\[1, 1\] is null/,
    ],
    ["a longer list", listsWith([3, 4, 5]), shape, /^points: expected 2 values in every row, got 3 in row 1$/],
    [
      "lists of big integers",
      vectorFromArray([[1n]], listOf(new Int64())),
      shape,
      /got lists of Int64: cast it to Float64/,
    ],
    ["a table of Arquero", { toArrow: () => table }, shape, /pass what its toArrow\(\) gives$/],
  ])("say what came and what to do: %s", async (_, input, code, message) => {
    const expected = { name: "UmapError", code, message: expect.stringMatching(message) };
    await expect(nearestNeighbors(input as Points)).rejects.toMatchObject(expected);
  });

  function ndarrayOf(stride: unknown) {
    return { data, shape: [ROWS, COLS], stride, offset: 0 };
  }
});
