/** Points on their way to the module: any accepted form becomes a shape and pieces of bytes. */
import { UmapError } from "./errors.js";
import type { Dtype, PointsShape } from "./protocol.js";

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

export type Points = Matrix | number[][] | Float32Array[];

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

export interface PointsSource {
  shape: PointsShape;
  /** Each piece has memory of its own, so it can be moved to the host. */
  pieces(): Iterable<Uint8Array<ArrayBuffer>>;
}

export function pointsSource(points: Points): PointsSource {
  if (Array.isArray(points)) return fromRows(points);
  const { data, rows, cols, dtype } = points;
  const element = DTYPES[nameOf(data)];
  if (element === undefined) {
    throw new UmapError("invalid-input", `points.data must be a typed array of numbers, got ${nameOf(data)}`);
  }
  return { shape: { rows, cols, dtype: dtype ?? element }, pieces: () => piecesOfArray(data) };
}

function* piecesOfArray(data: TypedArray): Iterable<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    // `slice` also copies out of shared memory, which cannot be moved.
    yield bytes.slice(start, start + PIECE_BYTES) as Uint8Array<ArrayBuffer>;
  }
}

/** Rows are written as 64-bit numbers unless all they can hold is 32 bits; Rust rounds them as it does a Float64Array. */
function fromRows(rows: number[][] | Float32Array[]): PointsSource {
  const cols = rows[0]?.length ?? 0;
  const [dtype, Element] =
    nameOf(rows[0]) === "Float32Array" ? (["f32", Float32Array] as const) : (["f64", Float64Array] as const);
  const rowsPerPiece = Math.max(1, Math.floor(PIECE_BYTES / (Element.BYTES_PER_ELEMENT * cols)));
  function* pieces() {
    for (let first = 0; first < rows.length; first += rowsPerPiece) {
      const some = rows.slice(first, first + rowsPerPiece);
      const piece = new Element(some.length * cols);
      some.forEach((row, index) => {
        if (row.length !== cols) {
          throw new UmapError("invalid-input", `row ${first + index} has ${row.length} values, row 0 has ${cols}`);
        }
        piece.set(row, index * cols);
      });
      yield new Uint8Array(piece.buffer);
    }
  }
  return { shape: { rows: rows.length, cols, dtype }, pieces };
}

/** The name of a built-in type, also for values of another realm. */
function nameOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
