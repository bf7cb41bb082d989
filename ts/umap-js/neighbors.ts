/** Nearest neighbours by a function of the caller's, which cannot leave its thread. */
import { UmapError } from "../errors.js";
import type { DistanceFn, Vectors } from "./options.js";
import type { Slice, Work } from "./slices.js";

/** Neighbours of rows, nearest first. */
export interface Neighbors {
  k: number;
  indices: Uint32Array;
  distances: Float32Array;
}

/** All pairs are compared up to so many rows; above, NN-descent calls the function less often. */
const EXACT_ROWS = 4096;
/** Calls between two looks at the clock. */
const CALLS = 16;
/** NN-descent (Dong et al. 2011): new neighbours of a row that meet in a round, when it ends at the latest, and at how small a
 * share of changes. */
const CANDIDATES = 30;
const ROUNDS = 12;
const LEAST_CHANGES = 0.001;

/** The `k` nearest rows of each row, itself first. */
export function* neighborsOf(
  rows: Vectors,
  k: number,
  distanceFn: DistanceFn,
  seed: number,
  slice: Slice,
): Work<Neighbors> {
  const nearest = new Nearest(rows.length, k);
  for (let i = 0; i < rows.length; i++) nearest.push(i, i, Number.NEGATIVE_INFINITY);
  const meeting = new Meeting(rows, rows, distanceFn, slice);
  if (rows.length <= EXACT_ROWS) {
    for (let i = 0; i < rows.length; i++) {
      for (let j = 0; j < i; j++) {
        const distance = meeting.distance(i, j);
        nearest.push(i, j, distance);
        nearest.push(j, i, distance);
        if (meeting.isOver()) yield;
      }
    }
  } else {
    yield* descend(nearest, meeting, rows.length, seed);
  }
  for (let i = 0; i < rows.length; i++) nearest.distances[i * k] = 0;
  return nearest;
}

/** The `k` rows nearest to each of `queries`. */
export function* neighborsAmong(
  rows: Vectors,
  queries: Vectors,
  k: number,
  distanceFn: DistanceFn,
  slice: Slice,
): Work<Neighbors> {
  const nearest = new Nearest(queries.length, k);
  const meeting = new Meeting(queries, rows, distanceFn, slice);
  for (let i = 0; i < queries.length; i++) {
    for (let j = 0; j < rows.length; j++) {
      nearest.push(i, j, meeting.distance(i, j));
      if (meeting.isOver()) yield;
    }
  }
  return nearest;
}

/** From random neighbours to near ones: neighbours of a row, and rows that it is a neighbour of, meet each other. */
function* descend(nearest: Nearest, meeting: Meeting, rows: number, seed: number): Work<void> {
  const random = generator(seed);
  const { k, indices, isNew } = nearest;
  const meet = (i: number, j: number) => {
    if (i === j || nearest.has(i, j)) return 0;
    const distance = meeting.distance(i, j);
    return Number(nearest.push(i, j, distance)) + Number(nearest.push(j, i, distance));
  };
  for (let i = 0; i < rows; i++) {
    for (let n = 1; n < k; n++) {
      meet(i, random(rows));
      if (meeting.isOver()) yield;
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    const [fresh, old] = [new Sample(rows, random), new Sample(rows, random)];
    for (let at = 0; at < rows * k; at++) {
      const [i, j] = [Math.floor(at / k), indices[at] as number];
      if (i === j || j === NONE) continue;
      const sample = isNew[at] === 1 ? fresh : old;
      sample.add(i, j);
      sample.add(j, i);
      isNew[at] = 0;
    }
    let changes = 0;
    for (let i = 0; i < rows; i++) {
      const [news, olds] = [fresh.of(i), old.of(i)];
      for (const [at, a] of news.entries()) {
        for (const b of news.slice(at + 1)) changes += meet(a, b);
        for (const b of olds) {
          changes += meet(a, b);
          if (meeting.isOver()) yield;
        }
      }
    }
    if (changes < LEAST_CHANGES * rows * k) return;
  }
}

const NONE = 0xffffffff;

/** The nearest rows found so far for each row, in order. */
class Nearest implements Neighbors {
  readonly indices: Uint32Array;
  readonly distances: Float32Array;
  readonly isNew: Uint8Array;

  constructor(
    rows: number,
    readonly k: number,
  ) {
    this.indices = new Uint32Array(rows * k).fill(NONE);
    this.distances = new Float32Array(rows * k).fill(Number.POSITIVE_INFINITY);
    this.isNew = new Uint8Array(rows * k).fill(1);
  }

  has(row: number, other: number): boolean {
    return this.indices.subarray(row * this.k, (row + 1) * this.k).includes(other);
  }

  /** Whether it is among the nearest now. Of equal distances the first to come is the nearer. */
  push(row: number, other: number, distance: number): boolean {
    const { k, indices, distances, isNew } = this;
    const rounded = Math.fround(distance);
    const first = row * k;
    let at = first + k - 1;
    if (rounded >= (distances[at] as number)) return false;
    for (; at > first && rounded < (distances[at - 1] as number); at--) {
      distances[at] = distances[at - 1] as number;
      indices[at] = indices[at - 1] as number;
      isNew[at] = isNew[at - 1] as number;
    }
    distances[at] = rounded;
    indices[at] = other;
    isNew[at] = 1;
    return true;
  }
}

/** Calls the caller's function, and says when the slice is used up. */
class Meeting {
  #calls = 0;

  constructor(
    private readonly rows: Vectors,
    private readonly others: Vectors,
    private readonly distanceFn: DistanceFn,
    private readonly slice: Slice,
  ) {}

  distance(i: number, j: number): number {
    const distance = this.distanceFn(this.rows[i] as number[], this.others[j] as number[]);
    // NaN fails too.
    if (typeof distance === "number" && distance > Number.NEGATIVE_INFINITY) return distance;
    const got = `${String(distance)} for rows ${i} and ${j}`;
    throw new UmapError("invalid-parameter", `distanceFn: expected a number, got ${got}`);
  }

  isOver(): boolean {
    return ++this.#calls % CALLS === 0 && this.slice.left <= 0;
  }
}

/** Up to `CANDIDATES` rows for each row, all that were added with the same chance. */
class Sample {
  readonly #rows: Uint32Array;
  readonly #added: Uint32Array;

  constructor(
    rows: number,
    private readonly random: (below: number) => number,
  ) {
    this.#rows = new Uint32Array(rows * CANDIDATES);
    this.#added = new Uint32Array(rows);
  }

  add(row: number, other: number): void {
    const added = this.#added[row] as number;
    this.#added[row] = added + 1;
    const place = added < CANDIDATES ? added : this.random(added + 1);
    if (place < CANDIDATES) this.#rows[row * CANDIDATES + place] = other;
  }

  of(row: number): Uint32Array {
    const from = row * CANDIDATES;
    return this.#rows.subarray(from, from + Math.min(CANDIDATES, this.#added[row] as number));
  }
}

/** Whole numbers below a bound, from a counter that is hashed. */
export function generator(seed: number): (below: number) => number {
  let counter = seed;
  return (below) => {
    counter = (counter + 0x9e3779b9) >>> 0;
    let hash = Math.imul(counter ^ (counter >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return Math.floor((((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32) * below);
  };
}
