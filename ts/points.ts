/** Numbers on their way to the module: any accepted form becomes pieces of bytes and the type of their elements. */
import { UmapError } from "./errors.js";
import type { Dtype, Piece } from "./protocol.js";

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array;

/** Row-major values with their shape. */
export interface Matrix {
  data: TypedArray;
  rows: number;
  cols: number;
  /** `"f16"`: a `Uint16Array` holds the bits of half-precision numbers. */
  dtype?: "f16";
}

/** What can be embedded. */
export type Points = Matrix | number[][] | Float32Array[];

/** What the smaller inputs may be: as it is stored, or rows of numbers. */
export type NumericArray = TypedArray | number[] | number[][] | Float32Array[];

export interface Source {
  dtype: Dtype;
  /** How many pieces there are. */
  count: number;
  /**
   * At least one piece, so that an empty array arrives too. `next` may be given a piece that has come back, to be filled
   * again: what is dropped piles up until the collector runs (MNIST: some 70 MiB).
   */
  pieces(): Pieces | AsyncGenerator<Piece, void, Piece | undefined>;
}

type Pieces = Generator<Piece, void, Piece | undefined>;

/** A source that is there already. */
export interface ArraySource extends Source {
  pieces(): Pieces;
}

/** A piece is copied on the caller's thread, in about a millisecond. */
const PIECE_BYTES = 4 << 20;

const DTYPES: Record<string, Dtype> = {
  Float16Array: "f16",
  Float32Array: "f32",
  Float64Array: "f64",
  Int8Array: "i8",
  Int16Array: "i16",
  Int32Array: "i32",
  Uint8Array: "u8",
  Uint8ClampedArray: "u8",
  Uint16Array: "u16",
  Uint32Array: "u32",
};

const VIEWS: Partial<Record<Dtype, new (buffer: ArrayBuffer) => Float64Array | Float32Array | Int16Array>> = {
  f32: Float32Array,
  f64: Float64Array,
  i8: Int8Array as never,
  i16: Int16Array,
  u8: Uint8Array as never,
  u16: Uint16Array as never,
};

export function pointsSource(points: Points): { rows: number; cols: number; source: ArraySource } {
  if (Array.isArray(points)) {
    return { rows: points.length, cols: points[0]?.length ?? 0, source: rowsSource("points", points) };
  }
  const { data, rows, cols, dtype } = Object(points) as Matrix;
  const source = typedSource("points.data", data);
  if (rows > 0 && cols > 0 && rows * cols !== data.length) {
    const expected = `${rows * cols} values (${rows} x ${cols})`;
    throw new UmapError("shape-mismatch", `points.data: expected ${expected}, got ${data.length}`);
  }
  if (dtype === undefined) return { rows, cols, source };
  if (dtype !== "f16" || data.BYTES_PER_ELEMENT !== 2) {
    const got = `${JSON.stringify(dtype)} with a ${nameOf(data)}`;
    throw new UmapError("invalid-parameter", `points.dtype: expected none, or "f16" with a Uint16Array, got ${got}`);
  }
  return { rows, cols, source: { ...source, dtype } };
}

/** Rows of points, whatever they are given as. */
export function rowsOf(points: Points): number {
  return Array.isArray(points) ? points.length : Number(Object(points).rows);
}

/** The same, of points that have the shape that they say. */
export function checkedRows(points: Points): number {
  const { rows, cols } = pointsSource(points);
  if (rows > 0 && cols > 0) return rows;
  throw new UmapError("shape-mismatch", `points: expected at least one row and column, got ${rows} x ${cols}`);
}

export function arraySource(name: string, array: NumericArray): ArraySource {
  if (!Array.isArray(array)) return typedSource(name, array);
  return rowsSource(name, (isNested(array) ? array : [array]) as number[][]);
}

/** Whether an array's values lie in rows. */
export function isNested(array: unknown): array is number[][] | Float32Array[] {
  return Array.isArray(array) && isRow(array[0]);
}

