/** Targets of supervised fits, on their way to the module. */
import { UmapError } from "./errors.js";
import type { TargetMetric } from "./generated/index.js";
import {
  type ArraySource,
  arraySource,
  integerSource,
  isNested,
  type Matrix,
  type NumericArray,
  nameOf,
} from "./points.js";

/** The class of a point: equal values are the same class. -1, null and undefined say that it is not known. */
export type Label = number | string | boolean | null | undefined;

/** Of every point a label, or with a `targetMetric` of numbers one or several numbers. */
export type Target = ArrayLike<Label> | NumericArray | Matrix;

/** The arrays of a target, by the names that Rust knows them by. */
export function targetArrays(
  target: Target | undefined,
  metric: TargetMetric = "categorical",
): Record<string, ArraySource> {
  if (target === undefined) return {};
  if (metric === "categorical") return { "target.labels": labelSource(target as ArrayLike<Label>) };
  const { data, cols } = (isMatrix(target) ? target : { data: target }) as { data: NumericArray; cols?: number };
  if (cols === undefined && Array.isArray(data) && !isNested(data)) {
    // Each number is a row, so that an error says which.
    return { "target.values": arraySource("target", data.map((value) => [value]) as number[][]) };
  }
  const width = cols ?? (isNested(data) ? data[0]?.length : 1) ?? 0;
  return { "target.values": arraySource("target", data), "target.cols": integerSource("target.cols", [width]) };
}

function isMatrix(target: Target): target is Matrix {
  return typeof target === "object" && target !== null && "data" in target;
}

/** Labels that are looked at before the next message is heard: some milliseconds. */
const PIECE = 1 << 17;

/** Classes by number in the order in which they come, -1 where none is known. */
function labelSource(labels: ArrayLike<Label>): ArraySource {
  const length = Number(Object(labels).length);
  if (typeof labels === "string" || !Number.isInteger(length)) {
    throw new UmapError("shape-mismatch", `target: expected a label for each point, got ${nameOf(labels)}`);
  }
  const numbers = new Map<Label, number>();
  const numberOf = (label: Label, row: number) => {
    if (label === null || label === undefined || label === -1) return -1;
    const known = numbers.get(label);
    if (known !== undefined) return known;
    checkLabel(label, row);
    numbers.set(label, numbers.size);
    return numbers.size - 1;
  };
  function* pieces() {
    let row = 0;
    do {
      const piece = new Int32Array(Math.min(PIECE, length - row));
      for (let at = 0; at < piece.length; at++) piece[at] = numberOf(labels[row + at], row + at);
      yield new Uint8Array(piece.buffer);
      row += PIECE;
    } while (row < length);
  }
  return { dtype: "i32", count: Math.max(1, Math.ceil(length / PIECE)), pieces };
}

function checkLabel(label: unknown, row: number): void {
  if (Number.isInteger(label) || typeof label === "string" || typeof label === "boolean") return;
  const got = typeof label === "number" ? label : nameOf(label);
  const instead = typeof label === "number" ? '; numbers take targetMetric: "euclidean"' : "";
  throw new UmapError(
    "invalid-parameter",
    `target: expected whole numbers or texts, got ${got} in row ${row}${instead}`,
  );
}
