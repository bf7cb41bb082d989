/** Numbers on their way to the module: any accepted form becomes pieces of bytes and the type of their elements. */
import { UmapError } from "./errors.js";
import type { Dtype } from "./protocol.js";

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
  /** Pieces with memory of their own, which can be moved to the host; at least one, so that an empty array arrives too. */
  pieces(): Iterable<Uint8Array<ArrayBuffer>>;
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

export function pointsSource(points: Points): { rows: number; cols: number; source: Source } {
  if (Array.isArray(points)) {
    return { rows: points.length, cols: points[0]?.length ?? 0, source: rowsSource("points", points) };
  }
  const { data, rows, cols, dtype } = Object(points) as Matrix;
  const source = arraySource("points.data", data);
  return { rows, cols, source: dtype === undefined ? source : { ...source, dtype } };
}

export function arraySource(name: string, array: NumericArray): Source {
  if (Array.isArray(array)) {
    return rowsSource(name, (typeof array[0] === "number" ? [array] : array) as number[][]);
  }
  const dtype = DTYPES[nameOf(array)];
  if (dtype === undefined) {
    throw new UmapError("shape-mismatch", `${name}: expected a typed array of numbers, got ${nameOf(array)}`);
  }
  return { dtype, pieces: () => piecesOfArray(array) };
}

function* piecesOfArray(array: TypedArray): Iterable<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  let start = 0;
  do {
    // `slice` also copies out of shared memory, which cannot be moved.
    yield bytes.slice(start, start + PIECE_BYTES) as Uint8Array<ArrayBuffer>;
    start += PIECE_BYTES;
  } while (start < bytes.length);
}

/** Rows go as 64-bit numbers unless they hold 32 bits; Rust rounds them as it does a Float64Array. */
function rowsSource(name: string, rows: number[][] | Float32Array[]): Source {
  const cols = rows[0]?.length ?? 0;
  const single = nameOf(rows[0]) === "Float32Array";
  const Element = single ? Float32Array : Float64Array;
  const rowsPerPiece = Math.ceil(PIECE_BYTES / (Element.BYTES_PER_ELEMENT * Math.max(1, cols)));
  function* pieces() {
    let first = 0;
    do {
      const some = rows.slice(first, first + rowsPerPiece);
      const piece = new Element(some.length * cols);
      for (const [index, row] of some.entries()) {
        if (row.length !== cols) {
          const got = `${row.length} in row ${first + index}`;
          throw new UmapError("shape-mismatch", `${name}: expected ${cols} values in every row, got ${got}`);
        }
        piece.set(row, index * cols);
      }
      yield new Uint8Array(piece.buffer);
      first += rowsPerPiece;
    } while (first < rows.length);
  }
  return { dtype: single ? "f32" : "f64", pieces };
}

/** The name of a built-in type, also for values of another realm. */
function nameOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
