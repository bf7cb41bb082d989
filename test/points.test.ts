/** Every form in which points are accepted means the same numbers, and every form that is not says why. */

import { nearestNeighbors, type Points, type TypedArray, UMAP } from "umap-wasm";
import { describe, expect, it } from "vitest";
import { bits, points } from "./data.js";

const ROWS = 50;
const COLS = 6;
/** Small whole numbers, which every element type holds. */
const values = Array.from(points(ROWS, COLS).data, (x) => Math.round(x * 100) + 50);

async function neighborBits(input: Points) {
  const { indices, distances } = await nearestNeighbors(input, { nThreads: 2 });
  return bits(indices, distances);
}

const rows = Array.from({ length: ROWS }, (_, i) => values.slice(i * COLS, (i + 1) * COLS));
const matrix = (data: TypedArray, dtype?: "f16") => ({ data, rows: ROWS, cols: COLS, ...(dtype && { dtype }) });
const reference = await neighborBits(matrix(Float32Array.from(values)));

describe("points", () => {
  it.each([Float64Array, Int8Array, Int16Array, Int32Array, Uint8Array, Uint8ClampedArray, Uint16Array, Uint32Array])(
    "as %o",
    async (Type) => {
      expect(await neighborBits(matrix(Type.from(values)))).toBe(reference);
    },
  );

  it("as half-precision bits", async () => {
    // Whole numbers from 1 to 2047 are exact: sign 0, exponent 15 + e, the 10 bits below the leading one.
    const half = (x: number) => {
      if (x === 0) return 0;
      const e = Math.floor(Math.log2(x));
      return ((15 + e) << 10) | ((x / 2 ** e - 1) * 1024);
    };
    expect(await neighborBits(matrix(Uint16Array.from(values, half), "f16"))).toBe(reference);
  });

  it("as rows of numbers and rows of Float32Array", async () => {
    expect(await neighborBits(rows)).toBe(reference);
    expect(await neighborBits(rows.map((row) => Float32Array.from(row)))).toBe(reference);
  });

  it("as rows of any type, and rows that are not to be changed", async () => {
    expect(await neighborBits(rows.map((row) => Float64Array.from(row)))).toBe(reference);
    expect(await neighborBits(rows.map((row) => Int16Array.from(row)))).toBe(reference);
    const fixed: readonly (readonly number[])[] = Object.freeze(rows.map((row) => Object.freeze([...row])));
    expect(await neighborBits(fixed)).toBe(reference);
  });

  it("with the shape that other libraries give them", async () => {
    const data = Float32Array.from(values);
    expect(await neighborBits({ data, shape: [ROWS, COLS] })).toBe(reference);
    const ndarray = { data, shape: [ROWS, COLS], stride: [COLS, 1], offset: 0, dtype: "float32" };
    expect(await neighborBits(ndarray)).toBe(reference);
    // Of a class whose fields are getters, as onnxruntime's.
    class Tensor {
      type = "float32";
      get data() {
        return data;
      }
      get dims(): readonly number[] {
        return [ROWS, COLS];
      }
    }
    expect(await neighborBits(new Tensor())).toBe(reference);
    const one = { dims: [1, 2], type: "float16", data: Uint16Array.of(0x3c00, 0x7c00) };
    await expect(nearestNeighbors(one)).rejects.toMatchObject({ code: "not-finite" });
  });

  it("in shared memory, and as a view into a larger buffer", async () => {
    const shared = new Float32Array(new SharedArrayBuffer(values.length * 4 + 16), 16);
    shared.set(values);
    expect(await neighborBits(matrix(shared))).toBe(reference);
  });

  it("are left to the caller as they were", async () => {
    const data = Float32Array.from(values);
    await neighborBits(matrix(data));
    expect(Array.from(data)).toEqual(values);
  });
});

