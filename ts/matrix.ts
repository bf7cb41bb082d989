/** The shape of a matrix, whatever its maker calls it; and the error for what is none. */
import { described, nameOf } from "./describe.js";
import { UmapError } from "./errors.js";
import type { Matrix, ShapedMatrix } from "./points.js";
import type { TypedArray } from "./sources.js";

/** Fields with the shape of a matrix, here and in other libraries. */
interface Shape {
  rows?: unknown;
  cols?: unknown;
  shape?: unknown;
  dims?: unknown;
  stride?: unknown;
  offset?: unknown;
  dtype?: unknown;
  type?: unknown;
}

/** A matrix that is not given as rows, with `rows` and `cols` whatever it calls them. */
export function matrixOf(points: Matrix | ShapedMatrix, name = "points"): Matrix {
  const { data, ...shape } = fieldsOf(points);
  if (nameOf(points) !== "Object" || data === undefined || typeof data === "function") throw notPoints(name, points);
  const sides = shape.shape ?? shape.dims;
  if (sides === undefined || (shape.rows !== undefined && shape.cols !== undefined)) {
    const count = (side: "rows" | "cols") => checkedCount(`${name}.${side}`, shape[side]);
    const { dtype } = shape as Partial<Matrix>;
    return {
      data: data as TypedArray,
      rows: count("rows"),
      cols: count("cols"),
      ...(dtype !== undefined && { dtype }),
    };
  }
  const [rows, cols] = checkedSides(`${name}.${shape.shape ? "shape" : "dims"}`, sides);
  checkOrder(name, shape, cols);
  // Other names of types repeat the type of the array.
  const isHalf =
    nameOf(data) === "Uint16Array" && [shape.dtype, shape.type].some((it) => it === "float16" || it === "f16");
  return { data: data as TypedArray, rows, cols, ...(isHalf && { dtype: "f16" as const }) };
}

/** They may be getters of a class, which a copy would not have. */
export function fieldsOf(points: unknown): Shape & { data?: unknown } {
  const { data, rows, cols, shape, dims, stride, offset, dtype, type } = Object(points);
  return { data, rows, cols, shape, dims, stride, offset, dtype, type };
}

/** What points have to be, and how what came could become that. */
function notPoints(name: string, points: unknown): UmapError {
  const got = `${name}: expected rows of numbers or { data, rows, cols }, got ${described(points)}`;
  return new UmapError("shape-mismatch", got + instead(points));
}

function instead(points: unknown): string {
  if (ArrayBuffer.isView(points)) return ", whose number of rows is unknown: pass { data, rows, cols }";
  const { data, values } = Object(points);
  if (nameOf(points) === "Promise") return ": await it first";
  if (typeof data === "function") return ": pass { data: await it.data(), shape: it.shape }";
  if (Array.isArray(values)) return ": pass its `values`";
  if (/ArrayBuffer$/.test(nameOf(points))) return ": pass { data: new Float32Array(buffer), rows, cols }";
  if ("embedding" in Object(points)) return ": pass its `embedding`";
  if (typeof points === "object" && points !== null && Symbol.iterator in points)
    return ": make an array of rows of it";
  return "";
}

export function checkedCount(name: string, count: unknown): number {
  if (Number.isInteger(count) && (count as number) >= 0) return count as number;
  const missing = count === undefined ? ": pass { data, rows, cols } or { data, shape: [rows, cols] }" : "";
  throw new UmapError("invalid-parameter", `${name}: expected an integer, got ${described(count)}${missing}`);
}

function checkedSides(name: string, sides: unknown): [rows: number, cols: number] {
  const all: unknown[] = Array.isArray(sides) || ArrayBuffer.isView(sides) ? Array.from(sides as never) : [];
  if (all.length === 2) return [checkedCount(`${name}[0]`, all[0]), checkedCount(`${name}[1]`, all[1])];
  const got = all.length > 0 ? `[${all.join(", ")}]: reshape it` : described(sides);
  throw new UmapError("shape-mismatch", `${name}: expected two numbers, rows and columns, got ${got}`);
}

/** A view of an ndarray's data (transposed, say) has the data in another order than its shape suggests. */
function checkOrder(name: string, { stride, offset = 0 }: Shape, cols: number): void {
  if (!Array.isArray(stride) || (stride[0] === cols && stride[1] === 1 && offset === 0)) return;
  const got = `a view of it (stride ${stride.join(", ")}, offset ${offset}): copy it first`;
  throw new UmapError("shape-mismatch", `${name}.data: expected all rows, one after the other, got ${got}`);
}
