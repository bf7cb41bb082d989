/**
 * Input as it is when a call is made: what the caller does to it afterwards does not change the result. Up to 4 MiB are copied
 * before the call returns, in about a millisecond; of more some values are remembered, and a change of them is an error.
 */
import { UmapError } from "./errors.js";
import { fieldsOf } from "./matrix.js";
import { isArrowTable, isArrowVector } from "./points/arrow.js";
import { PointsTaken, rowsOnly } from "./points/rowed.js";
import { stored } from "./points/stored.js";
import { type Points, type PointsSource, pointsSource } from "./points.js";
import { type ArraySource, isRows, type Pieces, type Rows, type Source } from "./sources.js";

/** Sources as they are now. */
export function takenSources(sources: Record<string, Source | undefined>): Record<string, Source> {
  const given = Object.entries(sources).filter(([, source]) => source !== undefined);
  return Object.fromEntries(given.map(([name, source]) => [name, takenSource(name, source as Source)]));
}

/** A source as it is now; streams are what they are when they are read. Its pieces can be had once. */
export function takenSource(name: string, source: Source): Source {
  if (source.count <= 1) return copiedSource(source);
  return source.sample === undefined ? source : watched(name, source);
}

function copiedSource(source: Source): Source {
  const { value: piece } = (source.pieces() as Pieces).next();
  return {
    ...source,
    *pieces() {
      if (piece) yield piece;
    },
  };
}

function watched(name: string, source: Source): Source {
  const before = source.sample?.() ?? [];
  const check = () => {
    const now = source.sample?.() ?? [];
    if (now.length === before.length && now.every((value, at) => Object.is(value, before[at]))) return;
    const message = `${name}: expected values that do not change until the call has ended, but they changed: pass a copy`;
    throw new UmapError("invalid-parameter", message);
  };
  return {
    ...source,
    *pieces() {
      try {
        yield* source.pieces() as Pieces;
      } finally {
        // Also where what it has become could not be read.
        check();
      }
    },
  };
}

/** Points as they are now, for calls that wait for others before they read them. */
export function taken(points: Points): Points {
  if (points instanceof PointsTaken) return points;
  const found = attempt(() => pointsSource(points));
  // The call will report what is wrong with them.
  if (found === undefined) return points;
  if (found.parts || found.source.count > 1) return takenPoints(found) as never;
  return isRows(points) ? copied(points) : (attempt(() => stored(found)) ?? points);
}

function takenPoints(found: PointsSource): PointsTaken {
  return new PointsTaken(takenPointsSource("points", found));
}

/** The source of points as they are now, with all arrays that they consist of. */
export function takenPointsSource(name: string, { source, parts, ...shape }: PointsSource): PointsSource {
  const now = (name: string, array: ArraySource) => takenSource(name, array) as ArraySource;
  if (parts === undefined) return { ...shape, source: now(name, source) };
  const arrays = Object.entries(parts.arrays).map(([part, array]) => [part, now(`${name}.${part}`, array)]);
  return { ...shape, source, parts: { ...parts, arrays: Object.fromEntries(arrays) } };
}

/** Rows as they are now. */
export function takenRows<T extends Rows>(rows: T): T {
  const found = attempt(() => rowsOnly(rows));
  if (found === undefined) return rows;
  return found.source.count > 1 ? (takenPoints(found) as never) : copied(rows);
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** A copy of what may be beside the points: an array, rows, a matrix, pairs, a map. */
export function copied<T>(value: T): T {
  return copyOf(value) as T;
}

function copyOf(value: unknown): unknown {
  // Most are numbers in a row.
  if (typeof value !== "object" || value === null) return value;
  if (isRows(value)) return (value as unknown[]).map(copyOf);
  if (ArrayBuffer.isView(value) && "slice" in value) return (value as Uint8Array).slice();
  if (value instanceof Map) return new Map(value);
  // What is in them does not change.
  if (isArrowTable(value) || isArrowVector(value)) return value;
  const { data, ...shape } = fieldsOf(value);
  return data === undefined ? value : { ...shape, data: copyOf(data) };
}
