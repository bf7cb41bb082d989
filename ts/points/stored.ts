/** Points, or some rows of them, as a matrix of their own. */
import { ELEMENTS } from "../sources.js";
import type { Matrix, PointsSource } from "./types.js";

/** Elements of a row-major matrix: where they are in it, and where they go. */
interface Part {
  from: number;
  to: number;
  length: number;
}

export function stored(found: PointsSource): Matrix {
  return matrixOf(found, found.rows, [{ from: 0, to: 0, length: found.rows * found.cols }]);
}

export function storedRows(found: PointsSource, rows: readonly number[]): Matrix {
  const length = found.cols;
  return matrixOf(
    found,
    rows.length,
    rows.map((row, at) => ({ from: row * length, to: at * length, length })),
  );
}

/** What is wanted of each piece is taken before the next is read. */
function matrixOf({ cols, source }: PointsSource, rows: number, parts: Part[]): Matrix {
  const { dtype } = source;
  const data = new ELEMENTS[dtype](new ArrayBuffer(rows * cols * new ELEMENTS[dtype](NO_BYTES).BYTES_PER_ELEMENT));
  let first = 0;
  for (const { buffer } of source.pieces()) {
    const piece = new ELEMENTS[dtype](buffer);
    const end = first + piece.length;
    for (const { from, to, length } of parts) {
      const [low, high] = [Math.max(from, first), Math.min(from + length, end)];
      if (low < high) data.set(piece.subarray(low - first, high - first), to + low - from);
    }
    first = end;
  }
  return { data, rows, cols, ...(dtype === "f16" && { dtype }) };
}

const NO_BYTES = new ArrayBuffer(0);
