/** Rows that are to stay where they are while the networks learn from others. */
import { described, nameOf } from "../describe.js";
import { UmapError } from "../errors.js";
import type { TargetMetric } from "../generated/index.js";
import { storedRows } from "../points/stored.js";
import { type Matrix, type Points, pointsSource } from "../points.js";
import { type ArraySource, arraySource, integerSource, isRows, type Rows, type TypedArray } from "../sources.js";
import type { Label, Target } from "../target.js";

/** Rows, and where they are. */
export interface Landmarks {
  rows: Matrix;
  positions: Float32Array;
}

/** Which rows: so many, drawn with the seed; their numbers; or those for which a function returns true. */
export type LandmarkChoice = number | ArrayLike<number> | ((row: number) => boolean);

/** The chosen rows of points, in their order; a number draws without repetition. */
export function chosenRows(choice: LandmarkChoice, rows: number, seed: number): number[] {
  if (typeof choice === "function") return allRows(rows).filter((row) => choice(row));
  if (typeof choice !== "number" && !Array.isArray(choice) && !ArrayBuffer.isView(choice)) {
    const expected = "a number of rows, an array of their numbers, or a function";
    throw new UmapError("invalid-parameter", `rows: expected ${expected}, got ${described(choice)}`);
  }
  const numbers = typeof choice === "number" ? drawn(choice, rows, seed) : Array.from(choice as ArrayLike<number>);
  const wrong = numbers.find((row) => !Number.isInteger(row) || row < 0 || row >= rows);
  if (wrong === undefined) return numbers;
  throw new UmapError("invalid-parameter", `rows: expected numbers of rows, 0 to ${rows - 1}, got ${described(wrong)}`);
}

function allRows(rows: number): number[] {
  return Array.from({ length: rows }, (_, row) => row);
}

/** `count` rows: those whose numbers, scrambled by the seed, are the smallest. */
function drawn(count: number, rows: number, seed: number): number[] {
  if (!Number.isInteger(count) || count < 1 || count > rows) {
    throw new UmapError("invalid-parameter", `rows: expected a number of rows, 1 to ${rows}, got ${described(count)}`);
  }
  const order = allRows(rows).map((row) => ({ row, key: scrambled(row, seed) }));
  order.sort((a, b) => a.key - b.key || a.row - b.row);
  const chosen = order.slice(0, count).map(({ row }) => row);
  return chosen.sort((a, b) => a - b);
}

/** 32 bits that depend on every bit of both numbers: products by odd numbers, high bits folded onto low ones. */
function scrambled(row: number, seed: number): number {
  let bits = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x7feb352d);
  for (const factor of [0x2c1b3c6d, 0x297a2d39, 0x1b873593]) bits = Math.imul(bits ^ (bits >>> 15), factor);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Some of the rows: of rows themselves, of other points a matrix. */
export function someRows(points: Points, rows: number[]): Rows | Matrix {
  if (isRows(points)) return rows.map((row) => points[row]) as Rows;
  return storedRows(pointsSource(points), rows);
}

/** Points whose rows are known to be of one length. */
export function storedLandmarks(points: Rows | Matrix): Matrix {
  if (!isRows(points)) return points;
  const [rows, cols] = [points.length, points[0]?.length ?? 0];
  const data = nameOf(points[0]) === "Float32Array" ? new Float32Array(rows * cols) : new Float64Array(rows * cols);
  for (const [at, row] of points.entries()) data.set(row, at * cols);
  return { data, rows, cols };
}

/** Both, one after the other. */
export function joined(one: Landmarks | undefined, other: Landmarks): Landmarks {
  if (one === undefined) return other;
  const { data, rows, cols, dtype } = one.rows;
  const like = other.rows;
  if (like.cols !== cols || like.data.constructor !== data.constructor || like.dtype !== dtype) {
    const [expected, got] = [one.rows, like].map(
      ({ data, cols, dtype }) => `${cols} columns (${dtype ?? nameOf(data)})`,
    );
    throw new UmapError("shape-mismatch", `points: expected ${expected}, as the landmarks have, got ${got}`);
  }
  const all = new (data.constructor as new (length: number) => TypedArray)(data.length + like.data.length);
  all.set(data);
  all.set(like.data, data.length);
  const positions = new Float32Array(one.positions.length + other.positions.length);
  positions.set(one.positions);
  positions.set(other.positions, one.positions.length);
  return { rows: { ...one.rows, data: all, rows: rows + like.rows }, positions };
}

/** Where rows should be: nowhere in particular, but the landmarks after them. */
export function landmarkArrays({ rows: own, positions }: Landmarks, rows: number): Record<string, ArraySource> {
  const dims = positions.length / own.rows;
  const all = new Float32Array(rows * dims + positions.length).fill(Number.NaN);
  all.set(positions, rows * dims);
  return {
    landmarkPositions: arraySource("landmarkPositions", all),
    "landmarkPositions.cols": integerSource("landmarkPositions.cols", [dims]),
  };
}

/** Of landmarks no label is known; numbers have no such value. */
export function targetWithLandmarks(target: Target, metric: TargetMetric = "categorical", more: number): Target {
  if (metric === "categorical")
    return [...Array.from(target as ArrayLike<Label>), ...new Array<Label>(more).fill(null)];
  throw new UmapError("invalid-parameter", "target: expected labels, which landmarks need not have, got numbers");
}
