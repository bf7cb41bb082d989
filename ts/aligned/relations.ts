/** Which points of different datasets stand for the same, on the way to the module. */
import { described, nameOf } from "../describe.js";
import { UmapError } from "../errors.js";
import { type ArraySource, sampled } from "../points.js";
import { copied } from "../taken.js";

/**
 * Which rows of a dataset stand for the same as rows of another: `from` is a row of the earlier one, `to` a row of the later
 * one. As a map, as pairs, or as two arrays of the same length. No row is there twice.
 */
export type Relation =
  | ReadonlyMap<number, number>
  | readonly (readonly [from: number, to: number])[]
  | readonly [from: Int32Array, to: Int32Array];

/** What a point is called, whatever dataset it is in. */
export type Id = string | number;

/** Pairs or ids that are looked at before the next message is heard: some milliseconds. */
const PIECE = 1 << 16;

/** The pairs of a relation, one after the other. */
export function relationSource(name: string, relation: Relation): ArraySource {
  const { length, pairs } = pairsOf(name, copied(relation));
  function* pieces() {
    const all = pairs();
    let at = 0;
    do {
      const piece = new Int32Array(2 * Math.min(PIECE, length - at));
      for (let i = 0; i < piece.length; i += 2, at++) {
        const [from, to] = all.next().value as [unknown, unknown];
        piece[i] = checkedRow(name, from, "from", at);
        piece[i + 1] = checkedRow(name, to, "to", at);
      }
      yield new Uint8Array(piece.buffer);
    } while (at < length);
  }
  return { dtype: "i32", role: "integers", count: Math.max(1, Math.ceil(length / PIECE)), pieces };
}

function pairsOf(name: string, relation: Relation): { length: number; pairs: () => Iterator<unknown> } {
  if (nameOf(relation) === "Map") {
    const map = relation as ReadonlyMap<number, number>;
    return { length: map.size, pairs: () => map.entries() };
  }
  const list = relation as readonly unknown[];
  if (!Array.isArray(relation)) {
    const expected = "a Map, pairs of rows, or two Int32Arrays";
    throw new UmapError("invalid-parameter", `${name}: expected ${expected}, got ${described(relation)}`);
  }
  if (!ArrayBuffer.isView(list[0])) return { length: list.length, pairs: () => checkedPairs(name, list) };
  const [from, to] = list as readonly [Int32Array, Int32Array];
  if (list.length !== 2 || nameOf(from) !== "Int32Array" || nameOf(to) !== "Int32Array" || from.length !== to.length) {
    const got = list.map(described).join(", ");
    throw new UmapError("shape-mismatch", `${name}: expected two Int32Arrays of the same length, got ${got}`);
  }
  return {
    length: from.length,
    *pairs() {
      for (let at = 0; at < from.length; at++) yield [from[at], to[at]];
    },
  };
}

function* checkedPairs(name: string, list: readonly unknown[]): Generator<unknown> {
  for (const [at, pair] of list.entries()) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      const got = Array.isArray(pair) ? `${pair.length} values` : described(pair);
      throw new UmapError("shape-mismatch", `${name}: expected pairs of rows, got ${got} in entry ${at}`);
    }
    yield pair;
  }
}

/** What does not fit an Int32Array would wrap around; whether the dataset has such a row is Rust's to say. */
function checkedRow(name: string, row: unknown, side: string, at: number): number {
  if (Number.isInteger(row) && Math.abs(row as number) < 2 ** 31) return row as number;
  throw new UmapError(
    "invalid-parameter",
    `${name}: expected row numbers, got ${described(row)} as \`${side}\` of entry ${at}`,
  );
}

/** The ids of several datasets as numbers, the same for the same id, by the names that Rust knows them by. */
export function idArrays(lists: readonly (readonly Id[])[]): Record<string, ArraySource> {
  const numbers = new Map<Id, number>();
  const numberOf = (id: Id, name: string, row: number) => {
    const known = numbers.get(id);
    if (known !== undefined) return known;
    checkId(id, name, row);
    numbers.set(id, numbers.size);
    return numbers.size - 1;
  };
  const source = (list: readonly Id[], name: string): ArraySource => {
    if (!Array.isArray(list)) {
      throw new UmapError("invalid-parameter", `${name}: expected a list of ids, got ${described(list)}`);
    }
    function* pieces() {
      let row = 0;
      do {
        const piece = new Int32Array(Math.min(PIECE, list.length - row));
        for (let at = 0; at < piece.length; at++) piece[at] = numberOf(list[row + at] as Id, name, row + at);
        yield new Uint8Array(piece.buffer);
        row += PIECE;
      } while (row < list.length);
    }
    return {
      dtype: "i32",
      role: "integers",
      count: Math.max(1, Math.ceil(list.length / PIECE)),
      pieces,
      sample: () => sampled(list.length, (row) => list[row]),
    };
  };
  return Object.fromEntries(lists.map((list, i) => [`ids.${i}`, source(list, `ids[${i}]`)]));
}

export function checkId(id: unknown, name: string, row: number): void {
  if (typeof id === "string" || Number.isFinite(id)) return;
  throw new UmapError(
    "invalid-parameter",
    `${name}: expected texts or finite numbers, got ${described(id)} in row ${row}`,
  );
}
