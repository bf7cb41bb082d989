/** The shape of a matrix, whatever its maker calls it; and the error for what is none. `ShapedMatrix` has the rule. */
import { described, nameOf } from "./describe.js";
import { UmapError } from "./errors.js";

/** Fields of a matrix, here and in other libraries. */
export interface Fields {
  /** Values, from wherever they are. */
  data?: unknown;
  /** Whether they were called `values`. */
  isValues?: boolean;
  rows?: unknown;
  cols?: unknown;
  shape?: unknown;
  dims?: unknown;
  stride?: unknown;
  offset?: unknown;
  order?: unknown;
  dtype?: unknown;
  type?: unknown;
}

/** They may be getters of a class, which a copy would not have. */
export function fieldsOf(points: unknown, name = "points"): Fields {
  const { rows, cols, shape, dims, stride, offset, order, dtype, type } = Object(points);
  return { ...valuesOf(points, name), rows, cols, shape, dims, stride, offset, order, dtype, type };
}

function valuesOf(points: unknown, name: string): Pick<Fields, "data" | "isValues"> {
  const object = Object(points);
  try {
    const { data } = object;
    if (data !== undefined && typeof data !== "function") return { data };
    if (typeof object.dataSync === "function") return { data: object.dataSync() };
  } catch (cause) {
    // They may be on a graphics card.
    const got = `${described(points)} that has none here (${cause instanceof Error ? cause.message : cause})`;
    const instead =
      "pass { data: await it.data(), shape: it.shape }, or of onnxruntime await it.getData() and its dims";
    throw new UmapError("invalid-parameter", `${name}: expected values, got ${got}: ${instead}`, { cause });
  }
  const { values } = object;
  return typeof values === "object" ? { data: values ?? undefined, isValues: true } : {};
}

/** Rows and columns; `counts` is how many there are, or how many values. */
export function sidesOf(
  name: string,
  fields: Fields,
  counts: { length: number } | { rows: number; cols: number },
): { rows: number; cols: number } {
  const sides = shapeOf(fields);
  if (sides !== undefined) return checkedSides(`${name}.${fields.shape === undefined ? "dims" : "shape"}`, sides);
  const [rows, cols] = (["rows", "cols"] as const).map((side) =>
    fields[side] === undefined ? undefined : checkedCount(`${name}.${side}`, fields[side]),
  );
  if ("rows" in counts) return { rows: rows ?? counts.rows, cols: cols ?? counts.cols };
  if (rows !== undefined) return { rows, cols: cols ?? quotient(name, "rows", rows, counts.length) };
  if (cols !== undefined) return { rows: quotient(name, "cols", cols, counts.length), cols };
  const instead = "pass { data, rows, cols } or { data, shape: [rows, cols] }";
  throw new UmapError("invalid-parameter", `${name}: expected rows or cols beside data, got neither: ${instead}`);
}

/** What other libraries call it, unless it is there as rows and columns. */
function shapeOf({ rows, cols, shape, dims }: Fields): unknown {
  return rows !== undefined && cols !== undefined ? undefined : (shape ?? dims);
}

function quotient(name: string, side: "rows" | "cols", count: number, length: number): number {
  const other = count === 0 ? 0 : length / count;
  if (other * count === length && Number.isInteger(other)) return other;
  const message = `expected a multiple of its ${side}, ${count}, got ${length} values: pass both rows and cols`;
  throw new UmapError("shape-mismatch", `${name}.data: ${message}`);
}

/** Whether a matrix has the bits of 16-bit floats. */
export function isHalf(name: string, fields: Fields): boolean {
  const { data, dtype, type } = fields;
  // Other names of types repeat the type of the array.
  if (shapeOf(fields) !== undefined) {
    return nameOf(data) === "Uint16Array" && [dtype, type].some((it) => it === "float16" || it === "f16");
  }
  if (dtype === undefined) return false;
  if (dtype === "f16" && Object(data).BYTES_PER_ELEMENT === 2) return true;
  const got = `${described(dtype)} with ${described(data)}`;
  throw new UmapError("invalid-parameter", `${name}.dtype: expected none, or "f16" with a Uint16Array, got ${got}`);
}

/** What points have to be, and how what came could become that. */
export function notPoints(name: string, points: unknown): UmapError {
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
  if (typeof Object(points).toArrow === "function") return ": pass what its toArrow() gives";
  if (typeof points === "object" && points !== null && Symbol.iterator in points)
    return ": make an array of rows of it";
  return "";
}

export function checkedCount(name: string, count: unknown): number {
  if (Number.isInteger(count) && (count as number) >= 0) return count as number;
  throw new UmapError("invalid-parameter", `${name}: expected an integer, got ${described(count)}`);
}

function checkedSides(name: string, sides: unknown): { rows: number; cols: number } {
  const all: unknown[] = Array.isArray(sides) || ArrayBuffer.isView(sides) ? Array.from(sides as never) : [];
  if (all.length === 2) return { rows: checkedCount(`${name}[0]`, all[0]), cols: checkedCount(`${name}[1]`, all[1]) };
  const got = all.length > 0 ? `[${all.join(", ")}]: reshape it` : described(sides);
  throw new UmapError("shape-mismatch", `${name}: expected two numbers, rows and columns, got ${got}`);
}
