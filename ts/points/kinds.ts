/** Points that are no matrix of numbers: sparse rows, strings, distances of a triangle. They go to Rust in several arrays. */
import { described, nameOf } from "../describe.js";
import { UmapError } from "../errors.js";
import { checkedCount } from "../matrix.js";
import { type ArraySource, arraySource, integerSource, type NumericArray, typedSource } from "../sources.js";
import type { PointsSource } from "./types.js";

/**
 * A sparse matrix in compressed rows (CSR, as scipy has it): the entries of row i are `data[at]` in columns `indices[at]`, for
 * `indptr[i] <= at < indptr[i + 1]`. They may be in any order; those of one column are added, zeros are dropped. With metric
 * `precomputed` they are distances, and pairs without one are no neighbours.
 */
export interface SparseRows {
  indptr: IndexArray;
  indices: IndexArray;
  data: NumericArray;
  rows: number;
  cols: number;
}

/** Integers of 32 or 64 bits. */
export type IndexArray = NumericArray | BigInt64Array | BigUint64Array;

/** Distances between all rows, with metric `precomputed`: those of row 0 to rows 1, 2, ..., of row 1 to 2, ... (scipy's `pdist`). */
export interface CondensedDistances {
  condensed: NumericArray;
  rows: number;
}

export function isSparse(points: unknown): points is SparseRows {
  return typeof points === "object" && points !== null && "indptr" in points;
}

export function isCondensed(points: unknown): points is CondensedDistances {
  return typeof points === "object" && points !== null && "condensed" in points;
}

export function isStrings(points: unknown): points is readonly string[] {
  return Array.isArray(points) && typeof points[0] === "string";
}

export function sparseSource(name: string, { indptr, indices, data, rows, cols }: SparseRows): PointsSource {
  const values = arraySource(`${name}.data`, data);
  return {
    rows: checkedCount(`${name}.rows`, rows),
    cols: checkedCount(`${name}.cols`, cols),
    source: values,
    parts: {
      form: "csr",
      arrays: {
        indptr: indexSource(`${name}.indptr`, indptr),
        indices: indexSource(`${name}.indices`, indices),
        data: values,
      },
    },
  };
}

export function condensedSource(name: string, { condensed, rows }: CondensedDistances): PointsSource {
  const source = arraySource(`${name}.condensed`, condensed);
  const count = checkedCount(`${name}.rows`, rows);
  return { rows: count, cols: count, source, parts: { form: "condensed", arrays: { condensed: source } } };
}

export function stringsSource(name: string, strings: readonly string[]): PointsSource {
  const text: string[] = [];
  const ends = new Uint32Array(strings.length);
  let end = 0;
  for (const [row, string] of strings.entries()) {
    if (typeof string !== "string") {
      throw new UmapError("invalid-parameter", `${name}[${row}]: expected a string, got ${described(string)}`);
    }
    end += utf8Length(string);
    ends[row] = end;
    text.push(string);
  }
  // Lone surrogates become U+FFFD, of as many bytes.
  const source = typedSource(name, new TextEncoder().encode(text.join("")));
  const arrays = { text: source, ends: typedSource(`${name}.ends`, ends) };
  return { rows: strings.length, cols: 1, source, parts: { form: "strings", arrays } };
}

function utf8Length(string: string): number {
  let bytes = 0;
  for (const character of string) {
    const point = character.codePointAt(0) as number;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Integers of 32 bits, from 64 where need be. */
function indexSource(name: string, array: IndexArray): ArraySource {
  if (!/^Big/.test(nameOf(array))) return integerSource(name, array as NumericArray);
  const wide = array as BigInt64Array;
  const narrow = Uint32Array.from(wide, Number);
  const at = narrow.findIndex((value, at) => BigInt(value) !== wide[at]);
  if (at < 0) return typedSource(name, narrow);
  throw new UmapError("invalid-parameter", `${name}[${at}]: expected 0 to 4294967295, got ${wide[at]}`);
}
