/** Points that are rows, and points that were looked at before. */
import { described } from "../describe.js";
import { UmapError } from "../errors.js";
import { isRows, type Rows, rowsSource } from "../sources.js";
import type { PointsSource } from "./types.js";

/** Points whose source is known: see taken.ts. */
export class PointsTaken {
  readonly found: PointsSource;

  constructor(found: PointsSource) {
    this.found = found;
  }
}

export function rowed(name: string, rows: Rows): PointsSource {
  return { rows: rows.length, cols: rows[0]?.length ?? 0, source: rowsSource(name, rows) };
}

/** Where points can be nothing else. */
export function rowsOnly(points: Rows | PointsTaken): PointsSource {
  if (points instanceof PointsTaken) return points.found;
  if (isRows(points)) return rowed("points", points);
  throw new UmapError("shape-mismatch", `points: expected rows of numbers, got ${described(points)}`);
}