/** Whole numbers in whatever form and type. */
export function integerSource(name: string, array: NumericArray): ArraySource {
  const { dtype, count, pieces } = arraySource(name, array);
  if (dtype === "i32" || dtype === "u32") return { dtype, count, pieces };
  const View = VIEWS[dtype];
  if (View === undefined)
    throw new UmapError("shape-mismatch", `${name}: expected whole numbers, got ${nameOf(array)}`);
  return {
    dtype: "i32",
    count,
    *pieces() {
      for (const { buffer } of pieces()) {
        const values = new View(buffer);
        const whole = Int32Array.from(values);
        const at = values.findIndex((value, at) => value !== whole[at]);
        if (at >= 0) throw new UmapError("invalid-parameter", `${name}: expected whole numbers, got ${values[at]}`);
        yield new Uint8Array(whole.buffer);
      }
    },
  };
}

function typedSource(name: string, array: TypedArray): ArraySource {
  const dtype = DTYPES[nameOf(array)];
  if (dtype === undefined) {
    throw new UmapError("shape-mismatch", `${name}: expected a typed array of numbers, got ${nameOf(array)}`);
  }
  const count = Math.max(1, Math.ceil(array.byteLength / PIECE_BYTES));
  return { dtype, count, pieces: () => piecesOfArray(array) };
}

/** The data of a matrix as values of another type, which must have a place for each of them. */
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

function* piecesOfArray(array: TypedArray): Pieces {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  let start = 0;
  let spare: Piece | undefined;
  do {
    const part = bytes.subarray(start, start + PIECE_BYTES);
    const piece = room(part.length, spare);
    piece.set(part);
    spare = yield piece;
    start += PIECE_BYTES;
  } while (start < bytes.length);
}

function room(bytes: number, spare: Piece | undefined): Piece {
  return spare?.length === bytes ? spare : new Uint8Array(bytes);
}

/** Rows go as 64-bit numbers unless they hold 32 bits; Rust rounds them as it does a Float64Array. */
function rowsSource(name: string, rows: number[][] | Float32Array[]): ArraySource {
  const cols = rows.length > 0 ? checkedRow(name, rows[0], 0).length : 0;
  const single = nameOf(rows[0]) === "Float32Array";
  const Element = single ? Float32Array : Float64Array;
  const rowsPerPiece = Math.ceil(PIECE_BYTES / (Element.BYTES_PER_ELEMENT * Math.max(1, cols)));
  function* pieces(): Pieces {
    let first = 0;
    let spare: Piece | undefined;
    do {
      const some = rows.slice(first, first + rowsPerPiece);
      const bytes = room(some.length * cols * Element.BYTES_PER_ELEMENT, spare);
      const piece = new Element(bytes.buffer);
      for (const [index, row] of some.entries()) {
        if (checkedRow(name, row, first + index).length !== cols) {
          const got = `${row.length} in row ${first + index}`;
          throw new UmapError("shape-mismatch", `${name}: expected ${cols} values in every row, got ${got}`);
        }
        checkNumbers(name, row, first + index);
        piece.set(row, index * cols);
      }
      spare = yield bytes;
      first += rowsPerPiece;
    } while (first < rows.length);
  }
  return { dtype: single ? "f32" : "f64", count: Math.max(1, Math.ceil(rows.length / rowsPerPiece)), pieces };
}

function isRow(row: unknown): row is ArrayLike<number> {
  return Array.isArray(row) || nameOf(row) in DTYPES;
}

function checkedRow(name: string, row: unknown, at: number): ArrayLike<number> {
  if (isRow(row)) return row;
  throw new UmapError("shape-mismatch", `${name}: expected rows of numbers, got ${nameOf(row)} in row ${at}`);
}

/** Typed arrays would take null for 0, and texts for the numbers in them. */
function checkNumbers(name: string, row: number[] | Float32Array, at: number): void {
  const col = Array.isArray(row) ? row.findIndex((value) => typeof value !== "number") : -1;
  if (col < 0) return;
  throw new UmapError("not-finite", `${name}[${at}, ${col}] is ${String(row[col])}: every value must be a number`);
}

/** The name of a built-in type, also for values of another realm. */
export function nameOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