describe("points that cannot be", () => {
  const rejects = (input: unknown, expected: object) =>
    expect(nearestNeighbors(input as Points)).rejects.toMatchObject(expected);

  it("say which value is not finite", async () => {
    const data = Float64Array.from(values);
    data[2 * COLS + 3] = Number.NaN;
    await rejects(matrix(data), { code: "not-finite", message: expect.stringContaining("points[2, 3]") });
  });

  it("say how many values were expected", async () => {
    const data = Float32Array.from(values);
    await rejects(
      { data, rows: ROWS, cols: COLS + 1 },
      { code: "shape-mismatch", message: expect.stringMatching(/350 values.*300/) },
    );
    await rejects(
      { data, rows: ROWS, cols: COLS - 1 },
      { code: "shape-mismatch", message: expect.stringMatching(/250 values/) },
    );
  });

  it.each([undefined, null, 7, "abc", {}, { data: [1, 2], rows: 1 }, { data: new BigInt64Array(2), rows: 1, cols: 2 }])(
    "are refused: %o",
    (input) => rejects(input, { name: "UmapError" }),
  );

  class Tensor {
    shape = [ROWS, COLS];
    async data() {}
  }
  class DataFrame {
    values = rows;
  }
  const flat = Float32Array.from(values);
  const [shape, invalid] = ["shape-mismatch", "invalid-parameter"];
  it.each([
    [
      "a flat typed array",
      flat,
      shape,
      /got a Float32Array of 300, whose number of rows is unknown: pass \{ data, rows, cols \}$/,
    ],
    ["a flat array", values, shape, /got \d+ in row 0: a flat array needs a shape, \{ data, rows, cols \}$/],
    ["texts in rows", [["1", "2"]], invalid, /^points\[0, 0\] is the string "1": every value must be a number$/],
    ["big integers in rows", [[1, 2n]], invalid, /^points\[0, 1\] is the bigint 2n: every value must be a number$/],
    ["objects as rows", [{ x: 1, y: 2 }], shape, /got an object with x, y in row 0: make an array of the numbers/],
    [
      "rows that are a text",
      { ...matrix(flat), rows: "50" },
      invalid,
      /^points.rows: expected .* got the string "50"$/,
    ],
    [
      "columns that are a fraction",
      { ...matrix(flat), cols: 1.5 },
      invalid,
      /^points.cols: expected an integer.* 1.5$/,
    ],
    ["nothing", undefined, shape, /^points: expected rows of numbers or \{ data, rows, cols \}, got undefined$/],
    ["null", null, shape, /^points: expected rows of numbers or \{ data, rows, cols \}, got null$/],
    ["a set", new Set(rows), shape, /got a Set: make an array of rows of it$/],
    ["a map", new Map(), shape, /got a Map: make an array of rows of it$/],
    ["a promise", Promise.resolve(rows), shape, /got a Promise: await it first$/],
    ["a buffer", flat.buffer, shape, /got an ArrayBuffer: pass \{ data: new Float32Array\(buffer\), rows, cols \}$/],
    ["a tensor of TensorFlow.js", new Tensor(), shape, /got a Tensor: pass \{ data: await it.data\(\), shape/],
    ["a data frame", new DataFrame(), shape, /got a DataFrame: pass its `values`$/],
    ["a model", new UMAP(), shape, /got a UMAP: pass its `embedding`$/],
    ["three dimensions", { data: flat, shape: [50, 3, 2] }, shape, /^points.shape: .* two numbers.* \[50, 3, 2\]/],
    ["a shape of texts", { data: flat, dims: ["50", 6] }, invalid, /^points.dims\[0\]: .* got the string "50"$/],
    ["another shape", { data: flat, shape: [50, 7] }, shape, /points.data: expected 350 values \(50 x 7\), got 300$/],
    ["numbers for data", { data: values, rows: ROWS, cols: COLS }, shape, /got an array of 300: make one by Float32A/],
    ["big integers", matrix(new BigInt64Array(300) as never), shape, /got a BigInt64Array of 300: convert it by/],
  ])("say what came and what to do: %s", async (_, input, code, message) => {
    await rejects(input, { name: "UmapError", code, message: expect.stringMatching(message) });
  });

  it("say which row has another length", async () => {
    await rejects([[1, 2], [3, 4], [5]], { code: "shape-mismatch", message: expect.stringMatching(/1 in row 2/) });
  });

  it("say that there are none", async () => {
    await rejects([], { code: "empty-input" });
    await rejects({ data: new Float32Array(0), rows: 0, cols: 3 }, { code: "empty-input" });
  });
});
