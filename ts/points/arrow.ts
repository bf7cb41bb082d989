/** Tables and vectors of Apache Arrow, told by what they can do: the library itself is not needed. */
import { described, nameOf } from "../describe.js";
import { UmapError } from "../errors.js";
import type { Dtype } from "../protocol.js";
import { type ArraySource, checkLength, DTYPES, type Filled, filledSource, noNumber, sampled } from "../sources.js";
import type { PointsSource } from "./types.js";

/** A column: an Arrow `Vector`. */
export interface ArrowVector {
  readonly length: number;
  readonly nullCount: number;
  get(index: number): unknown;
  toArray(): unknown;
}

/** An Arrow `Table` or `RecordBatch`. */
export interface ArrowTable {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: unknown }[] };
  getChildAt(index: number): ArrowVector | null;
}

/** What vectors have beside that: parts of them are not copies. */
interface Parted extends ArrowVector {
  slice?(begin: number, end: number): Parted;
  getChildAt?(index: number): Parted | null;
  readonly type?: unknown;
}

/** A vector of numbers, and the type of the arrays that it gives, if they are typed. */
interface Column {
  vector: Parted;
  dtype: Dtype | undefined;
}

export function isArrowTable(value: unknown): value is ArrowTable {
  const { numRows, schema, getChildAt } = Object(value);
  return typeof numRows === "number" && Array.isArray(Object(schema).fields) && typeof getChildAt === "function";
}

export function isArrowVector(value: unknown): value is ArrowVector {
  const { length, nullCount, get, toArray } = Object(value);
  const areNumbers = typeof length === "number" && typeof nullCount === "number";
  return areNumbers && typeof get === "function" && typeof toArray === "function";
}

/** What reads one of several values: a vector has nothing at its indices. */
export function readerOf<T>(values: ArrayLike<T> | ArrowVector): (at: number) => T {
  return isArrowVector(values) ? (at) => values.get(at) as T : (at) => values[at] as T;
}

/** Each column is a dimension. */
export function tableSource(name: string, table: ArrowTable): PointsSource {
  const { numRows: rows, schema } = table;
  const columns = schema.fields.map((field, col) => column(name, table.getChildAt(col), { col, field: field.name }));
  const cols = columns.length;
  const dtype = commonType(columns);
  const fill: Filled["fill"] = (piece, first, end) => {
    for (const [col, { vector, ...own }] of columns.entries()) {
      const values = valuesOf({ vector: part(vector, first, end), ...own }, dtype);
      for (let row = first, to = col; row < end; row++, to += cols) {
        const value = values[row - first];
        if (typeof value !== "number") throw noNumber(`${name}[${row}, ${col}]`, value);
        piece[to] = value;
      }
    }
  };
  const sample = () => sampled(rows * cols, (at) => columns[at % cols]?.vector.get(Math.floor(at / cols)));
  return { rows, cols, source: { ...filledSource({ dtype, rows: () => rows, cols, fill }), sample } };
}

interface Place {
  col: number;
  field: unknown;
}

function column(name: string, vector: Parted | null, { col, field }: Place): Column {
  const where = `column ${col} (${described(field).replace(/^the string /, "")})`;
  if (!isArrowVector(vector)) {
    throw new UmapError("shape-mismatch", `${name}: expected a vector in ${where}, got ${described(vector)}`);
  }
  const row = nullRow(vector);
  if (row !== undefined) throw noValue(`${name}[${row}, ${col}] of ${where}`);
  return checkedColumn(vector, ({ type, value, advice }) => {
    const others = isArrowVector(value)
      ? `pass it alone, table.getChildAt(${col})`
      : "leave it out by table.select(names)";
    const instead = advice ?? others;
    return `${name}: expected columns of numbers, got ${type} in ${where}: ${instead}`;
  });
}

/** Each list is a row: all of one length. */
export function listSource(name: string, vector: Parted): PointsSource {
  const missing = nullRow(vector);
  if (missing !== undefined) throw noValue(`${name}[${missing}]`);
  const rows = vector.length;
  const first = rows > 0 ? vector.get(0) : undefined;
  if (first === undefined) return { rows, cols: 0, source: filledSource(NOTHING) };
  const refusal = ({ type, advice }: Refused) => {
    const instead = advice ?? "pass the table, or { data: vector.toArray(), rows, cols }";
    return `${name}: expected lists of numbers, got ${type}: ${instead}`;
  };
  if (!isArrowVector(first)) {
    throw new UmapError("shape-mismatch", refusal({ type: `a vector of ${typeName(vector, first)}` }));
  }
  const dtype =
    checkedColumn(first, ({ type, advice }) => refusal({ type: `lists of ${type}`, advice })).dtype ?? "f64";
  const cols = first.length;
  const fill: Filled["fill"] = (piece, from, to) => {
    const all = fixedLists(vector, from, to, cols);
    if (all !== undefined) return piece.set(valuesOf({ vector: all, dtype }, dtype) as number[]);
    for (let row = from; row < to; row++) piece.set(listAt(name, vector, { row, cols, dtype }), (row - from) * cols);
  };
  const valueAt = (at: number) => (vector.get(Math.floor(at / cols)) as ArrowVector).get(at % cols);
  const source: ArraySource = filledSource({ dtype, rows: () => rows, cols, fill });
  return { rows, cols, source: { ...source, sample: () => sampled(rows * cols, valueAt) } };
}

