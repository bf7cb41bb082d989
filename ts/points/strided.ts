/** Matrices whose values lie in another order than row by row: they are put into it a piece at a time. */
import { described, nameOf } from "../describe.js";
import { UmapError } from "../errors.js";
import { type ArraySource, filledSource, sampled, type TypedArray, typedSource } from "../sources.js";

interface Sides {
  rows: number;
  cols: number;
}

/** The value of row i and column j is at `offset + i * row + j * col`. */
export interface Strides {
  offset: number;
  row: number;
  col: number;
}

/** What a matrix says of its order; nothing where it lies row by row from the start. */
export function stridesOf(
  name: string,
  { stride, offset, order }: { stride?: unknown; offset?: unknown; order?: unknown },
  { rows, cols }: Sides,
): Strides | undefined {
  if (stride !== undefined || offset !== undefined) {
    const [row, col] = stride === undefined ? [cols, 1] : checkedStride(`${name}.stride`, stride);
    return { offset: integer(`${name}.offset`, offset ?? 0), row, col };
  }
  if (order === undefined || order === "C") return undefined;
  if (order === "F") return { offset: 0, row: 1, col: rows };
  const expected = '"C" (row by row) or "F" (column by column)';
  throw new UmapError("invalid-parameter", `${name}.order: expected ${expected}, got ${described(order)}`);
}

function checkedStride(name: string, stride: unknown): [row: number, col: number] {
  const all: unknown[] = Array.isArray(stride) || ArrayBuffer.isView(stride) ? Array.from(stride as never) : [];
  if (all.length === 2) return [integer(`${name}[0]`, all[0]), integer(`${name}[1]`, all[1])];
  const got = all.length > 0 ? `[${all.join(", ")}]: pass a view of two dimensions` : described(stride);
  throw new UmapError("shape-mismatch", `${name}: expected two integers, of rows and columns, got ${got}`);
}

function integer(name: string, value: unknown): number {
  if (Number.isInteger(value)) return value as number;
  throw new UmapError("invalid-parameter", `${name}: expected an integer, got ${described(value)}`);
}

export function stridedSource(name: string, given: TypedArray, sides: Sides, strides: Strides): ArraySource {
  const { dtype } = typedSource(name, given);
  checkReach(name, given, sides, strides);
  // Of 16-bit floats the bits are copied.
  const data = nameOf(given) === "Float16Array" ? new Uint16Array(given.buffer, given.byteOffset, given.length) : given;
  const { rows, cols } = sides;
  const { offset, row, col } = strides;
  if (row === cols && col === 1) {
    return { ...typedSource(name, data.subarray(offset, offset + rows * cols)), dtype };
  }
  return {
    ...filledSource({
      dtype,
      rows: () => rows,
      cols,
      fill: (piece, first, end) =>
        gather(piece, data, { rows: end - first, cols }, { ...strides, offset: offset + first * row }),
    }),
    sample: () => [
      data.length,
      ...sampled(rows * cols, (at) => data[offset + Math.floor(at / cols) * row + (at % cols) * col]),
    ],
  };
}

/** Along the shorter way through the data: a column at a time where columns lie together. */
function gather(piece: TypedArray, data: TypedArray, { rows, cols }: Sides, { offset, row, col }: Strides): void {
  const byColumns = Math.abs(row) < Math.abs(col);
  const outer = byColumns ? { count: cols, from: col, to: 1 } : { count: rows, from: row, to: cols };
  const inner = byColumns ? { count: rows, from: row, to: cols } : { count: cols, from: col, to: 1 };
  for (let i = 0; i < outer.count; i++) {
    let from = offset + i * outer.from;
    let to = i * outer.to;
    for (let j = 0; j < inner.count; j++) {
      piece[to] = data[from] as number;
      from += inner.from;
      to += inner.to;
    }
  }
}

function checkReach(name: string, { length }: TypedArray, { rows, cols }: Sides, { offset, row, col }: Strides): void {
  if (rows === 0 || cols === 0) return;
  const ends = [0, (rows - 1) * row].flatMap((at) => [offset + at, offset + at + (cols - 1) * col]);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  if (low >= 0 && high < length) return;
  const way = `${rows} x ${cols}, strides ${row} and ${col}, offset ${offset}`;
  const message = `expected values from ${low} to ${high} (${way}), got ${length} values: check shape, stride and offset`;
  throw new UmapError("shape-mismatch", `${name}: ${message}`);
}
