/** Which points of different datasets correspond, on the way to the module. */
import { described, nameOf } from "../describe.js";
import { UmapError } from "../errors.js";
import { type ArraySource, computedIntegers, sampled } from "../sources.js";
import { copied } from "../taken.js";

/**
 * Which rows of a dataset correspond to rows of another: `from` is a row of the earlier one, `to` a row of the later
 * one. As a map, as pairs, or as two arrays of the same length. No row is there twice.
 */
export type Relation =
  | ReadonlyMap<number, number>
  | readonly (readonly [from: number, to: number])[]
  | readonly [from: Int32Array, to: Int32Array];

/** What a point is called, whatever dataset it is in. */
export type Id = string | number;

/** The pairs of a relation, one after the other. */
export function relationSource(name: string, relation: Relation): ArraySource {
  const { length, pairs } = pairsOf(name, copied(relation));
  const reader = () => {
    const all = pairs();
    let to: unknown;
    return (at: number) => {
      if (at % 2 === 1) return checkedRow(name, to, "to", (at - 1) / 2);
      const [from, other] = all.next().value as [unknown, unknown];
      to = other;
      return checkedRow(name, from, "from", at / 2);
    };
  };
  return computedIntegers(2 * length, reader);
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

/** What does not fit an Int32Array would wrap around; whether the dataset has such a row is checked in Rust. */
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
    return computedIntegers(
      list.length,
      () => (row) => numberOf(list[row] as Id, name, row),
      () => sampled(list.length, (row) => list[row]),
    );
  };
  return Object.fromEntries(lists.map((list, i) => [`ids.${i}`, source(list, `ids[${i}]`)]));
}

export function checkId(id: unknown, name: string, row: number): void {
  if (typeof id === "string" || Number.isFinite(id)) return;
  throw new UmapError(
    "invalid-parameter",
    `${name}: expected strings or finite numbers, got ${described(id)} in row ${row}`,
  );
}
