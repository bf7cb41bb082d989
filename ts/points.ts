/** Points: what may be given, and how it is read. */
import { described } from "./describe.js";
import { UmapError } from "./errors.js";
import { checkedCount, fieldsOf, matrixOf } from "./matrix.js";
import type { Dtype } from "./protocol.js";
import {
  type ArraySource,
  isNested,
  isRows,
  type NumericArray,
  type Rows,
  rowsSource,
  type TypedArray,
  typedSource,
  VIEWS,
} from "./sources.js";

/** Row-major values with their shape. */
export interface Matrix {
  data: TypedArray;
  rows: number;
  cols: number;
  /** `"f16"`: a `Uint16Array` holds the bits of half-precision numbers. */
  dtype?: "f16";
}

/** The same as other libraries have it: with a `shape` (ndarray, TensorFlow.js) or `dims` (onnxruntime), rows and columns. */
export type ShapedMatrix = { readonly data: TypedArray } & (
  | { readonly shape: readonly number[] }
  | { readonly dims: readonly number[] }
);

/** What can be embedded. */
export type Points = Matrix | ShapedMatrix | Rows;

export interface PointsSource {
  rows: number;
  cols: number;
  source: ArraySource;
}

/** Points that are a matrix or rows, by the name that messages have for them; `dataSource` reads the data of a matrix. */
export function pointsSource(points: Points, name = "points", dataSource = typedSource): PointsSource {
  if (points instanceof PointsTaken) return points.found;
  if (isRows(points)) return { rows: points.length, cols: points[0]?.length ?? 0, source: rowsSource(name, points) };
  const { data, rows, cols, dtype } = matrixOf(points, name);
  const source = dataSource(`${name}.data`, data);
  if (rows > 0 && cols > 0 && rows * cols !== data.length) {
    const expected = `${rows * cols} values (${rows} x ${cols})`;
    throw new UmapError("shape-mismatch", `${name}.data: expected ${expected}, got ${data.length}`);
  }
  if (dtype === undefined) return { rows, cols, source };
  if (dtype !== "f16" || data.BYTES_PER_ELEMENT !== 2) {
    const got = `${described(dtype)} with ${described(data)}`;
    throw new UmapError("invalid-parameter", `${name}.dtype: expected none, or "f16" with a Uint16Array, got ${got}`);
  }
  return { rows, cols, source: { ...source, dtype } };
}

/** Points whose source is known: see taken.ts. */
export class PointsTaken {
  readonly found: PointsSource;

  constructor(found: PointsSource) {
    this.found = found;
  }
}

/** Rows of points, whatever they are given as. */
export function rowsOf(points: Points): number {
  return pointsSource(points).rows;
}

/** The same, of points that there are. */
export function checkedRows(points: Points): number {
  const { rows, cols } = pointsSource(points);
  if (rows > 0 && cols > 0) return rows;
  throw new UmapError("empty-input", `points: expected at least 1 row and 1 column, got ${rows} x ${cols}`);
}

/** Values beside the points: an array, or a matrix of which at least the data are there. */
export type Values = NumericArray | Pick<Matrix, "data"> | ShapedMatrix;

/** The array, with how many there are in a row where that is known. */
export function arrayOf(name: string, values: Values): { data: NumericArray; cols: number | undefined } {
  const { data, cols, shape, dims } = fieldsOf(values);
  if (data === undefined) {
    const array = values as NumericArray;
    return { data: array, cols: isNested(array) ? array[0]?.length : undefined };
  }
  if (cols === undefined && (shape ?? dims) !== undefined) {
    const matrix = matrixOf(values as ShapedMatrix, name);
    if (matrix.dtype === undefined) return matrix;
    throw new UmapError("invalid-parameter", `${name}: expected 32-bit numbers, got 16-bit floats: convert them first`);
  }
  const width = cols === undefined ? undefined : checkedCount(`${name}.cols`, cols);
  return { data: data as NumericArray, cols: width ?? (isNested(data) ? data[0]?.length : undefined) };
}

/** The data of a matrix as values of another type, which must be able to hold each of them. */
export function sourceLike(dtype: Dtype, { data, dtype: own }: Matrix): ArraySource {
  const source = typedSource("points", data);
  const from = own ?? source.dtype;
  if (from === dtype) return { ...source, dtype };
  const View = VIEWS[dtype];
  const converted = View && from !== "f16" ? new View(data as never) : undefined;
  const isLossless = dtype === "f32" || converted?.every((value, at) => value === data[at]);
  if (converted && isLossless) return { ...typedSource("points", converted as TypedArray), dtype };
  throw new UmapError("shape-mismatch", `points: expected the type of the landmarks' rows, ${from}, got ${dtype}`);
}
