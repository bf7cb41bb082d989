/** Every form in which points are accepted means the same numbers, and every form that is not says why. */

import { nearestNeighbors, type Points, type TypedArray } from "umap-wasm";
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

  it("say which row has another length", async () => {
    await rejects([[1, 2], [3, 4], [5]], { code: "shape-mismatch", message: expect.stringMatching(/1 in row 2/) });
  });

  it("say that there are none", async () => {
    await rejects([], { code: "empty-input" });
    await rejects({ data: new Float32Array(0), rows: 0, cols: 3 }, { code: "empty-input" });
  });
});
