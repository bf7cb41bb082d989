/** Points: what may be given, and what it becomes. */
import type { ArraySource, NumericArray, Rows, TypedArray } from "../sources.js";
import type { ArrowTable, ArrowVector } from "./arrow.js";
import type { CondensedDistances, SparseRows } from "./kinds.js";

/** Values in one array with their shape, row by row. */
export interface Matrix {
  data: TypedArray;
  rows: number;
  cols: number;
  /** `"f16"`: a `Uint16Array` holds the bits of half-precision numbers. */
  dtype?: "f16";
  /**
   * `"F"`: column by column, as Fortran, R and Julia have it.
   * @default "C"
   */
  order?: "C" | "F";
}

/** A matrix of which one side is given: the other follows from how many values there are. */
export type OneSidedMatrix = Omit<Matrix, "rows" | "cols"> &
  ({ rows: number; cols?: undefined } | { rows?: undefined; cols: number });

/**
 * A matrix as other libraries have it. It is read by what it has, whatever its class is:
 *
 * - **Shape**: `rows` and `cols`; else `shape`, else `dims`, which are rows and columns; else the one of `rows` and `cols`
 *   that there is, from which the other follows.
 * - **Values**: `data`, unless that is a method; else what `dataSync()` gives; else `values`. They are a typed array, or rows.
 * - **Order**: with `stride` or `offset` the value of row i and column j is at `offset + i * stride[0] + j * stride[1]`; else
 *   `order` says it: `"C"`, row by row (also where there is none), or `"F"`, column by column.
 * - **Type**: that of the array; a `Uint16Array` beside a `dtype` or `type` of `"float16"` or `"f16"` holds the bits of
 *   half-precision numbers.
 *
 * That is what ndarray (any view of one), TensorFlow.js (a tensor), Danfo.js (a data frame of numbers) and onnxruntime (a
 * tensor) have.
 */
export type ShapedMatrix = (
  | { readonly data: TypedArray }
  | { dataSync(): TypedArray }
  | { readonly values: TypedArray | readonly unknown[] }
) &
  ({ readonly shape: ArrayLike<number> } | { readonly dims: ArrayLike<number> }) & {
    readonly stride?: ArrayLike<number>;
    readonly offset?: number;
    /** Beside a `stride` it is not read: of an ndarray it is something else. */
    readonly order?: "C" | "F" | readonly number[];
    readonly dtype?: unknown;
    readonly type?: unknown;
  };

/**
 * What can be embedded: rows of numbers; a matrix, here or of another library (see `ShapedMatrix` for how one is read); a
 * table of Apache Arrow with columns of numbers, or a vector of it with a list of numbers for each row; sparse rows; strings
 * (`metric: "levenshtein"`); distances (`metric: "precomputed"`).
 */
export type Points = DensePoints | SparseRows | CondensedDistances | readonly string[];

/** Rows of numbers, all of them there. */
export type DensePoints = Matrix | OneSidedMatrix | ShapedMatrix | Rows | ArrowTable | ArrowVector;

/** Values beside the points: an array, or a matrix of which at least the data are there. */
export type Values = NumericArray | Pick<Matrix, "data"> | Exclude<DensePoints, Rows>;

export interface PointsSource {
  rows: number;
  cols: number;
  source: ArraySource;
  /** Of points that are no values in one array: how they come, and their arrays, of which `source` is the largest. */
  parts?: { form: PointsForm; arrays: Record<string, ArraySource> };
}

/** How points come that are no values in one array. */
export type PointsForm = "csr" | "condensed" | "strings";