const NOTHING: Filled = { dtype: "f32", rows: () => 0, cols: 0, fill: () => {} };

/** The values of lists that lie one after the other and are all there: those of a FixedSizeList. */
function fixedLists(vector: Parted, from: number, to: number, cols: number): Parted | undefined {
  if (typeof Object(vector.type).listSize !== "number") return undefined;
  const values = vector.slice?.(from, to).getChildAt?.(0);
  return values?.length === (to - from) * cols && values.nullCount === 0 ? values : undefined;
}

function listAt(
  name: string,
  vector: ArrowVector,
  { row, cols, dtype }: { row: number; cols: number; dtype: Dtype },
): ArrayLike<number> {
  const list = vector.get(row) as Parted;
  checkLength(name, list, { cols, row });
  const missing = nullRow(list);
  if (missing !== undefined) throw noValue(`${name}[${row}, ${missing}]`);
  const values = valuesOf({ vector: list, dtype }, dtype);
  const col = Array.isArray(values) ? values.findIndex((value) => typeof value !== "number") : -1;
  if (col >= 0) throw noNumber(`${name}[${row}, ${col}]`, values[col]);
  return values as ArrayLike<number>;
}

interface Refused {
  type: string;
  value?: unknown;
  advice?: string | undefined;
}

/** A vector of numbers, told by its first. */
function checkedColumn(vector: Parted, refusal: (refused: Refused) => string): Column {
  const first = part(vector, 0, 1).toArray() as ArrayLike<unknown>;
  const dtype = DTYPES[nameOf(first)];
  const refused = (advice?: string) => {
    const [value] = Array.from(first);
    return new UmapError("shape-mismatch", refusal({ type: typeName(vector, value), value, advice }));
  };
  if (/^Big/.test(nameOf(first))) throw refused("cast it to Float64, which rounds integers above 2 ** 53");
  if (vector.length === 0) return { vector, dtype };
  // Those of a Decimal are four integers each.
  if (part(vector, 0, 1).length === 1 && first.length !== 1) throw refused("cast it to Float64");
  if (dtype === undefined && typeof first[0] !== "number") throw refused();
  return { vector, dtype: isHalf(vector) ? "f16" : dtype };
}

function typeName({ type }: Parted, value: unknown): string {
  return type === undefined ? described(value) : String(type);
}

/** Arrow's `Float16`: arrays of it have the bits, as unsigned integers. */
function isHalf({ type }: Parted): boolean {
  const { precision, scale } = Object(type);
  return precision === 0 && scale === undefined;
}

/** As rows: of one type what it is, of several 64-bit floats. */
function commonType([first, ...more]: Column[]): Dtype {
  const dtype = first?.dtype;
  return dtype !== undefined && more.every((other) => other.dtype === dtype) ? dtype : "f64";
}

/** Values as they are, or the numbers that 16-bit floats mean, where others need them as such. */
function valuesOf({ vector, dtype }: Column, wanted: Dtype): ArrayLike<unknown> {
  if (dtype === "f16" && wanted !== "f16") return Array.from({ length: vector.length }, (_, at) => vector.get(at));
  return vector.toArray() as ArrayLike<unknown>;
}

function part(vector: Parted, begin: number, end: number): Parted {
  const found = vector.slice?.(begin, end);
  if (found !== undefined) return found;
  const values = (vector.toArray() as unknown[]).slice(begin, end);
  const { nullCount, type } = vector;
  return { length: values.length, nullCount, type, get: (at) => vector.get(begin + at), toArray: () => values };
}

/** Which is missing first: in memory it is some number. */
function nullRow(vector: ArrowVector): number | undefined {
  if (!(vector.nullCount > 0)) return undefined;
  for (let row = 0; row < vector.length; row++) {
    if ((vector.get(row) ?? null) === null) return row;
  }
  return undefined;
}

function noValue(place: string): UmapError {
  return new UmapError("not-finite", `${place} is null: leave the row out, or put a number there`);
}
