/** Points: what may be given, and how it is read. ts/points has the forms. */
import { UmapError } from "./errors.js";
import { checkedCount, type Fields, fieldsOf } from "./matrix.js";
import { isArrowTable, isArrowVector, listSource, tableSource } from "./points/arrow.js";
import { condensedSource, isCondensed, isSparse, isStrings, sparseSource, stringsSource } from "./points/kinds.js";
import { matrixSource } from "./points/matrix-source.js";
import { PointsTaken, rowed } from "./points/rowed.js";
import { stored } from "./points/stored.js";
import type { Matrix, Points, PointsSource, Values } from "./points/types.js";
import type { Dtype } from "./protocol.js";
import {
  type ArraySource,
  arraySource,
  isNested,
  isRows,
  type NumericArray,
  type TypedArray,
  typedSource,
  VIEWS,
} from "./sources.js";

export type { CondensedDistances, IndexArray, SparseRows } from "./points/kinds.js";
export { PointsTaken } from "./points/rowed.js";
export type { Matrix, OneSidedMatrix, Points, PointsSource, ShapedMatrix, Values } from "./points/types.js";

/** Points in any form, by the name that messages have for them; `dataSource` reads the data of a matrix. */
export function pointsSource(points: Points, name = "points", dataSource = typedSource): PointsSource {
  if (points instanceof PointsTaken) return points.found;
  if (isStrings(points)) return stringsSource(name, points);
  if (isRows(points)) return rowed(name, points);
  if (isSparse(points)) return sparseSource(name, points);
  if (isCondensed(points)) return condensedSource(name, points);
  if (isArrowTable(points)) return tableSource(name, points);
  if (isArrowVector(points)) return listSource(name, points);
  return matrixSource(points, name, dataSource);
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

/** The array, with how many there are in a row where that is known. */
export function arrayOf(name: string, values: Values): { data: NumericArray; cols: number | undefined } {
  if (isArrowTable(values) || isArrowVector(values)) return stored(pointsSource(values, name));
  const fields = fieldsOf(values, name);
  const { data, cols } = fields;
  if (data === undefined || (fields.isValues && fields.shape === undefined)) {
    const array = values as NumericArray;
    return { data: array, cols: isNested(array) ? array[0]?.length : undefined };
  }
  if (isToBeRead(fields)) {
    const matrix = stored(matrixSource(values, name, arraySource));
    if (matrix.dtype === undefined) return matrix;
    throw new UmapError("invalid-parameter", `${name}: expected 32-bit numbers, got 16-bit floats: convert them first`);
  }
  const width = cols === undefined ? undefined : checkedCount(`${name}.cols`, cols);
  return { data: data as NumericArray, cols: width ?? (isNested(data) ? data[0]?.length : undefined) };
}

/** Whether an array beside the points is more than its values, row by row, and perhaps their columns. */
function isToBeRead({ shape, dims, stride, offset, order, dtype, cols }: Fields): boolean {
  const sides = shape ?? dims;
  const hasShape = cols === undefined && sides !== undefined && Object(sides).length !== 1;
  const hasOrder = stride !== undefined || offset !== undefined || (order !== undefined && order !== "C");
  return hasShape || hasOrder || dtype === "f16";
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
