/** Matrices on their way: see `ShapedMatrix` for how one is read. */
import { described } from "../describe.js";
import { UmapError } from "../errors.js";
import { type Fields, fieldsOf, isHalf, notPoints, sidesOf } from "../matrix.js";
import { isNested, type Rows, type TypedArray, type typedSource } from "../sources.js";
import { rowed } from "./rowed.js";
import { stridedSource, stridesOf } from "./strided.js";
import type { PointsSource } from "./types.js";

/** A matrix, by the name that messages have for it; `dataSource` reads data that lie row by row. */
export function matrixSource(points: unknown, name: string, dataSource: typeof typedSource): PointsSource {
  const fields = fieldsOf(points, name);
  if (fields.data === undefined || (fields.isValues && !hasShape(fields))) throw notPoints(name, points);
  return isNested(fields.data) ? framed(name, fields.data, fields) : flat(name, fields, dataSource);
}

function hasShape({ rows, cols, shape, dims }: Fields): boolean {
  return (rows ?? cols ?? shape ?? dims) !== undefined;
}

function flat(name: string, fields: Fields, dataSource: typeof typedSource): PointsSource {
  const data = fields.data as TypedArray;
  const inOrder = dataSource(`${name}.data`, data);
  const { rows, cols } = sidesOf(name, fields, { length: data.length });
  const strides = stridesOf(name, fields, { rows, cols });
  // A view need not reach all values.
  const isView = fields.stride !== undefined || fields.offset !== undefined;
  if (!isView && rows > 0 && cols > 0 && rows * cols !== data.length) {
    const expected = `${rows * cols} values (${rows} x ${cols})`;
    throw new UmapError("shape-mismatch", `${name}.data: expected ${expected}, got ${data.length}`);
  }
  const source = strides ? stridedSource(`${name}.data`, data, { rows, cols }, strides) : inOrder;
  return { rows, cols, source: isHalf(name, fields) ? { ...source, dtype: "f16" } : source };
}

/** Data that are rows, as those of a data frame; what else is said of their shape must fit. */
function framed(name: string, rows: Rows, fields: Fields): PointsSource {
  const found = rowed(name, rows);
  isHalf(name, fields);
  const sides = sidesOf(name, fields, found);
  if (sides.rows !== found.rows || sides.cols !== found.cols) {
    const got = `${found.rows} of ${found.cols}`;
    throw new UmapError("shape-mismatch", `${name}.data: expected ${sides.rows} rows of ${sides.cols}, got ${got}`);
  }
  const order = fields.stride ?? fields.offset ?? fields.order;
  if (order === undefined || order === "C") return found;
  const got = `${described(order)}: pass the rows themselves, or a typed array`;
  throw new UmapError("invalid-parameter", `${name}: expected no stride, offset or order beside rows, got ${got}`);
}
