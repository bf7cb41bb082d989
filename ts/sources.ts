/** Numbers on their way to the module: any accepted form becomes pieces of bytes and the type of their elements. */
import { described, nameOf } from "./describe.js";
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

export type Rows = readonly (readonly number[])[] | readonly TypedArray[];

/** What the smaller inputs may be: as it is stored, or rows of numbers. */
export type NumericArray = TypedArray | readonly number[] | Rows;

export interface Source {
  dtype: Dtype;
  /** How many pieces there are. */
  count: number;
  /**
   * At least one piece, so that an empty array arrives too. `next` may be given a piece that has come back, to be filled
   * again: what is dropped piles up until the collector runs (MNIST: some 70 MiB).
   */
  pieces(): Pieces | AsyncIterator<Piece, void, Piece | undefined>;
  /** How many values there are, and some of them: see taken.ts. Streams have none. */
  sample?(): unknown[];
}

export type Pieces = Generator<Piece, void, Piece | undefined>;

/** A source that is there already. */
export interface ArraySource extends Source {
  pieces(): Pieces;
}

/** A piece is copied on the caller's thread, in about a millisecond. */
const PIECE_BYTES = 4 << 20;

/** The types of elements, by the names of their arrays. */
export const DTYPES: Record<string, Dtype> = {
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

export const VIEWS: Partial<Record<Dtype, new (buffer: ArrayBuffer) => Float64Array | Float32Array | Int16Array>> = {
  f32: Float32Array,
  f64: Float64Array,
  i8: Int8Array as never,
  i16: Int16Array,
  u8: Uint8Array as never,
  u16: Uint16Array as never,
};

export type Elements = new (buffer: ArrayBuffer) => Exclude<TypedArray, Uint8ClampedArray>;

/** Arrays of all types; of 16-bit floats they hold the bits. */
export const ELEMENTS: Record<Dtype, Elements> = {
  ...(VIEWS as Record<keyof typeof VIEWS, Elements>),
  f16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
};

/** Whether points are given as rows. */
export function isRows(points: unknown): points is Rows {
  return Array.isArray(points);
}

export function arraySource(name: string, array: NumericArray): ArraySource {
  if (!Array.isArray(array)) return typedSource(name, array as TypedArray, "an array or typed array of numbers");
  return rowsSource(name, isNested(array) ? array : [array]);
}

/** Whether an array's values lie in rows. */
export function isNested(array: unknown): array is Rows {
  return Array.isArray(array) && isRow(array[0]);
}

/** Integers in whatever form and type. */
export function integerSource(name: string, array: NumericArray): ArraySource {
  const source = arraySource(name, array);
  const { dtype, pieces } = source;
  if (dtype === "i32" || dtype === "u32") return source;
  const View = VIEWS[dtype];
  if (View === undefined) throw new UmapError("shape-mismatch", `${name}: expected integers, got ${described(array)}`);
  return {
    ...source,
    dtype: "i32",
    *pieces() {
      for (const { buffer } of pieces()) {
        const values = new View(buffer);
        const whole = Int32Array.from(values);
        const at = values.findIndex((value, at) => value !== whole[at]);
        if (at >= 0) throw new UmapError("invalid-parameter", `${name}: expected integers, got ${values[at]}`);
        yield new Uint8Array(whole.buffer);
      }
    },
  };
}

export function typedSource(name: string, array: TypedArray, expected = "a typed array of numbers"): ArraySource {
  const dtype = DTYPES[nameOf(array)];
  if (dtype === undefined) {
    const got = described(array) + converted(array);
    throw new UmapError("shape-mismatch", `${name}: expected ${expected}, got ${got}`);
  }
  const count = Math.max(1, Math.ceil(array.byteLength / PIECE_BYTES));
  return { dtype, count, pieces: () => piecesOfArray(array), sample: () => sampled(array.length, (at) => array[at]) };
}

/** How what came could become a typed array of numbers. */
function converted(array: unknown): string {
  if (isNested(array)) return ": pass the rows themselves";
  if (Array.isArray(array)) return ": make one by Float32Array.from";
  if (typeof Object(array).toArray === "function") return ": pass what its toArray() gives";
  return fromBigIntegers(array);
}

/** JavaScript's numbers are 64-bit floats, which not all of those integers are: whoever has them decides. */
function fromBigIntegers(array: unknown): string {
  if (!/^Big/.test(nameOf(array))) return "";
  return ": convert it by Float64Array.from(array, Number), which rounds integers above 2 ** 53";
}

function* piecesOfArray(array: TypedArray): Pieces {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  let start = 0;
  let spare: Piece | undefined;
  do {
    const part = bytes.subarray(start, start + PIECE_BYTES);
    const piece = scratch(part.length, spare);
    piece.set(part);
    spare = yield piece;
    start += PIECE_BYTES;
  } while (start < bytes.length);
}

function scratch(bytes: number, spare: Piece | undefined): Piece {
  return spare?.length === bytes ? spare : new Uint8Array(bytes);
}

/** Rows go as 64-bit numbers unless they hold 32 bits; Rust rounds them as it does a Float64Array. */
export function rowsSource(name: string, rows: Rows): ArraySource {
  const cols = rows.length > 0 ? checkedRow(name, rows[0], 0).length : 0;
  const fill = (piece: TypedArray, first: number, end: number) => {
    for (const [index, row] of rows.slice(first, end).entries()) {
      checkLength(name, checkedRow(name, row, first + index), { cols, row: first + index });
      checkNumbers(name, row, first + index);
      piece.set(row, index * cols);
    }
  };
  return {
    ...filledSource({ dtype: nameOf(rows[0]) === "Float32Array" ? "f32" : "f64", rows: () => rows.length, cols, fill }),
    sample: () => [rows.length, ...sampled(rows.length * cols, (at) => rows[Math.floor(at / cols)]?.[at % cols])],
  };
}

export function checkLength(name: string, { length }: { length: number }, at: { cols: number; row: number }): void {
  if (length === at.cols) return;
  const message = `${name}: expected ${at.cols} values in every row, got ${length} in row ${at.row}`;
  throw new UmapError("shape-mismatch", message);
}

/** A matrix that is put together as it is read. */
export interface Filled {
  dtype: Dtype;
  /** Rows that there are now. */
  rows: () => number;
  cols: number;
  /** Writes the rows from `first` on, row-major. */
  fill(piece: TypedArray, first: number, end: number): void;
}

/** Its pieces are whole rows. */
export function filledSource({ dtype, rows, cols, fill }: Filled): ArraySource {
  const Element = ELEMENTS[dtype];
  const size = cols * new Element(new ArrayBuffer(0)).BYTES_PER_ELEMENT;
  const rowsPerPiece = Math.ceil(PIECE_BYTES / Math.max(1, size));
  function* pieces(): Pieces {
    let first = 0;
    let spare: Piece | undefined;
    do {
      const end = Math.min(first + rowsPerPiece, Math.max(first, rows()));
      const bytes = scratch((end - first) * size, spare);
      fill(new Element(bytes.buffer), first, end);
      spare = yield bytes;
      first += rowsPerPiece;
    } while (first < rows());
  }
  return { dtype, count: Math.max(1, Math.ceil(rows() / rowsPerPiece)), pieces };
}

/** Values of a piece of computed integers: some milliseconds of work before the next message is heard. */
const PIECE_INTEGERS = 1 << 17;

/** Integers that are computed as they are read, in order: `reader` gives what computes them. */
export function computedIntegers(
  length: number,
  reader: () => (at: number) => number,
  sample?: ArraySource["sample"],
): ArraySource {
  function* pieces() {
    const valueAt = reader();
    let first = 0;
    do {
      const piece = new Int32Array(Math.min(PIECE_INTEGERS, length - first));
      for (let at = 0; at < piece.length; at++) piece[at] = valueAt(first + at);
      yield new Uint8Array(piece.buffer);
      first += PIECE_INTEGERS;
    } while (first < length);
  }
  const count = Math.max(1, Math.ceil(length / PIECE_INTEGERS));
  return { dtype: "i32", count, pieces, ...(sample && { sample }) };
}

const SAMPLES = 4096;

/** Values at equal distances, after how many there are in all. */
export function sampled(length: number, valueAt: (at: number) => unknown): unknown[] {
  const step = Math.max(1, length / SAMPLES);
  const samples = Math.min(length, SAMPLES);
  return [length, ...Array.from({ length: samples }, (_, i) => valueAt(Math.floor(i * step)))];
}

function isRow(row: unknown): row is ArrayLike<number> {
  return Array.isArray(row) || nameOf(row) in DTYPES;
}

function checkedRow(name: string, row: unknown, at: number): ArrayLike<number> {
  if (isRow(row)) return row;
  const got = `${described(row)} in row ${at}${asRow(row)}`;
  throw new UmapError("shape-mismatch", `${name}: expected rows of numbers, got ${got}`);
}

/** How what came could become a row. */
function asRow(row: unknown): string {
  if (typeof row === "number") return ": a flat array needs a shape, { data, rows, cols }";
  return nameOf(row) === "Object" ? ": make an array of the numbers of each row" : fromBigIntegers(row);
}

/** Typed arrays would take null for 0, and strings for the numbers in them. JSON has null where a number was NaN. */
function checkNumbers(name: string, row: ArrayLike<number>, at: number): void {
  const col = Array.isArray(row) ? row.findIndex((value) => typeof value !== "number") : -1;
  if (col >= 0) throw noNumber(`${name}[${at}, ${col}]`, row[col]);
}

export function noNumber(place: string, value: unknown): UmapError {
  const code = value === null || value === undefined ? "not-finite" : "invalid-parameter";
  return new UmapError(code, `${place} is ${described(value)}: every value must be a number`);
}
